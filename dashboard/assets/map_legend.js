/* The legend: what the colours and marks mean, and a filter. A state that is pressed is the only one kept; a class of
   the ramp that is pressed is the only one in full colour. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const element = (...given) => vigie.element(...given);
  const RAMP = 7;

  /** Below this many requests, a share or a median says little: the cell is drawn pale. */
  vigie.FEW = 5;
  const number = (value) => vigie.number(value);
  const MEASURES = {
    count: { few: 0, valueOf: (p) => p.n, write: number },
    late_share: { few: vigie.FEW, valueOf: (p) => p.late_share, write: (value) => vigie.percent(value) },
    median_age: { few: vigie.FEW, valueOf: (p) => p.median_age, write: number },
    recurrence: { few: 0, valueOf: (p) => p.recurring || null, write: number },
  };

  /** How a measure is read from a feature's properties, and its number scale. */
  vigie.measureOf = (name = "count", scale = {}) => {
    const measure = MEASURES[name] ?? MEASURES.count;
    return { ...measure, breaks: scale[MEASURES[name] ? name : "count"] ?? [] };
  };

  /** Step of the ramp (1 to 7) of each of `count` classes; the same as maplayers/scale.py `spread`. */
  vigie.spread = (count) =>
    count === 1 ? [(RAMP + 1) / 2] : Array.from({ length: count }, (_, i) => 1 + Math.round((i * (RAMP - 1)) / (count - 1)));

  const classWords = (texts, breaks, i, write) => {
    if (!breaks.length) return texts.class_all;
    if (i === 0) return vigie.fill(texts.class_below, { b: write(breaks[0]) });
    if (i === breaks.length) return vigie.fill(texts.class_from, { a: write(breaks[i - 1]) });
    return vigie.fill(texts.class_between, { a: write(breaks[i - 1]), b: write(breaks[i]) });
  };

  const ramp = ({ texts }, title, { breaks, write }, only) => {
    const box = element("div", "vg-legend");
    box.append(element("div", "vg-legend-title", title));
    const steps = element("div", "vg-ramp");
    steps.setAttribute("role", "group");
    steps.setAttribute("aria-label", texts.classes);
    vigie.spread(breaks.length + 1).forEach((step, i) => {
      const piece = element("button", "vg-ramp-step");
      piece.type = "button";
      piece.dataset.class = i;
      piece.dataset.key = `class ${i}`;
      piece.style.setProperty("--vg-step", `var(--vigie-ramp-${step})`);
      piece.setAttribute("aria-pressed", String(only === i));
      piece.title = classWords(texts, breaks, i, write);
      piece.setAttribute("aria-label", piece.title);
      if (i) piece.append(element("span", "vg-ramp-number", write(breaks[i - 1])));
      steps.append(piece);
    });
    if (only !== null) steps.classList.add("is-picked");
    box.append(steps);
    return box;
  };

  const stateButton = (config, state, n, chosen) => {
    const line = element("li");
    const button = element("button", "vg-legend-state");
    button.type = "button";
    button.dataset.state = state;
    button.dataset.key = state;
    button.setAttribute("aria-pressed", String(chosen.includes(state)));
    button.innerHTML = vigie.markSvg(state, 15);
    button.append(element("span", "", config.states[state]), element("b", "", n === undefined ? "–" : vigie.number(n)));
    line.append(button);
    return line;
  };

  /* States that were seen in a view without a filter on states stay, so that another may be added to the one picked. */
  const seenStates = new Set();
  const stateList = (config, view, counts) => {
    const chosen = vigie.codes(view.state);
    if (!chosen.length) seenStates.clear();
    for (const state of [...chosen, ...Object.keys(counts)]) seenStates.add(state);
    const list = element("ul", "vg-legend-states");
    for (const state of [...vigie.STATES].reverse()) if (seenStates.has(state)) list.append(stateButton(config, state, counts[state], chosen));
    return list;
  };

  const note = (text, className = "") => element("p", `vg-legend-note ${className}`, text);

  const corners = (map) => {
    const bounds = map.getBounds();
    return [vigie.worldX(bounds.getWest()), vigie.worldY(bounds.getNorth()), vigie.worldX(bounds.getEast()), vigie.worldY(bounds.getSouth())];
  };

  const pointLegend = (config, view, { picture, answer }, map) => {
    const counts = picture.countsIn(...corners(map));
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const box = element("div", "vg-legend");
    box.append(element("div", "vg-legend-title", vigie.fill(config.texts.points, { n: vigie.number(total) })));
    box.append(stateList(config, view, counts));
    if (answer.precision.includes(answer.precisions.indexOf("segment"))) box.append(note(config.texts.segment));
    return box;
  };

  const problemLegend = (config, view, { picture }, map) => {
    const bounds = map.getBounds();
    const seen = picture.items.filter((item) => bounds.contains([item.lat, item.lon]));
    const counts = {};
    for (const { state } of seen) counts[state] = (counts[state] || 0) + 1;
    const box = element("div", "vg-legend");
    box.append(element("div", "vg-legend-title", vigie.plural(config, "problems", seen.length)));
    box.append(stateList(config, view, counts));
    const back = seen.filter(({ recurring }) => recurring).length;
    const key = element("p", "vg-legend-note vg-legend-key");
    key.append(element("span", "vg-key-people", "3"), element("span", "", config.texts.problem_size));
    const again = element("p", "vg-legend-note vg-legend-key");
    again.append(element("span", "vg-key-again", "↻"), element("span", "", vigie.plural(config, "problem_again", back)));
    box.append(key, again);
    if (seen.some(({ properties }) => properties.precision === "segment")) box.append(note(config.texts.segment));
    return box;
  };

  const titleOf = ({ texts }, view, { kind }) => {
    if (view.measure === "recurrence") return texts[`recurrence_${kind}`];
    if (view.measure === "late_share" || view.measure === "median_age") return texts[view.measure];
    return texts[{ hexagons: "cells", boroughs: "areas_borough", sectors: "areas_sector" }[kind]];
  };

  const recurrenceTotals = ({ answer }) => {
    if (answer.recurring !== undefined) return [answer.recurring, answer.total];
    const all = Object.values(answer.values);
    return [all.reduce((sum, { recurring }) => sum + recurring, 0), all.reduce((sum, { active }) => sum + active, 0)];
  };

  const rampNotes = (config, view, shown) => {
    const { texts } = config;
    if (shown.held) return [note(texts.held)];
    if (view.measure === "recurrence") {
      const [n, active] = recurrenceTotals(shown).map((value) => vigie.number(value));
      return [note(vigie.fill(texts.recurrence_total, { n, active })), note(texts.recurrence_what)];
    }
    if (shown.kind !== "hexagons") return [];
    const pale = view.measure === "late_share" || view.measure === "median_age";
    const listed = view.h3 ? NaN : vigie.listing.totalOf(vigie.feedQuery(view));
    const missing = listed - shown.answer.total;
    return [
      pale && note(vigie.fill(texts.few, { n: vigie.FEW })),
      note(texts.zoom_in, "is-hint"),
      missing > 0 && note(vigie.plural(config, "off_map", missing)),
    ].filter(Boolean);
  };

  const legendOf = (config, view, shown, map, only) => {
    if (shown.kind === "points") return pointLegend(config, view, shown, map);
    if (shown.kind === "problems") return problemLegend(config, view, shown, map);
    const box = ramp(config, titleOf(config, view, shown), vigie.measureOf(view.measure, shown.scale), only);
    box.append(...rampNotes(config, view, shown));
    return box;
  };

  /** Write the legend of what is shown; `only` is the class that is picked. A button that has the focus keeps it. */
  vigie.showLegend = (config, view, shown, map, only) => {
    const place = document.getElementById("carte-legend");
    if (!place || !config) return;
    vigie.refill(place, [legendOf(config, view, shown, map, only)]);
  };
  vigie.legendTitle = titleOf;
})();
