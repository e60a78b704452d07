/* What the map says in words: its legend, the tip under the pointer, and its messages. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const { element } = { element: (...given) => vigie.element(...given) };
  const RAMP = 7;

  const plural = (config, key, n) => {
    const one = config.lang === "fr" ? Math.abs(n) < 2 : Math.abs(n) === 1;
    return vigie.fill(config.texts[`${key}.${one ? "one" : "other"}`], { n: vigie.number(n) });
  };
  vigie.plural = plural;

  /** How a measure is read from a feature's properties, and its number scale. */
  vigie.measureOf = (measure, scale) => {
    if (measure === "late_share") return { few: vigie.FEW, valueOf: (p) => p.late_share, breaks: scale.late_share, write: vigie.percent };
    if (measure === "median_age") return { few: vigie.FEW, valueOf: (p) => p.median_age, breaks: scale.median_age, write: (v) => vigie.number(v) };
    return { few: 0, valueOf: (p) => p.n, breaks: scale.count, write: (v) => vigie.number(v) };
  };

  /** Step of the ramp (1 to 7) of each of `count` classes; the same as maplayers/scale.py `spread`. */
  vigie.spread = (count) =>
    count === 1 ? [(RAMP + 1) / 2] : Array.from({ length: count }, (_, i) => 1 + Math.round((i * (RAMP - 1)) / (count - 1)));

  const ramp = (title, breaks, write) => {
    const box = element("div", "vg-legend");
    box.append(element("div", "vg-legend-title", title));
    const steps = element("div", "vg-legend-ramp");
    vigie.spread(breaks.length + 1).forEach((step, i) => {
      const piece = element("div", "vg-legend-step");
      piece.style.background = `var(--vigie-ramp-${step})`;
      if (i) piece.append(element("span", "vg-legend-number", write(breaks[i - 1])));
      steps.append(piece);
    });
    box.append(steps);
    return box;
  };

  const inView = (picture, map) => {
    const bounds = map.getBounds();
    const counts = {};
    let total = 0;
    for (const item of picture.items)
      if (bounds.contains([item.lat, item.lon]))
        for (const { properties } of item.features) {
          counts[properties.state] = (counts[properties.state] || 0) + 1;
          total += 1;
        }
    return { counts, total };
  };

  const pointLegend = (config, { picture, answer }, map) => {
    const { counts, total } = inView(picture, map);
    const box = element("div", "vg-legend");
    box.append(element("div", "vg-legend-title", vigie.fill(config.texts.points, { n: vigie.number(total) })));
    const list = element("ul", "vg-legend-states");
    for (const state of [...vigie.STATES].reverse()) {
      if (!counts[state]) continue;
      const line = element("li");
      line.innerHTML = vigie.markSvg(state, 15);
      line.append(element("span", "", config.states[state]), element("b", "", vigie.number(counts[state])));
      list.append(line);
    }
    box.append(list);
    if (answer.features.some((feature) => feature.properties.precision === "segment"))
      box.append(element("p", "vg-legend-note", config.texts.segment));
    return box;
  };

  /** Below this many requests, a share or a median says little: the cell is drawn pale. */
  vigie.FEW = 5;
  const measureIsUncertain = (view) => view.measure === "late_share" || view.measure === "median_age";

  /** Write the legend of what is shown. */
  vigie.showLegend = (config, view, shown, map) => {
    const place = document.getElementById("carte-legend");
    if (!place || !config) return;
    if (shown.kind === "points") return void place.replaceChildren(pointLegend(config, shown, map));
    const { breaks, write } = vigie.measureOf(view.measure, shown.answer.scale);
    const titles = { hexagons: "cells", boroughs: "areas_borough", sectors: "areas_sector" };
    const title = config.texts[measureIsUncertain(view) ? view.measure : titles[shown.kind]];
    const box = ramp(title, breaks, write);
    if (shown.kind === "hexagons") {
      if (measureIsUncertain(view)) box.append(element("p", "vg-legend-note", vigie.fill(config.texts.few, { n: vigie.FEW })));
      box.append(element("p", "vg-legend-note is-hint", config.texts.zoom_in));
      const missing = view.h3 ? 0 : vigie.listing.totalOf(vigie.feedQuery(view)) - shown.answer.total;
      if (missing > 0) box.append(element("p", "vg-legend-note", plural(config, "off_map", missing)));
    }
    place.replaceChildren(box);
  };

  const lines = (title, ...more) => {
    const box = element("div");
    box.append(element("strong", "", title));
    for (const line of more) if (line) box.append(element("div", "", line));
    return box;
  };

  const numbers = (config, values) => [
    vigie.fill(config.texts.late, { n: vigie.number(values.late), share: vigie.percent(values.late_share) }),
    values.median_age === null ? null : vigie.fill(config.texts.age, { n: vigie.number(values.median_age) }),
  ];

  const requestLine = (config, { properties }) => {
    const line = element("span", "vg-tip-request");
    line.innerHTML = vigie.markSvg(properties.state, 15);
    const said = `${config.states[properties.state]} · ${config.names.activities[properties.activity] || properties.activity}`;
    line.append(element("span", "", said));
    return line;
  };

  /** The content of the tip for what is under the pointer. */
  vigie.describe = (config, kind, found) => {
    if (kind === "hexagons") return lines(plural(config, "n", found.properties.n), ...numbers(config, found.properties));
    if (kind === "points") {
      if (found.features.length > 1) return lines(vigie.fill(config.texts.stacked, { n: vigie.number(found.features.length) }));
      const [feature] = found.features;
      const { properties } = feature;
      const box = element("div");
      box.append(requestLine(config, feature), element("div", "", properties.street || config.texts.no_place));
      box.append(element("div", "vg-dim", vigie.fill(config.texts.received_on, { day: vigie.day(properties.opened_at) })));
      return box;
    }
    const name = config.names[kind][found.code];
    if (!found.values) return lines(name, plural(config, "n", 0));
    return lines(name, plural(config, "n", found.values.n), ...numbers(config, found.values));
  };

  /** Requests at one place, each a button. */
  vigie.describeStack = (config, place, choose) => {
    const box = lines(vigie.fill(config.texts.stacked, { n: vigie.number(place.features.length) }), place.features[0].properties.street);
    const list = element("ul", "vg-tip-list");
    const urgent = [...place.features].sort((a, b) => vigie.STATES.indexOf(b.properties.state) - vigie.STATES.indexOf(a.properties.state));
    for (const feature of urgent) {
      const button = element("button");
      button.type = "button";
      button.append(requestLine(config, feature), element("span", "vg-dim", feature.properties.external_id));
      button.addEventListener("click", () => choose(feature));
      const line = element("li");
      line.append(button);
      list.append(line);
    }
    box.append(list);
    return box;
  };

  /** A tip that follows the pointer, or is pinned and can be used. */
  vigie.makeTip = (container) => {
    container.querySelector(".vg-tip")?.remove(); // of a map that was here before
    const node = element("div", "vg-tip");
    container.append(node);
    let pinned = false;
    const put = ({ x, y }, content) => {
      node.replaceChildren(content);
      node.classList.add("is-shown");
      const { offsetWidth: width, offsetHeight: height } = node;
      const right = x + 14 + width < container.clientWidth;
      const below = y + 14 + height < container.clientHeight;
      node.style.left = `${Math.max(4, right ? x + 14 : x - 14 - width)}px`;
      node.style.top = `${Math.max(4, below ? y + 14 : y - 14 - height)}px`;
    };
    const unpin = () => {
      pinned = false;
      node.classList.remove("is-shown", "is-pinned");
    };
    container.addEventListener("keydown", (event) => event.key === "Escape" && unpin());
    return {
      show: (at, content) => pinned || put(at, content),
      hide: () => pinned || node.classList.remove("is-shown"),
      pin(at, content) {
        pinned = true;
        put(at, content);
        node.classList.add("is-pinned");
        node.querySelector("button")?.focus({ preventScroll: true });
      },
      unpin,
    };
  };

  /** What the map has to say over itself: that it is empty, or that an update failed. Null: nothing. */
  vigie.say = (config, what) => {
    const place = document.getElementById("carte-message");
    if (!place) return;
    place.replaceChildren();
    if (!what) return;
    const box = element("div", `vg-map-note${what.failed ? " is-error" : ""}`);
    if (what.failed) box.append(element("span", "", vigie.fill(config.texts.failed, { reason: what.failed })));
    else box.append(element("strong", "", what.hereEmpty ? config.texts.empty_here : config.texts.empty));
    if (what.empty) box.append(element("span", "vg-dim", config.texts.empty_hint));
    if (what.retry || what.empty) {
      const button = element("button", "vg-button", what.retry ? config.texts.retry : config.texts.clear);
      button.type = "button";
      const clear = () => vigie.nav.patch({ borough: null, sector: null, activity: null, by: null, state: null, h3: null });
      button.addEventListener("click", what.retry || clear);
      box.append(button);
    }
    place.append(box);
  };
})();
