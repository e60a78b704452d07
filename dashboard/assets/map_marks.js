/* The marks of the five states: colour and shape together, drawn once per size and theme, then stamped.
   The same shapes stand in the legend and in the list (as SVG), so a mark means the same everywhere. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  /* From what needs a person last to what needs one first: drawn in this order, so the late lie on top. */
  vigie.STATES = ["withdrawn", "closed", "done", "waiting", "in_progress", "due_soon", "late"];
  const VARIABLE = {
    late: "--vigie-late",
    due_soon: "--vigie-due-soon",
    in_progress: "--vigie-in-progress",
    waiting: "--vigie-waiting",
    done: "--vigie-done",
    closed: "--vigie-done",
    withdrawn: "--vigie-waiting",
  };
  vigie.stateVariable = (state) => VARIABLE[state] || "--vigie-waiting";

  /* Each shape is a path in a 20 × 20 box centred on 0,0; `ring` is stroked, `fill` filled, `ink` laid over. */
  const CHECK = "M-4.2 0.2L-1.3 3.2L4.4 -3";
  const CROSS = "M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2";
  const DISC = "M-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0 -15 0Z";
  const RING = "M-6.3 0a6.3 6.3 0 1 0 12.6 0a6.3 6.3 0 1 0 -12.6 0Z";
  const SHAPES = {
    late: { fill: "M0 -8.2L8.6 7H-8.6Z", round: true },
    due_soon: { ring: RING, fill: "M0 0V-6.3A6.3 6.3 0 0 1 6.3 0Z" },
    in_progress: { fill: DISC },
    waiting: { ring: RING },
    done: { fill: DISC, ink: CHECK },
    closed: { fill: DISC, ink: CROSS },
    withdrawn: { ring: RING, ink: CROSS, inkIsColour: true },
  };

  /** The mark as an inline SVG, for legends and lists. Decorative: the word stands beside it. */
  vigie.markSvg = (state, size = 16) => {
    const shape = SHAPES[state] || SHAPES.waiting;
    const colour = `var(${vigie.stateVariable(state)})`;
    const parts = [];
    if (shape.ring) parts.push(`<path d="${shape.ring}" fill="none" stroke="${colour}" stroke-width="2.6"/>`);
    if (shape.fill)
      parts.push(
        `<path d="${shape.fill}" fill="${colour}"` +
          (shape.round ? ` stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"/>` : "/>"),
      );
    if (shape.ink) {
      const ink = shape.inkIsColour ? colour : "var(--vigie-surface)";
      parts.push(`<path d="${shape.ink}" fill="none" stroke="${ink}" stroke-width="2.4" stroke-linecap="round"/>`);
    }
    return (
      `<svg class="state-mark" viewBox="-10 -10 20 20" width="${size}" height="${size}" aria-hidden="true">` +
      `${parts.join("")}</svg>`
    );
  };

  const stroke = (context, path, width, style) => {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke(path);
  };

  const drawMark = (context, shape, colour, surface) => {
    context.lineJoin = "round";
    context.lineCap = "round";
    const fill = shape.fill && new Path2D(shape.fill);
    const ring = shape.ring && new Path2D(shape.ring);
    // A halo in the ground's colour keeps neighbours apart on any fill beneath.
    for (const path of [fill, ring]) if (path) stroke(context, path, shape.ring ? 5.6 : 4, surface);
    if (ring) {
      context.fillStyle = surface;
      context.fill(ring);
      stroke(context, ring, 2.6, colour);
    }
    if (fill) {
      context.fillStyle = colour;
      context.fill(fill);
      if (shape.round) stroke(context, fill, 1.8, colour);
    }
    if (shape.ink) stroke(context, new Path2D(shape.ink), 2.4, shape.inkIsColour ? colour : surface);
  };

  const sprites = new Map();
  vigie.forgetSprites = () => sprites.clear();

  /** A canvas holding the mark of a state, `radius` CSS pixels from centre to edge, at this pixel ratio. */
  vigie.sprite = (state, radius, ratio) => {
    const key = `${state}/${radius}/${ratio}`;
    if (sprites.has(key)) return sprites.get(key);
    const half = Math.ceil((radius + 2.5) * ratio);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = half * 2;
    const context = canvas.getContext("2d");
    context.translate(half, half);
    context.scale((radius * ratio) / 8.2, (radius * ratio) / 8.2);
    drawMark(context, SHAPES[state] || SHAPES.waiting, vigie.css(vigie.stateVariable(state)), vigie.css("--vigie-surface"));
    sprites.set(key, canvas);
    return canvas;
  };
})();
