/* The list: rows come a block at a time from the server, in the order and with the filters of the address. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  const sortText = (model) => (model?.length ? (model[0].sort === "desc" ? "-" : "") + model[0].colId : "");
  const url = (query, sort, start, end) =>
    `/feeds/requests.json?${query}${query && "&"}${sort ? `sort=${sort}&` : ""}offset=${start}&limit=${end - start}`;

  class Listing {
    /** `places`: ids of what the list fills. `chip`: the data attribute of its buttons of states. */
    constructor(places, chip) {
      Object.assign(this, { places, chip });
      this.query = null;
      this.sort = "";
    }

    /* What a list of another screen does in its own way. */
    question(view) {
      return vigie.feedQuery(view);
    }
    selected() {
      return vigie.selectedRow;
    }

    /** Show the list of a state of the address. The rows of before stay until the new ones are there. */
    async apply(view, version, config) {
      const query = this.question(view);
      const sort = view.sort || "";
      const same = query === this.query && version === this.version && config.lang === this.config?.lang;
      const resorted = sort !== this.sort;
      Object.assign(this, { view, version, config, query, sort });
      this.showStates(view);
      this.showExport(view);
      if (!this.alive()) return; // the grid is on its way, and will ask
      if (resorted) this.showSort();
      if (!same || resorted) await this.renew();
      this.select(this.selected());
    }

    alive() {
      return Boolean(this.grid) && !this.grid.isDestroyed();
    }

    /** A grid is there: of this screen for the first time, or after the screen was built again. */
    async adopt(grid) {
      if (grid === this.grid || grid.isDestroyed()) return;
      this.grid = grid;
      grid.addEventListener("cellClicked", (cell) => cell.data && !cell.node.rowPinned && this.open(cell));
      grid.addEventListener("cellKeyDown", (cell) => {
        if (cell.data && (cell.event.key === "Enter" || cell.event.key === " ")) this.open(cell);
      });
      grid.addEventListener("sortChanged", () => this.sorted());
      if (!this.config) return;
      this.showSort();
      await this.renew();
      this.select(this.selected());
    }

    /* Ask for the first block before the rows of before are let go: then there is nothing to wait for. */
    async renew() {
      const wanted = Symbol("the newest question");
      this.wanted = wanted;
      try {
        const first = await vigie.fetchFeed(url(this.query, this.sort, 0, 100));
        if (this.wanted !== wanted || !this.alive()) return;
        this.tell(first);
        this.grid.setGridOption("datasource", this.source());
        this.grid.ensureIndexVisible(0);
      } catch (error) {
        if (this.wanted === wanted) this.fail(error);
      }
    }

    source() {
      const { query, wanted } = this;
      return {
        getRows: async ({ startRow, endRow, sortModel, successCallback, failCallback }) => {
          try {
            const answer = await vigie.fetchFeed(url(query, sortText(sortModel), startRow, endRow));
            if (this.wanted !== wanted) return;
            successCallback(answer.rows, answer.total);
            this.tell(answer);
            if (answer.total === 0) this.grid.showNoRowsOverlay();
            else this.grid.hideOverlay();
            this.select(this.selected());
          } catch (error) {
            failCallback();
            this.fail(error);
          }
        },
      };
    }

    /* A header was used: the grid asks for its rows itself, and what else reads the address can wait for them. */
    sorted() {
      const column = this.grid.getColumnState().find((state) => state.sort);
      const sort = column ? (column.sort === "desc" ? "-" : "") + column.colId : "";
      if (sort === this.sort) return;
      this.sort = sort;
      vigie.nav.patch({ sort: sort || null }, { later: true });
    }

    showSort() {
      const colId = this.sort.replace(/^-/, "");
      const state = colId ? [{ colId, sort: this.sort.startsWith("-") ? "desc" : "asc" }] : [];
      this.grid.applyColumnState({ state, defaultState: { sort: null } });
    }

    tell({ total, as_of: asOf, states }) {
      const { texts } = this.config;
      this.told = { query: this.query, total };
      vigie.carte?.tellLegend();
      const place = document.getElementById(this.places.total);
      if (place) {
        const [scope, note] = this.config.scopes[vigie.kpiShown(this.config.kpis, this.view)];
        place.replaceChildren(
          vigie.element("strong", "", vigie.plural(this.config, "total", total)),
          vigie.element("span", "", ` ${scope}`),
          vigie.element("span", "vg-dim vg-total-note", note),
          vigie.element("span", "vg-dim vg-total-as-of", vigie.fill(texts.as_of, { moment: vigie.moment(asOf) })),
        );
      }
      for (const chip of document.getElementById(this.places.states)?.children ?? []) {
        const n = states[chip.dataset[this.chip]] ?? 0;
        chip.querySelector(".vg-chip-count").textContent = vigie.number(n);
        chip.classList.toggle("is-none", n === 0 && chip.getAttribute("aria-pressed") !== "true");
      }
    }

    /** How many requests the list has, where it is the list of this question; else NaN. */
    totalOf(query) {
      return this.told?.query === query ? this.told.total : NaN;
    }

    fail(error) {
      if (vigie.wasAborted(error)) return;
      const place = document.getElementById(this.places.total);
      place?.replaceChildren(vigie.element("span", "vg-late", vigie.fill(this.config.texts.list_failed, { reason: error.message })));
    }

    /* A button per state: pressed where the list keeps only some states and this is one. */
    showStates(view) {
      const place = document.getElementById(this.places.states);
      if (!place) return;
      if (!place.firstChild || place.dataset.lang !== this.config.lang) place.replaceChildren(...this.makeChips());
      place.dataset.lang = this.config.lang;
      const chosen = new Set(view.state ? view.state.split(",") : []);
      for (const chip of place.children) chip.setAttribute("aria-pressed", String(chosen.has(chip.dataset[this.chip])));
    }

    makeChips() {
      return [...vigie.STATES].reverse().map((state) => {
        const chip = vigie.element("button", "vg-state-chip");
        chip.type = "button";
        chip.dataset[this.chip] = state;
        chip.innerHTML = vigie.markSvg(state, 16);
        chip.append(vigie.element("span", "", this.config.states[state]), vigie.element("span", "vg-chip-count"));
        return chip;
      });
    }

    toggleState(state) {
      const chosen = this.view.state ? this.view.state.split(",") : [];
      const next = chosen.includes(state) ? chosen.filter((code) => code !== state) : [...chosen, state];
      vigie.nav.patch({ state: next.length ? next : null });
    }

    showExport(view) {
      const more = [view.sort && `sort=${view.sort}`, view.lang && `lang=${view.lang}`].filter(Boolean);
      const query = [this.question(view), ...more].filter(Boolean).join("&");
      for (const [kind, id] of Object.entries(this.places.files)) {
        const link = document.getElementById(id);
        if (link) link.href = `/feeds/requests.${kind}?${query}`;
      }
    }

    open({ data, rowIndex, column }) {
      this.opener = { rowIndex, column };
      vigie.nav.patch({ request: data.id });
    }

    focusBack() {
      if (this.opener && this.alive()) this.grid.setFocusedCell(this.opener.rowIndex, this.opener.column);
    }

    /** Select a request's row; where its block is not loaded, it stands above the list. */
    select(row) {
      if (!this.alive()) return;
      let found = null;
      this.grid.forEachNode((node) => {
        const same = Boolean(row) && node.data?.id === row.id;
        if (same) found = node;
        if (node.isSelected() !== same) node.setSelected(same);
      });
      this.grid.setGridOption("pinnedTopRowData", row && !found ? [row] : []);
      if (found && row.id !== this.seen) this.grid.ensureNodeVisible(found);
      this.seen = row?.id;
    }
  }

  vigie.Listing = Listing;
  vigie.listing = new Listing({ total: "carte-total", states: "carte-states", files: { csv: "carte-export" } }, "state");
})();
