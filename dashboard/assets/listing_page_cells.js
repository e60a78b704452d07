/* What stands in the cells and heads of the list page. Named functions for dash-ag-grid. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const { cell, two, make } = vigie.listCells;
  const NARROW_PX = 1000;

  vigie.isNarrow = () => window.innerWidth < NARROW_PX;

  const shows = (field) => vigie.requestList?.shows(field) ?? true;
  const plain = (text) => make("span", { className: "vg-cell-text", title: text || undefined }, text || "–");
  const word = (field, config, code) => vigie.requestList.column(field)?.codes?.[code] ?? code;

  cells.ListeTextCell = cell((row, _config, field) => plain(row[field]));

  cells.ListeNameCell = cell((row, config, field) => plain(row[field] && word(field, config, row[field])));

  /* The number stands below where it has no column of its own. */
  cells.ListeActivityCell = cell((row, { names }) => {
    const name = names.activities[row.activity] || row.activity;
    return shows("external_id") ? plain(name) : two(name, row.external_id);
  });

  const crossing = ({ street_from: a, street_to: b }, words) => {
    if (a && b) return vigie.fill(words.between, { a, b });
    return a || b ? vigie.fill(words.near, { a: a || b }) : "";
  };
  cells.ListePlaceCell = cell((row, { names, words, texts }) => {
    const street = row.street || [row.street_from, row.street_to].filter(Boolean).join(" / ");
    const near = row.street ? crossing(row, words) : "";
    const what = shows("activity") ? "" : names.activities[row.activity] || row.activity;
    const below = what || near || (shows("borough") ? "" : names.boroughs[row.borough] || "");
    return below ? two(street || texts.no_place, below) : plain(street || texts.no_place);
  });

  cells.ListeMomentCell = cell((row, { texts }, field) => {
    const at = row[field];
    if (!at) return plain("");
    const below = vigie.clock(at);
    return field === "opened_at" && !shows("age_days")
      ? two(vigie.shortDay(at), vigie.fill(texts.days, { n: vigie.number(Math.floor(row.age_days)) }))
      : two(vigie.shortDay(at), below);
  });

  cells.ListeAgeCell = cell((row, { texts }) =>
    make("span", { className: "vg-people" }, vigie.fill(texts.days, { n: vigie.number(Math.floor(row.age_days)) })),
  );

  /* The time of the day in Montréal, as the language writes it. */
  vigie.clock = (iso) => {
    const english = document.documentElement.lang === "en";
    const parts = new Intl.DateTimeFormat("en-CA", {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "America/Toronto",
    }).formatToParts(new Date(iso));
    const of = (type) => parts.find((part) => part.type === type).value;
    return english ? `${Number(of("hour"))}:${of("minute")}` : `${Number(of("hour"))}\u00a0h\u00a0${of("minute")}`;
  };

  /* A head: its name, and a button for its filter. The grid hears clicks before React does, and would sort. */
  cells.ListeHeader = ({ displayName, column }) => {
    const field = column.getColId();
    const known = vigie.requestList.column(field);
    if (!known?.kind) return make("span", { className: "vg-head-name" }, displayName);
    const config = vigie.requestList.config;
    const hold = (button) => {
      if (!button || button.dataset.held) return;
      button.dataset.held = "1";
      for (const name of ["click", "mousedown", "pointerdown", "touchstart"])
        button.addEventListener(name, (event) => event.stopPropagation(), { passive: true });
      button.addEventListener("click", () => vigie.listFilters.open(field, button));
    };
    const label = vigie.fill(config.words.filter_column, { name: known.name });
    const sign = make("span", { className: "vg-icon vg-i-filter", "aria-hidden": "true" });
    return make(
      "span",
      { className: "vg-head" },
      make("span", { className: "vg-head-name" }, displayName),
      make(
        "button",
        { ref: hold, type: "button", tabIndex: -1, className: "vg-head-filter", "data-column": field, title: label, "aria-label": label },
        sign,
      ),
    );
  };
})();
