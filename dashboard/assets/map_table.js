/* What the map draws, as a table: for those who do not see it, or work by keyboard. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const MOST = 50;
  const element = (...given) => vigie.element(...given);

  const nameAt = (carte, x, y) => {
    const { names } = carte.config;
    const latlng = carte.map.options.crs.pointToLatLng(window.L.point(x, y), 0);
    const [borough, sector] = ["boroughs", "sectors"].map((kind) => carte.ground?.at(latlng, kind)?.code);
    return [names.boroughs[borough], names.sectors[sector]].filter(Boolean).join(" · ") || carte.config.texts.no_place;
  };

  const inView = (carte) => {
    const bounds = carte.map.getBounds();
    return ({ x, y }) => bounds.contains(carte.map.options.crs.pointToLatLng(window.L.point(x, y), 0));
  };

  /* Of each kind the rows: [name, what it says, changes of the address that pick it]. */
  const ROWS = {
    hexagons: (carte, write) =>
      carte.shown.picture.items
        .filter(inView(carte))
        .sort((a, b) => b.value - a.value)
        .slice(0, MOST)
        .map(({ id, x, y, value }) => [nameAt(carte, x, y), write(value), { h3: id, ...vigie.listed(carte.view) }]),
    points: (carte) => {
      const { answer } = carte.shown;
      const seen = inView(carte);
      const rows = [];
      for (let p = answer.places - 1; p >= 0 && rows.length < MOST; p -= 1)
        if (seen({ x: answer.x[p], y: answer.y[p] }))
          for (const { id, properties } of carte.shown.picture.place(p).features)
            rows.push([properties.street || carte.config.texts.no_place, stateWords(carte, properties), { request: id }]);
      return rows.slice(0, MOST);
    },
    problems: (carte) =>
      carte.shown.picture.items
        .filter(inView(carte))
        .slice(-MOST)
        .reverse()
        .map(({ properties }) => [
          properties.street || carte.config.texts.no_place,
          `${stateWords(carte, properties)} · ${vigie.plural(carte.config, "people", properties.requesters)} · ${vigie.plural(carte.config, "episodes", properties.recent_episodes)}`,
          { request: properties.request_id },
        ]),
    boroughs: (carte, write) => areaRows(carte, write, "boroughs", "borough"),
    sectors: (carte, write) => areaRows(carte, write, "sectors", "sector"),
  };

  const stateWords = ({ config }, { state, activity }) => `${config.states[state]} · ${config.names.activities[activity] ?? activity}`;

  const areaRows = (carte, write, kind, key) => {
    const { valueOf } = vigie.measureOf(carte.view.measure, carte.shown.scale);
    const values = Object.entries(carte.shown.answer.values).map(([code, found]) => [code, valueOf(found)]);
    const known = values.filter(([code, value]) => value !== null && carte.config.names[kind][code]);
    return known
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST)
      .map(([code, value]) => [carte.config.names[kind][code], write(value), { ...vigie.placed(key, code), h3: null, ...vigie.listed(carte.view) }]);
  };

  const line = ([name, said, changes]) => {
    const row = element("tr");
    const link = element("a", "", name);
    link.href = vigie.nav.address(window.location.pathname, changes);
    link.dataset.nav = "";
    link.dataset.key = JSON.stringify(changes);
    const cell = element("th");
    cell.scope = "row";
    cell.append(link);
    row.append(cell, element("td", "", said));
    return row;
  };

  const build = (place, { texts, lang }) => {
    const box = element("details", "vg-dropdown-box vg-map-table");
    const summary = element("summary", "vg-button");
    summary.append(element("span", "vg-icon vg-i-table"), element("span", "", texts.table));
    const panel = element("div", "vg-table-panel");
    box.append(summary, panel);
    box.addEventListener("toggle", () => vigie.carte && vigie.mapTable.apply(vigie.carte));
    place.querySelector(".vg-map-table")?.remove();
    place.append(box);
    place.dataset.lang = lang;
  };

  const fill = (panel, carte) => {
    const { texts } = carte.config;
    const { write } = vigie.measureOf(carte.view.measure, carte.shown.scale);
    const title = ROWS[carte.shown.kind] && (carte.shown.kind === "points" || carte.shown.kind === "problems")
      ? texts[`table_${carte.shown.kind}`]
      : vigie.legendTitle(carte.config, carte.view, carte.shown);
    const table = element("table");
    table.append(element("caption", "", title));
    const body = element("tbody");
    body.append(...ROWS[carte.shown.kind](carte, write).map(line));
    table.append(body);
    const more = element("p", "vg-dim", vigie.fill(texts.table_first, { n: MOST }));
    vigie.refill(panel, [table, more], panel.previousElementSibling);
  };

  vigie.mapTable = {
    /** Write the table of what is shown, where it is open. */
    apply(carte) {
      const place = document.getElementById("carte-time"); // the strip that they share
      if (!place || !carte.config) return;
      if (place.dataset.lang !== carte.config.lang) build(place, carte.config);
      const box = place.querySelector(".vg-map-table");
      if (box.open && carte.shown) fill(box.lastChild, carte);
    },
  };
})();
