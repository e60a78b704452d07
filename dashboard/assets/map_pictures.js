/* From the GeoJSON of a feed to something that can be painted and pointed at, quickly and often.
   Each picture is {paint(context, frame), hit(worldX, worldY, scale) -> item | null, items}. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  const ringOf = (coordinates) => {
    const ring = new Float64Array(coordinates.length * 2);
    coordinates.forEach(([lon, lat], i) => {
      ring[2 * i] = vigie.worldX(lon);
      ring[2 * i + 1] = vigie.worldY(lat);
    });
    return ring;
  };

  const middle = (ring) => {
    let x = 0;
    let y = 0;
    const corners = ring.length / 2 - 1; // the last corner is the first again
    for (let i = 0; i < corners; i += 1) {
      x += ring[2 * i];
      y += ring[2 * i + 1];
    }
    return [x / corners, y / corners];
  };

  const trace = (context, ring, { scale, left, top }) => {
    context.moveTo(ring[0] * scale - left, ring[1] * scale - top);
    for (let i = 2; i < ring.length - 2; i += 2) context.lineTo(ring[i] * scale - left, ring[i + 1] * scale - top);
    context.closePath();
  };

  const STRONG = 0.88;
  const PALE = 0.4;
  const ASIDE = 0.2;

  /** Hexagons shaded on a number scale; a cell with fewer than `few` requests is pale.
      `picked`: outlines of the cells in focus, of any resolution; what lies in none of them steps back. */
  vigie.hexagonPicture = (features, { valueOf, breaks, few }, picked) => {
    const focus = picked.map(ringOf);
    const ramp = vigie.spread(breaks.length + 1);
    const strength = ({ properties, x, y }) => {
      if (focus.length > 0 && !focus.some((outline) => vigie.inRing(x, y, outline))) return ASIDE;
      return properties.n < few ? PALE : STRONG;
    };
    const shown = [];
    for (const { id, properties, geometry } of features) {
      const value = valueOf(properties);
      if (value === null || value === undefined) continue;
      const ring = ringOf(geometry.coordinates[0]);
      const [x, y] = middle(ring);
      const item = { id, properties, ring, x, y };
      shown.push(Object.assign(item, { colour: ramp[vigie.classOf(value, breaks)], alpha: strength(item) }));
    }
    // One path per look: a fill of thousands of cells at once.
    const looks = new Map();
    for (const item of shown) {
      const look = `${item.colour}/${item.alpha}`;
      if (!looks.has(look)) looks.set(look, []);
      looks.get(look).push(item);
    }

    const paint = (context, frame) => {
      for (const cells of looks.values()) {
        context.fillStyle = vigie.css(`--vigie-ramp-${cells[0].colour}`);
        context.globalAlpha = cells[0].alpha;
        context.beginPath();
        for (const cell of cells) trace(context, cell.ring, frame);
        context.fill();
      }
      const width = shown.length ? Math.abs(shown[0].ring[0] - shown[0].x) * 2 * frame.scale : 0;
      if (width < 7) return;
      context.globalAlpha = 0.9; // a seam in the ground's colour: cells stay apart without a hard outline
      context.strokeStyle = vigie.css("--vigie-surface");
      context.lineWidth = Math.min(1.2, width / 14);
      context.beginPath();
      for (const item of shown) trace(context, item.ring, frame);
      context.stroke();
    };

    const hit = (x, y) => {
      let best = null;
      let least = Infinity;
      for (const item of shown) {
        const distance = (item.x - x) ** 2 + (item.y - y) ** 2;
        if (distance < least) [best, least] = [item, distance];
      }
      return best && vigie.inRing(x, y, best.ring) ? best : null;
    };
    return { kind: "hexagons", items: shown, paint, hit };
  };

  /** Radius of a mark in CSS pixels: larger as one comes nearer, so that a finger can meet it. */
  const radiusAt = (zoom) => (zoom < 14 ? 4 : zoom < 15 ? 5 : zoom < 16 ? 6.5 : zoom < 17 ? 8 : 10);
  const BADGE_FROM_ZOOM = 15;
  const rank = Object.fromEntries(vigie.STATES.map((state, i) => [state, i]));

  /* Published places are the middle of a street segment: several requests often share one. They are one mark
     with their number, in the state that needs a person first. */
  const stack = (features) => {
    const places = new Map();
    for (const feature of features) {
      const [lon, lat] = feature.geometry.coordinates;
      const key = `${lon},${lat}`;
      const place = places.get(key);
      if (!place) {
        places.set(key, { x: vigie.worldX(lon), y: vigie.worldY(lat), lon, lat, state: feature.properties.state, features: [feature] });
      } else {
        place.features.push(feature);
        if (rank[feature.properties.state] > rank[place.state]) place.state = feature.properties.state;
      }
    }
    const items = [...places.values()];
    return items.sort((a, b) => rank[a.state] - rank[b.state]);
  };

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

  /** Requests as marks of their state. */
  vigie.pointPicture = (features) => {
    const items = stack(features);
    const streets = vigie.streetsOf(items);

    const paint = (context, frame) => {
      vigie.paintStreets(context, frame, streets);
      const radius = radiusAt(frame.zoom);
      const badged = [];
      for (const item of items) {
        const x = item.x * frame.scale - frame.left;
        const y = item.y * frame.scale - frame.top;
        if (x < -20 || y < -20 || x > frame.width + 20 || y > frame.height + 20) continue;
        const sprite = vigie.sprite(item.state, radius, frame.ratio);
        const half = sprite.width / frame.ratio / 2;
        context.drawImage(sprite, x - half, y - half, half * 2, half * 2);
        if (item.features.length > 1) badged.push([x + radius, y - radius, item.features.length]);
      }
      if (frame.zoom < BADGE_FROM_ZOOM) return;
      context.font = "600 10.5px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [x, y, number] of badged) paintBadge(context, x, y, number);
    };

    /* The nearest mark within a finger's width (22 px), the most urgent of those that lie together. */
    const hit = (x, y, scale) => {
      let best = null;
      let least = (22 / scale) ** 2;
      for (const item of items) {
        const distance = (item.x - x) ** 2 + (item.y - y) ** 2;
        if (distance <= least) [best, least] = [item, distance];
      }
      return best;
    };
    return { kind: "points", items, paint, hit };
  };
})();
