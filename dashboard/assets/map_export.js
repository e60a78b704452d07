/* The map as a picture: title, filters, what is drawn, legend, scale, as-of and source, painted by our own hand. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const RATIO = 2;
  const MARGIN = 20;
  const HEAD = 76;
  const FOOT = 104;
  const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";

  const text = (context, words, x, y, { size = 13, weight = 400, colour = "--vigie-text", align = "left" } = {}) => {
    context.font = `${weight} ${size}px ${FONT}`;
    context.textAlign = align;
    context.textBaseline = "alphabetic";
    context.fillStyle = vigie.css(colour);
    context.fillText(words, x, y);
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

  /* The states of the legend with their numbers, on as many lines as they need. */
  const paintStates = (context, carte, width, top) => {
    let [x, y] = [MARGIN, top];
    for (const button of document.querySelectorAll("#carte-legend [data-state]")) {
      const sprite = vigie.sprite(button.dataset.state, 6.5, RATIO);
      const size = sprite.width / RATIO;
      const words_ = `${carte.config.states[button.dataset.state]} ${button.querySelector("b").textContent}`;
      context.font = `400 12.5px ${FONT}`;
      const long = size + 4 + context.measureText(words_).width;
      if (x + long > width - MARGIN) [x, y] = [MARGIN, y + 20];
      context.drawImage(sprite, x, y - size / 2 + 5, size, size);
      text(context, words_, x + size + 4, y + 10, { size: 12.5 });
      x += long + 18;
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

  const paintFoot = (context, carte, said_, width, top) => {
    const { kind } = carte.shown;
    if (kind === "points" || kind === "problems") paintStates(context, carte, width, top + 12);
    else paintRamp(context, carte, top + 14);
    text(context, said_.notes.join(" · "), MARGIN, top + 64, { size: 12, colour: "--vigie-dim" });
    text(context, said_.source, MARGIN, top + 86, { size: 12, colour: "--vigie-dim" });
    text(context, `Vigie 311 · ${said_.asOf}`, width - MARGIN, top + 86, { size: 12, colour: "--vigie-dim", align: "right" });
  };

  /** A canvas with the map as it is seen. */
  const compose = (carte) => {
    const { x: width, y: height } = carte.map.getSize();
    const canvas = vigie.element("canvas");
    canvas.width = width * RATIO;
    canvas.height = (height + HEAD + FOOT) * RATIO;
    const context = canvas.getContext("2d");
    context.scale(RATIO, RATIO);
    context.fillStyle = vigie.css("--vigie-surface");
    context.fillRect(0, 0, width, height + HEAD + FOOT);
    const said_ = words(carte);
    text(context, said_.title, MARGIN, 32, { size: 18, weight: 650 });
    text(context, said_.filters, MARGIN, 56, { size: 13, colour: "--vigie-dim" });
    context.save();
    context.translate(0, HEAD);
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
    paintFoot(context, carte, said_, width, height + HEAD);
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
