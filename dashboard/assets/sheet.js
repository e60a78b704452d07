/* The sheet of a request on any screen: what is beside it comes when it is there; links open other requests' sheets. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const PLACE = ".vg-sheet-more[data-src]";
  const SCREENS = ["liste", "carte"];
  const shown = new WeakMap(); // place → its source

  const bones = () => {
    const box = vigie.element("div", "vg-sheet-bones");
    for (let i = 0; i < 4; i += 1) box.append(vigie.element("span", "vg-bone-line"));
    return box;
  };

  async function fill(place) {
    const { src } = place.dataset;
    if (shown.get(place) === src) return;
    shown.set(place, src);
    place.replaceChildren(bones());
    place.setAttribute("aria-busy", "true");
    try {
      const { html } = await vigie.fetchFeed(src);
      if (shown.get(place) !== src) return;
      place.innerHTML = html; // escaped where it was written, as all that is painted
    } catch (error) {
      if (shown.get(place) !== src) return;
      place.replaceChildren(vigie.element("p", "vg-dim", vigie.fill(place.dataset.failed, { reason: error.message })));
      shown.delete(place);
    }
    place.removeAttribute("aria-busy");
  }

  const look = () => document.querySelectorAll(PLACE).forEach(fill);
  const seen = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-src"] };
  new MutationObserver(look).observe(document.documentElement, seen);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-request]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    vigie.openRequest(link.dataset.request);
  });

  /** Open a request's sheet: on the screen that is there if it has sheets, else on the list. */
  vigie.openRequest = (id) => {
    if (SCREENS.includes(vigie.nav.view().screen)) vigie.nav.patch({ request: id });
    else vigie.nav.go(`/liste?${vigie.nav.write({ ...vigie.nav.read(), request: String(id) })}`);
  };
})();
