/* Which columns the list page shows, in which order and how wide: each person's own, kept in the browser. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const KEY = "vigie-liste-columns";

  const PHONE_PX = 640;
  const PHONE = ["state", "street", "due_at"];
  const size = () => (window.innerWidth <= PHONE_PX ? "phone" : vigie.isNarrow() ? "narrow" : "wide");
  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {};
    }
  };
  const list = () => vigie.requestList;

  class ListColumns {
    adopt(grid) {
      this.grid = grid;
      this.show();
      for (const event of ["columnMoved", "columnResized", "columnVisible"])
        grid.addEventListener(event, ({ finished, source }) => {
          if (finished === false || source === "api" || source === "flex" || source === "gridInitializing") return;
          this.keep();
        });
    }

    /* What the person chose on a screen of this width, else the usual. */
    show() {
      const mine = kept()[size()];
      const state = Array.isArray(mine) && mine.length ? mine : this.usual();
      this.grid.applyColumnState({ state, applyOrder: true });
    }

    usual() {
      const shows = {
        phone: ({ field }) => PHONE.includes(field),
        narrow: ({ vital }) => vital,
        wide: ({ usual }) => usual,
      }[size()];
      return (list().config?.columns ?? []).map((column) => ({ colId: column.field, hide: !shows(column) }));
    }

    keep() {
      const state = this.grid.getColumnState().map(({ colId, hide, width, flex }) => ({ colId, hide, width, flex }));
      try {
        localStorage.setItem(KEY, JSON.stringify({ ...kept(), [size()]: state }));
      } catch {
        /* storage is off: the choice lasts as long as the page */
      }
    }

    reset() {
      try {
        localStorage.setItem(KEY, JSON.stringify({ ...kept(), [size()]: null }));
      } catch {
        /* storage is off */
      }
      this.grid.resetColumnState();
      this.show();
      list().showSort();
      this.redraw();
    }

    /* Cells say below what has no column of its own. */
    redraw() {
      this.grid.refreshCells({ force: true, columns: ["activity", "street", "opened_at"] });
    }

    open(opener) {
      const { words } = list().config;
      vigie.openPanel("columns", opener, opener.title, (panel) => {
        const lines = vigie.element("ul", "vg-columns");
        const foot = vigie.element("div", "vg-filter-foot");
        foot.append(
          vigie.pressable(words.columns_reset, () => {
            this.reset();
            this.fill(lines);
          }),
        );
        panel.append(vigie.element("p", "vg-dim vg-columns-hint", words.columns_hint), lines, foot);
        this.fill(lines);
      });
    }

    fill(lines) {
      const { words } = list().config;
      const state = this.grid.getColumnState();
      const drawn = state.map(({ colId, hide }, i) => {
        const { long } = list().column(colId);
        const line = vigie.element("li", "vg-columns-line");
        const tick = vigie.tick(long, !hide, colId);
        tick.firstChild.addEventListener("change", ({ target }) => {
          this.grid.setColumnsVisible([colId], target.checked);
          this.keep();
          this.redraw();
        });
        const move = (by, sign, words_) => {
          const button = vigie.pressable("", () => this.move(lines, i, by), "vg-button vg-quiet vg-square");
          button.append(vigie.element("span", `vg-icon vg-i-${sign}`));
          button.disabled = i + by < 0 || i + by >= state.length;
          button.title = vigie.fill(words_, { name: long });
          button.setAttribute("aria-label", button.title);
          button.dataset.move = `${colId} ${by}`;
          return button;
        };
        line.append(tick, move(-1, "up", words.moved_up), move(1, "down", words.moved_down));
        return line;
      });
      lines.replaceChildren(...drawn);
    }

    move(lines, from, by) {
      const moved = this.grid.getColumnState()[from].colId;
      this.grid.moveColumnByIndex(from, from + by);
      this.keep();
      this.fill(lines);
      const again = lines.querySelector(`[data-move="${moved} ${by}"]`);
      (again?.disabled ? lines.querySelector(`[data-move="${moved} ${-by}"]`) : again)?.focus({ preventScroll: true });
    }
  }

  vigie.listColumns = new ListColumns();
})();
