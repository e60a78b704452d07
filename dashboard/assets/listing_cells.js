/* What stands in the cells of the list, and how the grid looks. Named functions for dash-ag-grid. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const config = () => (document.getElementById("liste-grid") ? vigie.requestList : vigie.listing)?.config;
  const make = (...given) => window.React.createElement(...given);
  const DAY_MS = 86400000;

  const bone = () => make("span", { className: "vg-cell-bone" });
  const two = (first, second, className = "") =>
    make("span", { className: `vg-cell ${className}` }, make("span", null, first), make("span", { className: "vg-cell-more" }, second));

  const cell = (draw) => (props) => (props.data && config() ? draw(props.data, config(), props.colDef?.field) : bone());

  cells.StateCell = cell((row, { states }) =>
    make(
      "span",
      { className: `vg-state-word vg-state-${row.state.replace("_", "-")}` },
      make("span", { className: "vg-mark-at", dangerouslySetInnerHTML: { __html: vigie.markSvg(row.state, 16) } }),
      make("span", null, states[row.state]),
    ),
  );

  cells.RequestCell = cell((row, { names }) => two(names.activities[row.activity] || row.activity, row.external_id));

  vigie.listCells = { cell, two, make };

  const street = (row) => row.street || [row.street_from, row.street_to].filter(Boolean).join(" / ");
  cells.PlaceCell = cell((row, { names, texts }) =>
    two(street(row) || texts.no_place, names.boroughs[row.borough] || (row.borough ? row.borough : "")),
  );

  /* How far the due date is, for what is open: in days, rounded towards what is worse. */
  const dueIn = (row, texts) => {
    if (row.closed_at && !["late", "due_soon", "in_progress", "waiting"].includes(row.state)) return null;
    const opened = new Date(row.opened_at).getTime();
    const days = (new Date(row.due_at).getTime() - opened) / DAY_MS - row.age_days;
    if (days < 0) return [vigie.fill(texts.late_by, { n: vigie.number(Math.ceil(-days)) }), "vg-late"];
    if (days < 1) return [texts.due_today, "vg-due-soon"];
    return [vigie.fill(texts.due_in, { n: vigie.number(Math.floor(days)) }), ""];
  };
  cells.DueCell = cell((row, { texts }) => {
    if (!row.due_at) return two("–", texts.no_target);
    const [said, look] = dueIn(row, texts) || ["", ""];
    return two(vigie.shortDay(row.due_at), make("span", { className: look }, said));
  });

  cells.OpenedCell = cell((row, { texts }) =>
    two(vigie.shortDay(row.opened_at), vigie.fill(texts.days, { n: vigie.number(Math.floor(row.age_days)) })),
  );

  cells.PeopleCell = cell((row) => make("span", { className: "vg-people" }, vigie.number(row.requesters)));

  /** The grid in the theme's colours: every one a CSS variable, so that light and dark need nothing more. */
  functions.vigieGridTheme = (base) =>
    base.withParams({
      fontFamily: "inherit",
      fontSize: 13,
      accentColor: "var(--vigie-accent)",
      backgroundColor: "var(--vigie-surface)",
      foregroundColor: "var(--vigie-text)",
      headerBackgroundColor: "var(--vigie-surface)",
      headerTextColor: "var(--vigie-dim)",
      headerFontWeight: 600,
      headerFontSize: 12.5,
      borderColor: "var(--vigie-line)",
      rowBorder: { color: "var(--vigie-line)" },
      wrapperBorder: false,
      wrapperBorderRadius: 0,
      headerColumnBorder: false,
      oddRowBackgroundColor: "var(--vigie-surface)",
      rowHoverColor: "var(--vigie-surface-2)",
      selectedRowBackgroundColor: "var(--vigie-accent-soft)",
      cellHorizontalPadding: 9,
      spacing: 6,
      browserColorScheme: "inherit",
    });
})();
