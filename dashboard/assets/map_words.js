/* What the map says in words: the tip under the pointer, and its messages. Its legend: map_legend.js. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const element = (...given) => vigie.element(...given);

  const plural = (config, key, n) => {
    const one = config.lang === "fr" ? Math.abs(n) < 2 : Math.abs(n) === 1;
    return vigie.fill(config.texts[`${key}.${one ? "one" : "other"}`], { n: vigie.number(n) });
  };
  vigie.plural = plural;

  const lines = (title, ...more) => {
    const box = element("div");
    box.append(element("strong", "", title));
    for (const line of more) if (line) box.append(element("div", "", line));
    return box;
  };

  const numbers = (config, values) =>
    values.active === undefined ? ofRequests(config, values) : [plural(config, "again", values.recurring), vigie.fill(config.texts.of_active, { n: vigie.number(values.active) })];

  const ofRequests = (config, values) => [
    plural(config, "n", values.n),
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

  const ofProblem = (config, properties) => {
    const { requests, requesters, recent_episodes: episodes } = properties;
    const box = element("div");
    box.append(requestLine(config, { properties }), element("div", "", properties.street || config.texts.no_place));
    box.append(element("div", "", `${plural(config, "people", requesters)} · ${plural(config, "n", requests)}`));
    const again = plural(config, "episodes", episodes);
    box.append(element("div", properties.recurring ? "vg-tip-again" : "vg-dim", again));
    return box;
  };

  /** The content of the tip for what is under the pointer. */
  vigie.describe = (config, kind, found) => {
    if (kind === "hexagons") return lines(...numbers(config, found.properties));
    if (kind === "problems") return ofProblem(config, found.properties);
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
    return lines(name, ...(found.values ? numbers(config, found.values) : [plural(config, "n", 0)]));
  };

  /** Requests at one place, each a button. */
  vigie.describeStack = (config, place, choose) => {
    const box = lines(vigie.fill(config.texts.stacked, { n: vigie.number(place.features.length) }), place.features[0].properties.street);
    const list = element("ul", "vg-tip-list");
    const urgent = [...place.features].sort((a, b) => vigie.STATES.indexOf(b.properties.state) - vigie.STATES.indexOf(a.properties.state));
    for (const feature of urgent) {
      const button = element("button");
      button.type = "button";
      button.append(requestLine(config, feature), element("span", "vg-dim", vigie.shortDay(feature.properties.opened_at)));
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

  const FILTERS = ["borough", "sector", "activity", "by", "state", "h3", "area", "cf"];
  const none = (keys) => Object.fromEntries(keys.map((key) => [key, null]));

  /* Out of an empty map: without its filters, and where there is none, as Carte opens. */
  const wayOut = ({ texts }, view) =>
    FILTERS.some((key) => view[key])
      ? [texts.clear, () => vigie.nav.patch(none([...FILTERS, "v"]))]
      : [texts.clear_all, () => vigie.nav.patch(none(["period", "from", "to", "kpi", "v"]))];

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
    if (what.retry) box.append(vigie.pressable(config.texts.retry, what.retry));
    if (what.empty) box.append(vigie.pressable(...wayOut(config, what.view)));
    place.append(box);
  };
})();
