/* The map as a picture: title, filters, what is drawn, legend, scale, as-of and source, painted by our own hand. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const RATIO = 2;
  const MARGIN = 20;
  const LINE = 18; // from one line of words to the next
  const TITLE_LINE = 24;
  const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";

  const font = (context, { size = 13, weight = 400 }) => (context.font = `${weight} ${size}px ${FONT}`);

  const text = (context, words, x, y, { size = 13, weight = 400, colour = "--vigie-text", align = "left" } = {}) => {
    font(context, { size, weight });
    context.textAlign = align;
    context.textBaseline = "alphabetic";
    context.fillStyle = vigie.css(colour);
    context.fillText(words, x, y);
  };

  /* Words on as many lines as they need within the margins; never fewer than one. */
  const wrapped = (context, sentence, width, look) => {
    font(context, look);
    const lines = [];
    let line = "";
    for (const word of sentence.split(" ")) {
      const longer = line ? `${line} ${word}` : word;
      const isFull = line && context.measureText(longer).width > width - 2 * MARGIN;
      if (isFull) lines.push(line);
      line = isFull ? word : longer;
    }
    return [...lines, line];
  };

  const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();

  const trace = (context, ring, { scale, left, top }) => {
    context.beginPath();
    ring.forEach(([lon, lat], i) => {
      const [x, y] = [vigie.worldX(lon) * scale - left, vigie.worldY(lat) * scale - top];
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
    });
    context.closePath();
  };

  const outline = (context, feature, frame, { colour, width, dash = [] }) => {
    context.strokeStyle = vigie.css(colour);
    context.lineWidth = width;
    context.setLineDash(dash);
    for (const ring of rings(feature.geometry)) {
      trace(context, ring, frame);
      context.stroke();
    }
    context.setLineDash([]);
  };

  const fill = (context, feature, frame, colour) => {
    context.fillStyle = vigie.css(colour);
    for (const ring of rings(feature.geometry)) {
      trace(context, ring, frame);
      context.fill();
    }
  };

  const paintGround = (context, carte, frame) => {
    context.fillStyle = vigie.css("--vigie-surface-2");
    context.fillRect(0, 0, frame.width, frame.height);
    const { kind } = carte.shown;
    const shaded = kind === "boroughs" || kind === "sectors";
    const steps = shaded ? carte.areaSteps() : {};
    for (const feature of carte.ground.areas[kind === "sectors" ? kind : "boroughs"].features) {
      const step = steps[feature.properties.code];
      fill(context, feature, frame, step ? `--vigie-ramp-${step}` : "--vigie-surface");
    }
  };

  const paintLines = (context, carte, frame) => {
    const { ground, map } = carte;
    const line = { colour: "--vigie-line-strong", width: 1.1 };
    if (map.hasLayer(ground.sectorLines))
      for (const feature of ground.areas.sectors.features) outline(context, feature, frame, { ...line, width: 0.8, dash: [4, 3] });
    for (const feature of ground.areas.boroughs.features) outline(context, feature, frame, line);
    const drawn = carte.drawnArea;
    const picked = [...(carte.pickedRings || []), ...(drawn.length ? [drawn] : [])];
    for (const ring of picked) outline(context, { geometry: { type: "Polygon", coordinates: [ring] } }, frame, { colour: "--vigie-text", width: 3 });
  };

  /* The lines that a name is broken into on the page. */
  const linesOf = (node) => {
    const range = document.createRange();
    const words = [...(node.firstChild?.textContent ?? "").matchAll(/[^\s–-]+[–-]?|\s+/g)];
    const lines = new Map();
    for (const { 0: word, index } of words) {
      range.setStart(node.firstChild, index);
      range.setEnd(node.firstChild, index + word.length);
      const top = Math.round(range.getBoundingClientRect().top);
      lines.set(top, (lines.get(top) ?? "") + word);
    }
    return [...lines].map(([top, words_]) => [top, words_.trim()]).filter(([, words_]) => words_);
  };

  const paintNames = (context, carte) => {
    const frame = carte.map.getContainer().getBoundingClientRect();
    context.lineJoin = "round";
    for (const node of document.querySelectorAll(".vg-map-name.is-shown")) {
      const box = node.getBoundingClientRect();
      const { fontSize, fontWeight, fontStyle } = getComputedStyle(node);
      context.font = `${fontStyle} ${fontWeight} ${fontSize} ${FONT}`;
      context.textAlign = "center";
      context.textBaseline = "top";
      for (const [top, words] of linesOf(node)) {
        const [x, y] = [box.left + box.width / 2 - frame.left, top - frame.top];
        context.lineWidth = 3.5;
        context.strokeStyle = vigie.css("--vigie-surface");
        context.strokeText(words, x, y);
        context.fillStyle = vigie.css("--vigie-text");
        context.fillText(words, x, y);
      }
    }
  };

  const paintScale = (context, width, height) => {
    const bar = document.querySelector(".leaflet-control-scale-line");
    if (!bar) return;
    const [long, right, bottom] = [bar.offsetWidth, width - MARGIN, height - 14];
    context.strokeStyle = vigie.css("--vigie-dim");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(right - long, bottom - 8);
    context.lineTo(right - long, bottom);
    context.lineTo(right, bottom);
    context.lineTo(right, bottom - 8);
    context.stroke();
    text(context, bar.textContent, right - long / 2, bottom - 12, { size: 11, colour: "--vigie-dim", align: "center" });
  };

  const paintRamp = (context, carte, y) => {
    const { breaks, write } = vigie.measureOf(carte.view.measure, carte.shown.scale);
    const steps = vigie.spread(breaks.length + 1);
    steps.forEach((step, i) => {
      context.fillStyle = vigie.css(`--vigie-ramp-${step}`);
      context.fillRect(MARGIN + i * 44, y, 44, 12);
      if (i) text(context, write(breaks[i - 1]), MARGIN + i * 44, y + 27, { size: 11, align: "center" });
    });
  };

  /* The states of the legend with their numbers, on as many lines as they need: where each stands. */
  const layStates = (context, carte, width) => {
    let [x, line] = [MARGIN, 0];
    return [...document.querySelectorAll("#carte-legend [data-state]")].map((button) => {
      const sprite = vigie.sprite(button.dataset.state, 6.5, RATIO);
      const size = sprite.width / RATIO;
      const words_ = `${carte.config.states[button.dataset.state]} ${button.querySelector("b").textContent}`;
      font(context, { size: 12.5 });
      const long = size + 4 + context.measureText(words_).width;
      if (x + long > width - MARGIN) [x, line] = [MARGIN, line + 1];
      const placed = { sprite, size, words: words_, x, line };
      x += long + 18;
      return placed;
    });
  };

  const paintStates = (context, placed, top) => {
    for (const { sprite, size, words: words_, x, line } of placed) {
      const y = top + 20 * line;
      context.drawImage(sprite, x, y - size / 2 + 5, size, size);
      text(context, words_, x + size + 4, y + 10, { size: 12.5 });
    }
  };

  const said = (selector) => document.querySelector(selector)?.textContent.trim() ?? "";

  /* What the picture is of, and of which requests: as the page says it. */
  const words = (carte) => {
    const { shown, config, view } = carte;
    const marks = shown.kind === "points" || shown.kind === "problems";
    const title = marks ? said("#carte-legend .vg-legend-title") : vigie.legendTitle(config, view, shown);
    const [scope] = config.scopes[vigie.kpiShown(config.kpis, view)] ?? [""];
    const filters = [...document.querySelectorAll("#status-bar .vg-pill")].map((pill) => pill.textContent.trim());
    const where = said("#carte-where");
    return {
      title: view.measure === "recurrence" && !marks ? title : `${title} · ${scope}`,
      filters: [said("#status-bar .vg-dates-said"), ...(filters.length ? filters : [config.texts.no_filter]), where].filter(Boolean).join(" · "),
      notes: [...document.querySelectorAll("#carte-legend .vg-legend-note:not(.is-hint):not(.vg-legend-key)")].map((note) => note.textContent),
      asOf: vigie.fill(config.texts.as_of, { moment: vigie.moment(shown.answer.as_of) }),
      source: document.querySelector("[data-attribution]")?.dataset.attribution ?? "",
    };
  };

  const TITLE = { size: 18, weight: 650 };
  const FILTERS = { size: 13, colour: "--vigie-dim" };
  const SMALL = { size: 12, colour: "--vigie-dim" };

  /* The lines above and below the map, and how high they are: known before the canvas has its size. */
  const lay = (context, carte, width) => {
    const said_ = words(carte);
    const [title, filters] = [wrapped(context, said_.title, width, TITLE), wrapped(context, said_.filters, width, FILTERS)];
    const { kind } = carte.shown;
    const states = kind === "points" || kind === "problems" ? layStates(context, carte, width) : null;
    const more = states ? Math.max(0, Math.max(0, ...states.map(({ line }) => line)) - 1) * 20 : 0;
    const notes = wrapped(context, said_.notes.join(" · "), width, SMALL);
    const asOf = `Vigie 311 · ${said_.asOf}`;
    font(context, SMALL);
    const beside = context.measureText(`${said_.source}${asOf}`).width + 2 * MARGIN + LINE <= width;
    const source = beside ? [said_.source] : [...wrapped(context, said_.source, width, SMALL), ...wrapped(context, asOf, width, SMALL)];
    const head = 52 + TITLE_LINE * title.length + LINE * (filters.length - 1);
    const foot = 104 + more + LINE * (notes.length + source.length - 2);
    return { title, filters, states, more, notes, source, asOf: beside ? asOf : "", head, foot };
  };

  const paintHead = (context, { title, filters }) => {
    title.forEach((line, i) => text(context, line, MARGIN, 32 + i * TITLE_LINE, TITLE));
    const top = 32 + title.length * TITLE_LINE;
    filters.forEach((line, i) => text(context, line, MARGIN, top + i * LINE, FILTERS));
  };

  const paintFoot = (context, carte, laid, width, top) => {
    if (laid.states) paintStates(context, laid.states, top + 12);
    else paintRamp(context, carte, top + 14);
    const notes = top + 64 + laid.more;
    laid.notes.forEach((line, i) => text(context, line, MARGIN, notes + i * LINE, SMALL));
    const source = notes + 22 + LINE * (laid.notes.length - 1);
    laid.source.forEach((line, i) => text(context, line, MARGIN, source + i * LINE, SMALL));
    text(context, laid.asOf, width - MARGIN, source, { ...SMALL, align: "right" });
  };

  /** A canvas with the map as it is seen. */
  const compose = (carte) => {
    const { x: width, y: height } = carte.map.getSize();
    const canvas = vigie.element("canvas");
    const context = canvas.getContext("2d");
    const laid = lay(context, carte, width);
    const whole = height + laid.head + laid.foot;
    Object.assign(canvas, { width: width * RATIO, height: whole * RATIO });
    context.scale(RATIO, RATIO);
    context.fillStyle = vigie.css("--vigie-surface");
    context.fillRect(0, 0, width, whole);
    paintHead(context, laid);
    context.save();
    context.translate(0, laid.head);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    const { min } = carte.map.getPixelBounds();
    const zoom = carte.map.getZoom();
    const frame = { scale: 2 ** zoom, left: min.x, top: min.y, width, height, zoom, ratio: RATIO };
    paintGround(context, carte, frame);
    context.save();
    for (const step of carte.shown.picture?.paint(context, frame) ?? []) void step;
    context.restore();
    paintLines(context, carte, frame);
    paintNames(context, carte);
    paintScale(context, width, height);
    context.restore();
    paintFoot(context, carte, laid, width, height + laid.head);
    return canvas;
  };
  vigie.mapPicture = compose;

  /* Such as carte-hexagones-backlog-2025-11-20T1405.png: what, and as of when, as the server names its files. */
  const fileName = ({ shown, view, config }) => {
    const { texts } = config;
    const local = new Date(shown.answer.as_of).toLocaleString("sv-SE", { timeZone: "America/Toronto" });
    const moment = local.slice(0, 16).replace(" ", "T").replace(":", "");
    const what = view.measure === "recurrence" ? view.measure : (view.kpi ?? "backlog").replace("/", "-");
    return `${texts.file_map}-${texts[`file_${shown.kind}`]}-${what}-${moment}.png`;
  };

  vigie.savePicture = (carte) =>
    compose(carte).toBlob((blob) => {
      const link = vigie.element("a");
      link.href = URL.createObjectURL(blob);
      link.download = fileName(carte);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, "image/png");
})();
