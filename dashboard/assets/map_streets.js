/* Names of streets, from the requests themselves: without tiles, they tell where one is. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FROM_ZOOM = 15.5;
  const LEAST_TURN = 1.35; // how much longer than wide a cloud of places is before it has a direction

  /* The direction of a street: of the longest axis of its places, never upside down. */
  const direction = (places, { x, y }, cx, cy) => {
    let [xx, yy, xy] = [0, 0, 0];
    for (const p of places) {
      xx += (x[p] - cx) ** 2;
      yy += (y[p] - cy) ** 2;
      xy += (x[p] - cx) * (y[p] - cy);
    }
    const spread = Math.hypot(xx - yy, 2 * xy);
    const long = xx + yy + spread;
    const short = Math.max(xx + yy - spread, 1e-18);
    if (places.length < 3 || Math.sqrt(long / short) < LEAST_TURN) return 0;
    return 0.5 * Math.atan2(2 * xy, xx - yy);
  };

  /** Streets of an answer of /feeds/points.bin: [{name, x, y, angle, weight}], most places first. World units. */
  vigie.streetsOf = (answer) => {
    const { x, y, start, street, streets } = answer;
    const byStreet = new Map();
    for (let p = 0; p < x.length; p += 1) {
      const number = street[start[p]];
      if (!number) continue;
      if (!byStreet.has(number)) byStreet.set(number, []);
      byStreet.get(number).push(p);
    }
    const found = [...byStreet].map(([number, places]) => {
      const cx = places.reduce((sum, p) => sum + x[p], 0) / places.length;
      const cy = places.reduce((sum, p) => sum + y[p], 0) / places.length;
      const away = (p) => (x[p] - cx) ** 2 + (y[p] - cy) ** 2;
      const middle = places.reduce((best, p) => (away(p) < away(best) ? p : best));
      const angle = direction(places, answer, cx, cy);
      return { name: streets[number - 1], x: x[middle], y: y[middle], angle, weight: places.length };
    });
    return found.sort((a, b) => b.weight - a.weight);
  };

  const meet = (box, others) => others.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);

  /** Write street names where they meet neither each other nor the edge. */
  vigie.paintStreets = (context, frame, streets) => {
    if (frame.zoom < FROM_ZOOM) return;
    context.save();
    context.font = `${frame.zoom >= 17 ? 12.5 : 11.5}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = vigie.css("--vigie-surface");
    context.fillStyle = vigie.css("--vigie-dim");
    const taken = [];
    for (const { name, x, y, angle } of streets) {
      const px = x * frame.scale - frame.left;
      const py = y * frame.scale - frame.top;
      const half = context.measureText(name).width / 2 + 4;
      const [across, down] = [Math.abs(Math.cos(angle)) * half + 8, Math.abs(Math.sin(angle)) * half + 8];
      const box = [px - across, py - down, px + across, py + down];
      if (box[0] < 0 || box[1] < 0 || box[2] > frame.width || box[3] > frame.height || meet(box, taken)) continue;
      taken.push(box);
      context.save();
      context.translate(px, py);
      context.rotate(angle);
      context.strokeText(name, 0, -15);
      context.fillText(name, 0, -15);
      context.restore();
    }
    context.restore();
  };
})();
