/* Names of streets, from the requests themselves: without tiles, they tell where one is. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FROM_ZOOM = 15.5;
  const LEAST_TURN = 1.35; // how much longer than wide a cloud of places is before it has a direction

  /* The direction of a street: of the longest axis of its places, never upside down. */
  const direction = (places, cx, cy) => {
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (const { x, y } of places) {
      xx += (x - cx) ** 2;
      yy += (y - cy) ** 2;
      xy += (x - cx) * (y - cy);
    }
    const spread = Math.hypot(xx - yy, 2 * xy);
    const long = xx + yy + spread;
    const short = Math.max(xx + yy - spread, 1e-18);
    if (places.length < 3 || Math.sqrt(long / short) < LEAST_TURN) return 0;
    return 0.5 * Math.atan2(2 * xy, xx - yy);
  };

  /** Streets of a picture's items: [{name, x, y, angle, weight}], most requests first. World units. */
  vigie.streetsOf = (items) => {
    const byName = new Map();
    for (const item of items) {
      const name = item.features[0].properties.street;
      if (!name) continue;
      if (!byName.has(name)) byName.set(name, []);
      byName.get(name).push(item);
    }
    const streets = [...byName].map(([name, places]) => {
      const cx = places.reduce((sum, place) => sum + place.x, 0) / places.length;
      const cy = places.reduce((sum, place) => sum + place.y, 0) / places.length;
      const middle = places.reduce((best, place) =>
        (place.x - cx) ** 2 + (place.y - cy) ** 2 < (best.x - cx) ** 2 + (best.y - cy) ** 2 ? place : best,
      );
      return { name, x: middle.x, y: middle.y, angle: direction(places, cx, cy), weight: places.length };
    });
    return streets.sort((a, b) => b.weight - a.weight);
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
