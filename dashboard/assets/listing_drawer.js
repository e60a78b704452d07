/* The drawer with the sheet of a request: over the page, so that nothing under it moves. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  const place = () => document.getElementById("liste-sheet");

  class Drawer {
    constructor() {
      this.id = null;
    }

    /** Follow the address: open the request that it names, else close. */
    async show(view, version, config) {
      const id = /^\d+$/.test(view.request ?? "") ? view.request : null;
      const asked = id && `${id} ${config.lang} ${version}`;
      if (asked === this.asked && Boolean(id) === Boolean(place()?.classList.contains("is-open"))) return;
      this.asker ??= vigie.asker();
      const other = id !== this.id;
      Object.assign(this, { asked, id, config });
      if (!id) return this.close();
      if (other) vigie.requestList.opens(id);
      try {
        const { html, row } = await this.asker.ask(`/feeds/sheet/${id}.json?lang=${config.lang}`);
        if (this.asked !== asked || !place()) return;
        this.open(html, row, other);
      } catch (error) {
        if (!vigie.wasAborted(error)) this.fail(error);
      }
    }

    open(html, row, other) {
      vigie.paint("liste-sheet", html);
      const drawer = place();
      vigie.openDrawer(drawer);
      if (other) {
        drawer.scrollTop = 0;
        drawer.focus({ preventScroll: true });
      }
      vigie.requestList.row = row;
      vigie.requestList.select(row);
    }

    close() {
      const drawer = place();
      const wasOpen = drawer?.classList.contains("is-open");
      const had = drawer?.contains(document.activeElement) || document.activeElement === document.body;
      drawer?.classList.remove("is-open");
      vigie.paint("liste-sheet", "");
      vigie.requestList.row = null;
      vigie.requestList.select(null);
      if (wasOpen && had) vigie.requestList.focusBack();
    }

    fail(error) {
      vigie.requestList.note(vigie.fill(this.config.words.sheet_failed, { reason: error.message }), "vg-late");
      this.asked = null;
    }
  }

  vigie.drawer = new Drawer();

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const drawer = place();
    if (!drawer?.classList.contains("is-open")) return;
    const inList = event.target.closest?.("#liste-sheet, #liste-grid") || event.target === document.body;
    if (inList) vigie.nav.patch({ request: null });
  });
})();
