/* Qualité: buttons of painted parts that ask for more, and what they asked for brought into view. */
"use strict";

(function () {
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const STACKED = window.matchMedia("(max-width: 1180px)");
  let awaited = null; // id of the part that a button asked for

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-ask]");
    if (button) {
      const { store, ask } = button.dataset;
      const asked = JSON.parse(ask);
      awaited = asked.load && !document.getElementById("qualite-rejected") ? "qualite-rejected" : null;
      const box = button.closest(".vg-check-part")?.querySelector(".vg-scroll");
      if (box) box.scrollTop = 0; // another page begins at its first row
      clientside.set_props(store, { data: { ...asked, at: Date.now() } }); // asking the same again is asking
      return;
    }
    if (STACKED.matches && event.target.closest?.("a[data-check]")) {
      document.getElementById("qualite-check")?.scrollIntoView({ block: "start" });
    }
  });

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    followCheck(view, shown) {
      const check = view?.check ?? "";
      const same = view?.screen !== "qualite" || check === (shown ?? "");
      return same ? clientside.no_update : check;
    },
  });

  new MutationObserver(() => {
    const part = awaited && document.getElementById(awaited);
    if (!part) return;
    awaited = null;
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
