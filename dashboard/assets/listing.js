/* The list: rows come a block at a time from the server, in the order and with the filters of the address. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  const BLOCK = 100; // rows, as the grid asks for them (components/listing.py)
  const REST_MS = 60; // a pointer on its way elsewhere is gone by then
  const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  const sortText = (model) => (model?.length ? (model[0].sort === "desc" ? "-" : "") + model[0].colId : "");
  /* A query string with more keys, of which those without a value are left out. */
  const withKeys = (query, more) =>
    new URLSearchParams([...new URLSearchParams(query), ...Object.entries(more).filter(([, value]) => value)]).toString();
  const url = (query, sort, start, end) => `/feeds/requests.json?${withKeys(query, { sort })}&offset=${start}&limit=${end - start}`;

  class Listing {
    /** `places`: ids of what the list fills. `chip`: the data attribute of its buttons of states. */
    constructor(places, chip) {
      Object.assign(this, { places, chip });
      this.query = null;
      this.sort = "";
      this.opener = null;
      this.followHeaders();
      vigie.whenBack(() => this.failed && this.again());
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
      this.failed = false;
      try {
        const first = await vigie.fetchFeed(url(this.query, this.sort, 0, BLOCK));
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
            const [after, size] = [startRow + answer.rows.length, endRow - startRow];
            const next = url(query, sortText(sortModel), after, after + size);
            if (after < answer.total) whenIdle(() => this.wanted === wanted && vigie.fetchAhead(next));
            this.tell(answer);
            if (answer.total === 0) this.grid.showNoRowsOverlay();
            else this.grid.hideOverlay();
            this.select(this.selected());
          } catch (error) {
            failCallback();
            if (this.wanted === wanted) this.fail(error);
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

    /* A header that a pointer rests on, is pressed or has the focus: the order that it gives is asked for ahead. */
    followHeaders() {
      let [resting, timer] = [null, 0];
      const follow = (wait) => (event) => {
        const header = event.target.closest?.(`#${this.places.grid} .ag-header-cell[col-id]`) ?? null;
        if (header === resting && wait) return;
        clearTimeout(timer);
        resting = header;
        if (header) timer = setTimeout(() => this.sortAhead(header.getAttribute("col-id")), wait);
      };
      document.addEventListener("pointerover", follow(REST_MS));
      document.addEventListener("focusin", follow(REST_MS));
      document.addEventListener("pointerdown", follow(0));
    }

    sortAhead(colId) {
      const column = this.alive() && this.query !== null ? this.grid.getColumn(colId) : null;
      if (!column?.isSortable()) return;
      const { sortingOrder: turns } = column.getColDef();
      const sort = turns[(turns.indexOf(column.getSort() ?? null) + 1) % turns.length];
      vigie.fetchAhead(url(this.query, sort ? sortText([{ colId, sort }]) : "", 0, BLOCK));
    }

    showSort() {
      const colId = this.sort.replace(/^-/, "");
      const state = colId ? [{ colId, sort: this.sort.startsWith("-") ? "desc" : "asc" }] : [];
      this.grid.applyColumnState({ state, defaultState: { sort: null } });
    }

    /* The moment that the list is of, and what nobody knows of it where that is an earlier one. */
    moment({ as_of: asOf, at }) {
      const { texts } = this.config;
      const said = vigie.fill(texts.as_of, { moment: vigie.moment(at) });
      return at < asOf ? `${said} · ${texts.states_then}` : said;
    }

    tell(answer) {
      const { total, states } = answer;
      this.told = { query: this.query, total };
      vigie.carte?.tellLegend();
      const place = document.getElementById(this.places.total);
      if (place) {
        const [scope, note] = this.config.scopes[vigie.kpiShown(this.config.kpis, this.view)];
        place.replaceChildren(
          vigie.element("strong", "", vigie.plural(this.config, "total", total)),
          vigie.element("span", "", ` ${scope}`),
          vigie.element("span", "vg-dim vg-total-note", note),
          vigie.element("span", "vg-dim vg-total-as-of", this.moment(answer)),
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

    /* The rows of before stay, and what was wanted is not there: the next state of the address asks anew, or a person. */
    fail(error) {
      if (vigie.wasAborted(error)) return;
      this.failed = true;
      this.query = null;
      const { list_failed: words, retry } = this.config.texts;
      const said = vigie.element("span", "vg-late", vigie.fill(words, { reason: error.message }));
      document.getElementById(this.places.total)?.replaceChildren(said, " ", vigie.pressable(retry, () => this.again()));
    }

    again() {
      return this.apply(this.view, this.version, this.config);
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
      const query = withKeys(this.question(view), { sort: view.sort, lang: view.lang });
      for (const [kind, id] of Object.entries(this.places.files)) {
        const link = document.getElementById(id);
        if (link) link.href = `/feeds/requests.${kind}?${query}`;
      }
    }

    open({ data, column }) {
      this.opener = { id: data.id, column: column.getColId() };
      vigie.nav.patch({ request: data.id });
    }

    /** A sheet opens, and what it was opened from is to have the focus again: a cell of the list, or what has it now.
        A link of the sheet itself leads on from where the first was opened. */
    opens(id) {
      const from = document.activeElement;
      if (this.opener?.id !== Number(id) && !from?.closest(".vg-sheet, .vg-drawer")) this.opener = { from };
    }

    /** The sheet is closed: back to its opener, or to the heading of the list where that is gone. */
    focusBack() {
      const { id, column, from } = this.opener ?? {};
      this.opener = null;
      let row = null;
      if (id && this.alive()) this.grid.forEachNode((node) => node.data?.id === id && (row = node.rowIndex));
      if (row !== null) {
        this.grid.ensureIndexVisible(row);
        return this.grid.setFocusedCell(row, column);
      }
      const heading = document.getElementById(this.places.total);
      heading?.setAttribute("tabindex", "-1");
      return [from, heading].some((place) => {
        if (place !== document.body) place?.focus({ preventScroll: true });
        return place && document.activeElement === place && place !== document.body;
      });
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
  vigie.listing = new Listing({ grid: "carte-grid", total: "carte-total", states: "carte-states", files: { csv: "carte-export" } }, "state");
})();
