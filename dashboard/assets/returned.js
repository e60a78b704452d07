/* Récurrence: the list behind a number, in a drawer over the screen: pages come from the server, in any order. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const make = (...given) => window.React.createElement(...given);
  const ASKED = ["borough", "sector", "activity", "by", "h3", "area"];
  const BLOCK = 100;
  const GRID_MS = 20000; // a grid that is not there by then will not come

  const isPhone = () => window.innerWidth <= 640;
  const narrow = (columns) =>
    columns.map((column) => {
      const width = column.field === "external_id" ? 84 : 94;
      return column.flex ? { ...column, minWidth: 100 } : { ...column, width, minWidth: 80 };
    });
  const of = (id) => document.getElementById(id);
  const pick = (state, keys) => Object.fromEntries(keys.filter((key) => state[key]).map((key) => [key, state[key]]));

  /** The address of a request's sheet, and of a place's history, with the filters that are in force. */
  const sheetOf = ({ id }) => `/liste?${vigie.nav.write({ ...pick(vigie.nav.read(), [...ASKED, "lang", "theme"]), request: String(id) })}`;
  const placeOf = ({ problem_id: place }) => vigie.nav.address("/recurrence", { place: String(place), behind: null });

  class Behind {
    constructor() {
      this.asker = vigie.asker();
      this.order = "";
      vigie.whenBack(() => this.failed && this.again());
    }

    /** Follow the address: open the list of the number that it names, else close. Whether it needs a grid. */
    show(view, version, config) {
      const behind = view.behind ?? "";
      if (!behind) {
        this.close();
        return false;
      }
      const asked = new URLSearchParams({ ...pick(view, [...ASKED, "lang"]), behind }).toString();
      const same = !this.failed && asked === this.asked && version === this.version && config.lang === this.config?.lang;
      const isOpen = of("behind").classList.contains("is-open");
      if (behind !== this.behind) this.order = "";
      Object.assign(this, { behind, asked, version, config });
      if (!isOpen) this.open();
      if (this.alive()) {
        if (!same) this.renew();
        return false;
      }
      return true;
    }

    alive() {
      return Boolean(this.grid) && !this.grid.isDestroyed() && Boolean(of("behind-grid"));
    }

    open() {
      const drawer = of("behind");
      vigie.openDrawer(drawer);
      drawer.focus({ preventScroll: true });
      of("behind-title").textContent = this.config.said.wait;
      of("behind-note").textContent = "";
    }

    /* The number that opened the list has the focus again. */
    close() {
      const drawer = of("behind");
      if (!drawer?.classList.contains("is-open")) return;
      const had = drawer.contains(document.activeElement) || document.activeElement === document.body;
      drawer.classList.remove("is-open");
      this.asker.stop();
      const links = [...document.querySelectorAll("a[data-behind]")].filter((link) => link.dataset.behind === this.behind);
      const opener = links.includes(this.opener) ? this.opener : links[0];
      Object.assign(this, { behind: "", asked: "", opener: null, failed: false });
      if (had) opener?.focus({ preventScroll: true });
    }

    /* The grid that was laid out: its library may still be on its way. */
    async find() {
      if (this.finding) return;
      this.finding = true;
      try {
        const late = new Promise((_, reject) => setTimeout(() => reject(new Error(this.config.said.late)), GRID_MS));
        const grid = await Promise.race([window.dash_ag_grid.getApiAsync("behind-grid"), late]);
        if (grid === this.grid) return;
        Object.assign(this, { grid, kind: null });
        /* The whole cell is pressed, by finger or by Enter; its link is for a tab of its own. */
        grid.addEventListener("cellClicked", (event) => {
          if (event.data && !event.event?.target?.closest?.("a")) this.press(event);
        });
        grid.addEventListener("cellKeyDown", (event) => {
          if (event.event.key === "Enter" && event.data) this.press(event);
        });
        grid.addEventListener("sortChanged", () => this.sorted());
      } catch (error) {
        this.fail(error);
        return;
      } finally {
        this.finding = false;
      }
      if (this.behind) await this.renew();
    }

    press({ data, column }) {
      if (column.getColId() === "place") showPlace(data.problem_id);
      else vigie.nav.go(sheetOf(data));
    }

    sorted() {
      const column = this.grid.getColumnState().find((state) => state.sort);
      this.order = column ? (column.sort === "desc" ? "-" : "") + column.colId : "";
      this.showFiles();
    }

    url(kind, order) {
      return `/feeds/returned_list.${kind}?${this.asked}${order ? `&order=${order}` : ""}`;
    }

    showFiles() {
      for (const kind of ["csv", "xlsx"]) of(`behind-${kind}`).href = this.url(kind, this.order);
    }

    /* The first block is there before the rows of before are let go. */
    async renew() {
      const { asked } = this;
      try {
        this.failed = false;
        this.showFiles();
        const first = await this.asker.ask(`${this.url("json", this.order)}&offset=0&limit=${BLOCK}`);
        if (asked !== this.asked || !this.alive()) return;
        this.tell(first);
        this.filled = asked;
        of("behind-box").classList.remove("is-off");
        if (first.of !== this.kind) {
          const columns = this.config.columns[(this.kind = first.of)];
          this.grid.setGridOption("columnDefs", isPhone() ? narrow(columns) : columns);
        }
        const [colId, sort] = [this.order.replace(/^-/, ""), this.order.startsWith("-") ? "desc" : "asc"];
        this.grid.applyColumnState({ state: colId ? [{ colId, sort }] : [], defaultState: { sort: null } });
        this.grid.setGridOption("datasource", this.source(asked));
        this.grid.ensureIndexVisible(0);
      } catch (error) {
        this.fail(error);
      }
    }

    source(asked) {
      return {
        getRows: async ({ startRow, endRow, sortModel, successCallback, failCallback }) => {
          const order = sortModel?.length ? (sortModel[0].sort === "desc" ? "-" : "") + sortModel[0].colId : "";
          try {
            const answer = await vigie.fetchFeed(`${this.url("json", order)}&offset=${startRow}&limit=${endRow - startRow}`);
            if (asked !== this.asked) return failCallback();
            successCallback(answer.rows, answer.total);
            if (endRow < answer.total) vigie.fetchAhead(`${this.url("json", order)}&offset=${endRow}&limit=${endRow - startRow}`);
            if (answer.total === 0) this.grid.showNoRowsOverlay();
            else this.grid.hideOverlay();
          } catch (error) {
            failCallback();
            this.fail(error);
          }
        },
      };
    }

    tell({ title, scope, note }) {
      const head = vigie.element("h2", "", title);
      of("behind-title").replaceChildren(head, ...(scope ? [vigie.element("p", "", scope)] : []));
      of("behind-note").textContent = note;
    }

    /* Whatever went wrong, the drawer says so and waits no more: the address asks anew, or a person. */
    fail(error) {
      if (vigie.wasAborted(error) || !this.behind) return;
      this.failed = true;
      const { said } = this.config;
      const words = vigie.element("p", "vg-late", vigie.fill(said.failed, { reason: error.message }));
      of("behind-title").replaceChildren(words, vigie.pressable(said.retry, () => this.again()));
      of("behind-note").textContent = "";
      of("behind-box").classList.toggle("is-off", this.filled !== this.asked); // rows of another list say nothing here
    }

    /* With its grid the list asks for its rows; without, the grid is laid out anew (as Dash hears of its config). */
    again() {
      this.failed = false;
      of("behind-title").textContent = this.config.said.wait;
      of("behind").focus({ preventScroll: true }); // the button that was pressed is gone
      if (this.alive()) return this.renew();
      clientside.set_props("behind-config", { data: { ...this.config } });
    }
  }

  const behind = new Behind();
  const said = () => behind.config.said;
  const close = () => vigie.nav.patch({ behind: null });

  function showPlace(place) {
    vigie.nav.patch({ place, behind: null });
    const panel = of("recurrence-place")?.closest(".vg-card");
    panel?.scrollIntoView({ block: "nearest" });
  }

  const cell = (draw) => (props) => (props.data ? draw(props.data, props.colDef.field) : make("span", { className: "vg-cell-bone" }));
  const two = (first, second) =>
    make("span", { className: "vg-cell" }, first, make("span", { className: "vg-cell-more" }, second));

  cells.BehindRequest = cell((row) => {
    const label = vigie.fill(said().see_request, { id: row.external_id });
    const link = make("a", { href: sheetOf(row), "data-nav": "true", tabIndex: -1, "aria-label": label }, row.external_id);
    return two(link, row.what ?? row.status);
  });
  cells.BehindPlace = cell((row) => {
    const label = vigie.fill(said().see_place, { place: row.place });
    const link = make("a", { href: placeOf(row), "data-behind-place": row.problem_id, tabIndex: -1, "aria-label": label }, row.place);
    return two(link, row.borough);
  });
  cells.BehindDay = cell((row, field) => {
    if (!row[field]) return make("span", { className: "vg-cell-text" }, "–");
    const after = isPhone() && field === "back_at"; // its own column is beyond the edge
    const more = after ? vigie.fill(said().days, { n: vigie.number(row.back_after_days, 1) }) : vigie.clock(row[field]);
    return two(vigie.shortDay(row[field]), more);
  });
  cells.BehindNumber = cell((row, field) =>
    make("span", { className: "vg-people" }, vigie.number(row[field], field === "back_after_days" ? 1 : 0)),
  );

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    /* The drawer opens at once; the grid's library comes when the first list is asked for. */
    async showBehind(view, mart, config) {
      const { no_update } = clientside;
      if (view?.screen !== "recurrence" || !config || !of("behind")) return [no_update, no_update];
      try {
        if (!behind.show(view, mart?.version, config)) return [no_update, view.behind ?? ""];
        await vigie.later("liste");
      } catch (error) {
        behind.fail(error);
        return [no_update, no_update];
      }
      behind.find();
      return [config.grid, view.behind];
    },
  });

  const isPlain = (event) => event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

  /* The address of now, with the list: the place that was chosen since the number was painted stays chosen. */
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    if (on("[data-behind-close]")) return close();
    const [number, place] = [on("a[data-behind]"), on("a[data-behind-place]")];
    if (!(number || place) || !isPlain(event)) return;
    event.preventDefault();
    if (place) return showPlace(place.dataset.behindPlace);
    behind.opener = number;
    vigie.nav.patch({ behind: number.dataset.behind });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!of("behind")?.classList.contains("is-open")) return;
    if (event.target.closest?.("#behind") || event.target === document.body) close();
  });
})();
