/* From the GeoJSON of hexagons to something that can be painted and pointed at, quickly and often.
   Each picture is {kind, paint(context, frame), hit(worldX, worldY, scale) -> item | null}; hexagons have their items. */
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

  /* The last corner is the first again: no need to close the path. */
  const trace = (context, ring, { scale, left, top }) => {
    context.moveTo(ring[0] * scale - left, ring[1] * scale - top);
    for (let i = 2; i < ring.length; i += 2) context.lineTo(ring[i] * scale - left, ring[i + 1] * scale - top);
  };

  const AT_ONCE = 200; // cells of one path: a path of thousands takes far longer to fill than its parts

  const inParts = function* (context, cells, frame, finish) {
    for (let i = 0; i < cells.length; i += AT_ONCE) {
      context.beginPath();
      for (const cell of cells.slice(i, i + AT_ONCE)) trace(context, cell.ring, frame);
      finish();
      yield;
    }
  };

  const STRONG = 0.88;
  const PALE = 0.4;
  const ASIDE = 0.2;

  /** Hexagons shaded on a number scale; a cell with fewer than `few` requests is pale.
      `picked`: outlines of the cells in focus, of any resolution; what lies in none of them steps back.
      `only`: the class of the scale that is looked at, or null for all. */
  vigie.hexagonPicture = (features, { valueOf, breaks, few }, picked, only = null) => {
    const focus = picked.map(ringOf);
    const ramp = vigie.spread(breaks.length + 1);
    const strength = ({ properties, x, y, step }) => {
      if (only !== null && step !== only) return ASIDE / 2;
      if (focus.length > 0 && !focus.some((outline) => vigie.inRing(x, y, outline))) return ASIDE;
      return properties.n < few ? PALE : STRONG;
    };
    const shown = [];
    for (const { id, properties, geometry } of features) {
      const value = valueOf(properties);
      if (value === null || value === undefined) continue;
      const ring = ringOf(geometry.coordinates[0]);
      const [x, y] = middle(ring);
      const step = vigie.classOf(value, breaks);
      const item = { id, properties, ring, x, y, step, value };
      shown.push(Object.assign(item, { colour: ramp[step], alpha: strength(item) }));
    }
    // Cells of one look are filled together.
    const looks = new Map();
    for (const item of shown) {
      const look = `${item.colour}/${item.alpha}`;
      if (!looks.has(look)) looks.set(look, []);
      looks.get(look).push(item);
    }

    const seenIn = ({ scale, left, top, width, height }) => {
      const reach = shown.length ? Math.abs(shown[0].ring[0] - shown[0].x) * 2 : 0;
      const [west, north] = [left / scale - reach, top / scale - reach];
      const [east, south] = [(left + width) / scale + reach, (top + height) / scale + reach];
      return ({ x, y }) => x >= west && x <= east && y >= north && y <= south;
    };

    function* paint(context, frame) {
      const seen = seenIn(frame);
      for (const cells of looks.values()) {
        context.fillStyle = vigie.css(`--vigie-ramp-${cells[0].colour}`);
        context.globalAlpha = cells[0].alpha;
        yield* inParts(context, cells.filter(seen), frame, () => context.fill());
      }
      const width = shown.length ? Math.abs(shown[0].ring[0] - shown[0].x) * 2 * frame.scale : 0;
      if (width < 7) return;
      context.globalAlpha = 0.9; // a seam in the ground's colour: cells stay apart without a hard outline
      context.strokeStyle = vigie.css("--vigie-surface");
      context.lineWidth = Math.min(1.2, width / 14);
      yield* inParts(context, shown.filter(seen), frame, () => context.stroke());
    }

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
})();
