/* Problems as marks: each is drawn once, with the number of people who reported it, and a sign where it came back. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FINGER_PX = 22;
  const STEP = 64;
  const AGAIN = "M-3.6 -0.6A3.7 3.7 0 1 1 -2.4 2.8M-3.9 -3.6V-0.4H-0.8"; // an arrow that turns back, about 8 px

  const rank = (state) => vigie.STATES.indexOf(state);

  /* People decide the size: its area grows with them. One person alone is a plain mark of the state. */
  const radiusOf = (people, zoom) => {
    const least = Math.max(vigie.radiusAt(zoom) + 2, 7);
    return Math.min(least + 2.2 * Math.sqrt(people - 1), least * 2.6);
  };

  const disc = (context, x, y, radius, fill, stroke, width) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke();
  };

  const paintAgain = (context, x, y, size, ink, ground) => {
    disc(context, x, y, 7 * size, ink, ground, 1.5);
    context.save();
    context.translate(x, y);
    context.scale(size, size);
    context.lineWidth = 1.6;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = ground;
    context.stroke(new Path2D(AGAIN));
    context.restore();
  };

  const stamp = (context, state, x, y, radius, ratio) => {
    const sprite = vigie.sprite(state, radius, ratio);
    const size = sprite.width / ratio;
    context.drawImage(sprite, x - size / 2, y - size / 2, size, size);
  };

  const paintOne = (context, { x, y, radius, people, state, recurring }, colours, ratio) => {
    if (people > 1) {
      disc(context, x, y, radius, colours.surface, colours[state], 2.5);
      stamp(context, state, x - radius * 0.75, y + radius * 0.75, 5, ratio);
      context.fillStyle = colours.text;
      context.font = `650 ${people > 99 ? 10 : 11.5}px system-ui, sans-serif`;
      context.fillText(people > 999 ? "999+" : String(people), x, y + 0.5);
    } else stamp(context, state, x, y, radius - 2, ratio);
    const [size, corner] = radius < 9 ? [0.66, radius * 0.85] : [1, radius * 0.8]; // small marks are not to be hidden
    if (recurring) paintAgain(context, x + corner, y - corner, size, colours.text, colours.surface);
  };

  const colours = () => {
    const states = vigie.STATES.map((state) => [state, vigie.css(vigie.stateVariable(state))]);
    return { ...Object.fromEntries(states), text: vigie.css("--vigie-text"), surface: vigie.css("--vigie-surface") };
  };

  /** Problems of /feeds/problems.geojson: those of most people are drawn last, on top. */
  vigie.problemPicture = (features) => {
    const items = features.map(({ id, properties, geometry }) => {
      const [lon, lat] = geometry.coordinates;
      const { requesters: people, state, recurring } = properties;
      return { id, properties, lon, lat, x: vigie.worldX(lon), y: vigie.worldY(lat), people, state, recurring };
    });
    items.sort((a, b) => a.people - b.people || rank(a.state) - rank(b.state));

    function* paint(context, frame) {
      const ink = colours();
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [i, item] of items.entries()) {
        const [x, y] = [item.x * frame.scale - frame.left, item.y * frame.scale - frame.top];
        if (x < -40 || y < -40 || x > frame.width + 40 || y > frame.height + 40) continue;
        paintOne(context, { ...item, x, y, radius: radiusOf(item.people, frame.zoom) }, ink, frame.ratio);
        if (i % STEP === 0) yield;
      }
    }

    /* What is drawn on top of a spot; else the nearest within a finger's width. */
    const hit = (x, y, scale) => {
      let [best, least] = [null, FINGER_PX];
      for (const item of items) {
        const away = Math.hypot(item.x - x, item.y - y) * scale;
        const beyond = Math.max(0, away - radiusOf(item.people, Math.log2(scale)));
        if (beyond <= least) [best, least] = [item, beyond];
      }
      return best;
    };
    return { kind: "problems", items, paint, hit };
  };
})();
