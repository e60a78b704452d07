/* The list page: its question, its heading, its files, and the drawer with the sheet of a request. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const OTHER_KEYS = ["screen", "path", "v", "request", "place", "check", "behind", "layer", "measure", "sort", "theme", "lang", "rank", "vs"];

  class RequestList extends vigie.Listing {
    constructor() {
      const files = { csv: "liste-csv", xlsx: "liste-xlsx" };
      super({ grid: "liste-grid", total: "liste-total", states: "liste-states", files }, "keepState");
      this.row = null;
    }

    column(field) {
      return this.config?.columns.find((column) => column.field === field);
    }

    shows(field) {
      return this.alive() ? Boolean(this.grid.getColumn(field)?.isVisible()) : true;
    }

    /* Every key that says which requests, conditions on columns among them. */
    question(view) {
      const kept = Object.keys(view).filter((key) => !OTHER_KEYS.includes(key)).sort();
      return new URLSearchParams(kept.map((key) => [key, view[key]])).toString();
    }

    selected() {
      return this.row;
    }

    async apply(view, version, config) {
      const asked = super.apply(view, version, config);
      vigie.listFilters.show();
      this.showMapLink();
      this.note("");
      vigie.drawer.show(view, version, config);
      await asked;
    }

    /* The request of the sheet, on the map. */
    onMap() {
      const { id, lon, lat } = this.row ?? {};
      if (!id) return;
      vigie.nav.go(vigie.nav.address("/carte", { sort: null, request: String(id), v: `${lat.toFixed(5)},${lon.toFixed(5)},17` }));
    }

    showMapLink() {
      document.getElementById("liste-map")?.setAttribute("href", vigie.nav.address("/carte", { request: null }));
    }

    async adopt(grid) {
      if (grid === this.grid || grid.isDestroyed()) return;
      grid.setGridOption("rowHeight", vigie.isNarrow() ? (this.config?.touchHeight ?? 52) : 44);
      vigie.listColumns.adopt(grid);
      await super.adopt(grid);
    }

    tell(answer) {
      super.tell(answer);
      const { total } = answer;
      const place = document.getElementById("liste-total");
      if (!place) return;
      const [scope, note] = this.config.scopes[vigie.kpiShown(this.config.kpis, this.view)];
      const title = vigie.element("h1");
      title.append(vigie.element("strong", "", vigie.plural(this.config, "total", total)), ` ${scope}`);
      const more = [note, this.moment(answer)].filter(Boolean).join(" · ");
      place.replaceChildren(title, vigie.element("p", "vg-dim", more));
      document.getElementById("liste-xlsx")?.classList.toggle("is-off", total > this.config.mostRows);
    }

    note(text, look = "") {
      const place = document.getElementById("liste-note");
      if (place) Object.assign(place, { textContent: text, className: `vg-liste-note ${look}` });
    }

    /* A file is on its way, or cannot be. */
    download(kind) {
      const n = this.told?.total ?? 0;
      const { words, mostRows } = this.config;
      if (kind === "xlsx" && n > mostRows) {
        this.note(vigie.fill(words.too_many, { most: vigie.number(mostRows), n: vigie.number(n) }), "vg-late");
        return false;
      }
      this.note(vigie.fill(words.preparing, { n: vigie.number(n) }));
      clearTimeout(this.noteGoes);
      this.noteGoes = setTimeout(() => this.note(""), 8000);
      return true;
    }
  }

  vigie.requestList = new RequestList();

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    showListe(view, mart, config) {
      if (view?.screen !== "liste" || !config) return clientside.no_update;
      vigie.requestList.apply(view, mart?.version, config);
      return { query: vigie.requestList.query };
    },
    /* A new grid asks Dash for its first rows: from now on it asks the feed. */
    listeGridAsks(request) {
      if (request) vigie.requestList.adopt(window.dash_ag_grid.getApi("liste-grid"));
    },
    listeKpiPicked(value, view, config) {
      if (view?.screen !== "liste" || !value || !config) return;
      if (value !== vigie.kpiShown(config.kpis, view)) vigie.nav.patch({ kpi: value === "backlog" ? null : value });
    },
    listeKpiShown(view, value, config) {
      if (view?.screen !== "liste") return [clientside.no_update, clientside.no_update];
      return vigie.followKpi(config?.kpis, view, value);
    },
  });

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    const chip = on("[data-keep-state]");
    if (chip) vigie.requestList.toggleState(chip.dataset.keepState);
    const file = on("#liste-csv, #liste-xlsx");
    if (file && !vigie.requestList.download(file.id.replace("liste-", ""))) event.preventDefault();
    if (on("#liste-sheet [data-action=show-request]")) vigie.requestList.onMap();
    const button = on("#liste-filter, #liste-columns");
    if (button?.id === "liste-filter") vigie.listFilters.open(null, button);
    if (button?.id === "liste-columns") vigie.listColumns.open(button);
  });
})();
