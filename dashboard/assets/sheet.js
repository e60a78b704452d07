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

  const failed = new Set(); // places

  /* What failed is asked for again only when a person says so, or when the server is back. */
  async function fill(place, again = false) {
    const { src } = place.dataset;
    if (shown.get(place) === src && !again) return;
    shown.set(place, src);
    failed.delete(place);
    place.replaceChildren(bones());
    place.setAttribute("aria-busy", "true");
    try {
      const { html } = await vigie.fetchFeed(src);
      if (shown.get(place) !== src) return;
      place.innerHTML = html; // escaped where it was written, as all that is painted
    } catch (error) {
      if (shown.get(place) !== src) return;
      failed.add(place);
      const { failed: words, retry } = place.dataset;
      const said = vigie.element("p", "vg-dim", vigie.fill(words, { reason: error.message }));
      place.replaceChildren(said, vigie.pressable(retry, () => fill(place, true)));
    }
    place.removeAttribute("aria-busy");
  }

  const look = () => document.querySelectorAll(PLACE).forEach((place) => fill(place));
  const seen = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-src"] };
  new MutationObserver(look).observe(document.documentElement, seen);

  vigie.whenBack(() => {
    for (const place of failed) if (place.isConnected) fill(place, true);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-request]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    vigie.openRequest(link.dataset.request);
  });

  /** Open a request's sheet: on the screen that is there if it has sheets, else on the list. */
  vigie.openRequest = (id) => {
    if (SCREENS.includes(vigie.nav.view().screen)) vigie.nav.patch({ request: id });
    else vigie.nav.go(vigie.nav.address("/liste", { request: String(id) }));
  };
})();
