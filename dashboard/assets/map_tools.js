/* The tools over the map: draw an area, take the view as the area, only what is late, files of what is seen. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const LATE = "late";

  const tool = (tag, icon, caption, label) => {
    const made = vigie.element(tag, "vg-map-tool");
    made.append(vigie.element("span", `vg-icon vg-i-${icon}`), vigie.element("span", "vg-tool-caption", caption));
    made.title = label;
    made.setAttribute("aria-label", label);
    return made;
  };

  const action = (name, icon, caption, label) => {
    const made = tool("button", icon, caption, label);
    made.type = "button";
    made.dataset.action = name;
    return made;
  };

  /** The address of a file of what is seen: the view's box, the measure, the resolution. The list has its own. */
  const fileUrl = (ending) => {
    const { carte } = vigie;
    const { kind, resolution } = carte.shown;
    const bounds = carte.map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((side) => side.toFixed(5));
    const of = carte.view.measure === "recurrence" ? "recurrence" : "requests";
    const asked = { kind, of, resolution, bbox: box.join(",") };
    if (carte.view.lang) asked.lang = carte.view.lang;
    return `/feeds/map.${ending}?${new URLSearchParams([...Object.entries(asked), ...new URLSearchParams(vigie.feedQuery(carte.view))])}`;
  };

  const exportMenu = ({ texts }) => {
    const box = vigie.element("details", "vg-dropdown-box vg-export-box");
    const summary = tool("summary", "download", texts.export_short, texts.export);
    const panel = vigie.element("div", "vg-pop vg-export-menu");
    const picture = vigie.element("button", "vg-export-line");
    picture.type = "button";
    picture.dataset.action = "save-picture";
    picture.append(vigie.element("strong", "", "PNG"), vigie.element("span", "vg-dim", texts.export_png));
    panel.append(vigie.element("h3", "", texts.export), picture);
    for (const [ending, name] of [["geojson", "GeoJSON"], ["parquet", "GeoParquet"], ["csv", "CSV"]]) {
      const link = vigie.element("a", "vg-export-line");
      Object.assign(link, { download: "", href: "#" });
      link.dataset.file = ending;
      link.append(vigie.element("strong", "", name), vigie.element("span", "vg-dim", texts[`export_${ending}`]));
      panel.append(link);
    }
    box.append(summary, panel);
    box.addEventListener("toggle", () => refreshFiles(box));
    return box;
  };

  /* The addresses are those of the view at the moment when the menu opens, or a link of it is met. */
  const refreshFiles = (box) => {
    if (!box.open || !vigie.carte?.shown) return;
    for (const link of box.querySelectorAll("[data-file]")) link.href = fileUrl(link.dataset.file);
  };

  const build = (place, config) => {
    const { texts } = config;
    place.replaceChildren(
      action("draw", "polygon", texts.draw_short, texts.draw),
      action("take-view", "frame", texts.view_short, texts.view),
      exportMenu(config),
    );
    place.dataset.lang = config.lang;
  };

  vigie.tools = {
    apply(view, config) {
      const place = document.getElementById("carte-tools");
      if (!place) return;
      if (place.dataset.lang !== config.lang) build(place, config);
      const late = document.getElementById("carte-late");
      late?.setAttribute("aria-pressed", String(view.state === LATE));
      refreshFiles(place.querySelector("details"));
    },
    toggleLate: () => vigie.nav.patch({ state: vigie.carte?.view.state === LATE ? null : LATE }),
    /** On a phone, the controls and the legend come when they are asked for. */
    toggleControls(button) {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      vigie.carte?.ground?.names.settle();
    },
  };
})();
