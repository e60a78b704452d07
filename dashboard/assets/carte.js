/* Carte's clientside callbacks: from the address to the map, and from the controls to the address. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const DEFAULTS = { layer: "hexagons", measure: "count" };

  const picked = (key) => (value, view) => {
    if (view?.screen === "carte" && value) vigie.nav.patch({ [key]: value === DEFAULTS[key] ? null : value });
  };
  const shown = (key) => (view, value, config) => {
    const wanted = (view && config && vigie.knownView(view, config)[key]) || DEFAULTS[key];
    return wanted === value ? clientside.no_update : wanted;
  };

  /* The request whose sheet was asked for and is not there yet. */
  let awaited = null;
  vigie.whenBack(() => awaited && vigie.nav.view().screen === "carte" && clientside.set_props("carte-request", { data: awaited }));

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    /* Map and list take the state; the answer is the request whose sheet is wanted. */
    showCarte(view, mart, config, before) {
      if (view?.screen !== "carte" || !config) return clientside.no_update;
      vigie.wantedView = [vigie.knownView(view, config), mart?.version, config];
      vigie.carte?.apply(...vigie.wantedView);
      vigie.listing.apply(...vigie.wantedView);
      if (view.request && view.request !== String(before?.id)) vigie.listing.opens(view.request);
      const wanted = { id: view.request ? Number(view.request) : null, lang: config.lang, version: mart?.version };
      if (JSON.stringify(wanted) === JSON.stringify(before)) return clientside.no_update;
      return (awaited = wanted);
    },
    showPlace(found) {
      awaited = null;
      vigie.selectedRow = found?.row ?? null;
      vigie.paint("carte-sheet", found?.html ?? "");
      vigie.carte?.mark(vigie.selectedRow);
      vigie.listing?.select(vigie.selectedRow);
    },
    /* A new grid asks Dash for its first rows: from now on it asks the feed. */
    gridAsks(request) {
      if (request) vigie.listing.adopt(window.dash_ag_grid.getApi("carte-grid"));
    },
    layerPicked: picked("layer"),
    layerShown: shown("layer"),
    measurePicked: picked("measure"),
    measureShown: shown("measure"),
    /* A KPI of the address that there is not stays there, for the page says so. */
    kpiPicked(value, view, config) {
      if (view?.screen !== "carte" || !value || !config) return;
      if (value !== vigie.kpiShown(config.kpis, view)) vigie.nav.patch({ kpi: value === "backlog" ? null : value });
    },
    kpiShown(view, value, config) {
      return vigie.followKpi(config?.kpis, view, value);
    },
  });

  const actions = {
    "zoom-in": () => vigie.carte?.map.zoomIn(1),
    "zoom-out": () => vigie.carte?.map.zoomOut(1),
    "show-request": () => vigie.selectedRow && vigie.carte?.goTo(vigie.selectedRow),
    "close-request": () => vigie.closeRequest(),
    draw: () => vigie.carte && (vigie.carte.drawing.on ? vigie.carte.drawing.stop() : vigie.carte.drawing.start(vigie.carte.config)),
    "take-view": () => vigie.carte?.drawing.takeView(),
    "save-picture": () => vigie.carte?.shown && vigie.carte.ground && vigie.savePicture(vigie.carte),
    "late-only": () => vigie.tools.toggleLate(),
    "map-controls": (button) => vigie.tools.toggleControls(button),
  };

  vigie.closeRequest = () => {
    vigie.nav.patch({ request: null });
    if (vigie.nav.view().screen === "carte") vigie.listing.focusBack();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === "carte-home") vigie.carte?.goHome();
    else if (button.dataset.state !== undefined) vigie.listing?.toggleState(button.dataset.state);
    else if (button.dataset.class !== undefined) vigie.carte?.pickClass(Number(button.dataset.class));
    else actions[button.dataset.action]?.(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !vigie.carte?.drawing.on && event.target.closest?.(".vg-sheet")) vigie.closeRequest();
  });
})();
