/* Requests as marks, a hundred thousand at once: columns of numbers as /feeds/points.bin has them, an index of the
   places by a grid, and a picture that is painted in steps. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const KINDS = { i4: Int32Array, u4: Uint32Array, f8: Float64Array, u2: Uint16Array, u1: Uint8Array };
  const DEGREE = 1e6;
  const STEP = 256; // marks between two looks at the clock
  const FINGER_PX = 22;
  const COVERED = 0.35; // of the view, at most, by marks: then they get smaller
  const LEAST_RADIUS = 2;

  /** The columns of an answer, each an array of numbers, and the words that some of the numbers stand for. */
  vigie.unpackPoints = (buffer) => {
    const length = new DataView(buffer).getUint32(0, true);
    const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    let at = 8 + length;
    for (const [name, kind, n] of answer.columns) {
      answer[name] = new KINDS[kind](buffer, at, n);
      at += Math.ceil(answer[name].byteLength / 8) * 8;
    }
    const places = answer.lon.length;
    answer.x = Float64Array.from(answer.lon, (lon) => vigie.worldX(lon / DEGREE));
    answer.y = Float64Array.from(answer.lat, (lat) => vigie.worldY(lat / DEGREE));
    return Object.assign(answer, { places, count: answer.id.length });
  };

  const range = (values) => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  };

  /** Which of many points are near one: they are sorted into the squares of a grid, some in each. */
  vigie.gridIndex = (xs, ys) => {
    const n = xs.length;
    const [left, right] = range(xs);
    const [top, bottom] = range(ys);
    const side = Math.max(1, Math.ceil(Math.sqrt(n / 4)));
    const [wide, high] = [(right - left) / side || 1, (bottom - top) / side || 1];
    const square = (value, low, size) => Math.max(0, Math.min(side - 1, Math.floor((value - low) / size)));
    const begins = new Uint32Array(side * side + 1);
    const own = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) {
      own[i] = square(ys[i], top, high) * side + square(xs[i], left, wide);
      begins[own[i] + 1] += 1;
    }
    for (let i = 0; i < side * side; i += 1) begins[i + 1] += begins[i];
    const next = begins.slice();
    const sorted = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) sorted[next[own[i]]++] = i;

    /** The nearest within a radius, of equals the last one; -1 where there is none. */
    return (x, y, radius) => {
      let [best, least] = [-1, radius ** 2];
      for (let row = square(y - radius, top, high); row <= square(y + radius, top, high); row += 1) {
        const first = begins[row * side + square(x - radius, left, wide)];
        const end = begins[row * side + square(x + radius, left, wide) + 1];
        for (let k = first; k < end; k += 1) {
          const distance = (xs[sorted[k]] - x) ** 2 + (ys[sorted[k]] - y) ** 2;
          if (distance < least || (distance === least && sorted[k] > best)) [best, least] = [sorted[k], distance];
        }
      }
      return best;
    };
  };

  /* Radius of a mark in CSS pixels: larger as one comes nearer, so that a finger can meet it. */
  const radiusAt = (zoom) => (zoom < 14 ? 4 : zoom < 15 ? 5 : zoom < 16 ? 6.5 : zoom < 17 ? 8 : 10);
  vigie.radiusAt = radiusAt;
  const BADGE_FROM_ZOOM = 15;

  const paintBadge = (context, x, y, number) => {
    const text = number > 99 ? "99+" : String(number);
    const width = 8 + 6 * text.length;
    context.beginPath();
    context.roundRect(x - width / 2, y - 7.5, width, 15, 7.5);
    context.fillStyle = vigie.css("--vigie-text");
    context.fill();
    context.fillStyle = vigie.css("--vigie-surface");
    context.fillText(text, x, y + 0.5);
  };

  class Points {
    constructor(answer) {
      Object.assign(this, { kind: "points", answer, nearest: null, streets: null });
    }

    /** One request: what a mark, a tip and the list need. */
    request(i) {
      const { answer } = this;
      const properties = {
        state: answer.states[answer.state[i]],
        activity: answer.activities[answer.activity[i] - 1],
        street: answer.streets[answer.street[i] - 1] ?? null,
        precision: answer.precisions[answer.precision[i]],
        requesters: answer.requesters[i],
        opened_at: new Date(answer.opened[i] * 1000).toISOString(),
      };
      return { id: answer.id[i], properties };
    }

    /** The requests at a place: {x, y, lon, lat, state, features}; the state that needs somebody first. */
    place(p) {
      const { answer } = this;
      const features = [];
      for (let i = answer.start[p]; i < answer.start[p + 1]; i += 1) features.push(this.request(i));
      const [lon, lat] = [answer.lon[p] / DEGREE, answer.lat[p] / DEGREE];
      for (const feature of features) feature.geometry = { coordinates: [lon, lat] };
      return { x: answer.x[p], y: answer.y[p], lon, lat, state: features[0].properties.state, features };
    }

    /** How many requests are in each state, between two corners in world units. */
    countsIn(left, top, right, bottom) {
      const { x, y, start, state, states } = this.answer;
      const counts = new Uint32Array(states.length);
      for (let p = 0; p < x.length; p += 1)
        if (x[p] >= left && x[p] <= right && y[p] >= top && y[p] <= bottom)
          for (let i = start[p]; i < start[p + 1]; i += 1) counts[state[i]] += 1;
      return Object.fromEntries(states.map((name, i) => [name, counts[i]]).filter(([, n]) => n));
    }

    /* The nearest mark within a finger's width, the most urgent of those that lie together. */
    hit(x, y, scale) {
      this.nearest ??= vigie.gridIndex(this.answer.x, this.answer.y);
      const p = this.nearest(x, y, FINGER_PX / scale);
      return p < 0 ? null : this.place(p);
    }

    inFrame({ scale, left, top, width, height }) {
      const { x, y } = this.answer;
      const seen = [];
      for (let p = 0; p < x.length; p += 1) {
        const [px, py] = [x[p] * scale - left, y[p] * scale - top];
        if (px >= -20 && py >= -20 && px <= width + 20 && py <= height + 20) seen.push(p);
      }
      return seen;
    }

    *paint(context, frame) {
      const { x, y, start, state, states } = this.answer;
      const seen = this.inFrame(frame);
      yield;
      this.streets ??= vigie.streetsOf(this.answer);
      vigie.paintStreets(context, frame, this.streets);
      const room = Math.sqrt((COVERED * frame.width * frame.height) / (Math.PI * Math.max(seen.length, 1)));
      const radius = Math.max(LEAST_RADIUS, Math.min(radiusAt(frame.zoom), Math.round(room * 2) / 2));
      const sprites = states.map((name) => vigie.sprite(name, radius, frame.ratio));
      const size = sprites[0].width / frame.ratio;
      for (let k = 0; k < seen.length; k += 1) {
        const p = seen[k];
        const [px, py] = [x[p] * frame.scale - frame.left, y[p] * frame.scale - frame.top];
        context.drawImage(sprites[state[start[p]]], px - size / 2, py - size / 2, size, size);
        if (k % STEP === 0) yield;
      }
      if (frame.zoom >= BADGE_FROM_ZOOM && radius > 5) yield* this.paintBadges(context, frame, seen, radius);
    }

    *paintBadges(context, frame, seen, radius) {
      const { x, y, start } = this.answer;
      context.font = "600 10.5px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (let k = 0; k < seen.length; k += 1) {
        const p = seen[k];
        const n = start[p + 1] - start[p];
        if (n > 1) paintBadge(context, x[p] * frame.scale - frame.left + radius, y[p] * frame.scale - frame.top - radius, n);
        if (k % STEP === 0) yield;
      }
    }
  }

  vigie.pointPicture = (answer) => new Points(answer);
})();
