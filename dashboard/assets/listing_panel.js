/* Panels over the list page: in the browser's top layer, closed by Escape or a press beside them. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const EDGE_PX = 12;

  /** A labelled thing to fill in. */
  vigie.labelled = (label, input) => {
    const line = vigie.element("label", "vg-field-line");
    line.append(vigie.element("span", "", label), input);
    return line;
  };

  vigie.input = (type, value = "") => {
    const input = vigie.element("input", "vg-input");
    return Object.assign(input, { type, value, autocomplete: "off" });
  };

  vigie.tick = (label, on, name) => {
    const line = vigie.element("label", "vg-tick");
    const box = vigie.element("input");
    Object.assign(box, { type: "checkbox", checked: on, name: name ?? "" });
    line.append(box, vigie.element("span", "", label));
    return line;
  };

  /** Show a panel by the thing that opened it; the same one again closes it. */
  vigie.openPanel = (name, opener, title, fill) => {
    const holder = document.getElementById("liste-panels");
    const before = holder.querySelector(`[data-panel="${name}"]`);
    const wasOpen = before?.matches(":popover-open") && before.opener === opener;
    before?.remove();
    if (wasOpen) return null;
    const panel = vigie.element("div", "vg-panel-over");
    Object.assign(panel, { opener, popover: "auto", role: "dialog" });
    panel.dataset.panel = name;
    panel.setAttribute("aria-label", title);
    holder.append(panel);
    fill(panel);
    panel.showPopover();
    put(panel, opener.getBoundingClientRect());
    panel.addEventListener("toggle", (event) => {
      if (event.newState !== "closed") return;
      if (opener.isConnected && (panel.contains(document.activeElement) || document.activeElement === document.body))
        opener.focus({ preventScroll: true });
      panel.remove();
    });
    panel.querySelector("input, select, button")?.focus({ preventScroll: true });
    return panel;
  };

  const put = (panel, at) => {
    const { offsetWidth: width, offsetHeight: height } = panel;
    const { clientWidth: roomX, clientHeight: roomY } = document.documentElement;
    const left = Math.min(Math.max(at.left, EDGE_PX), roomX - width - EDGE_PX);
    const top = Math.min(at.bottom + 6, roomY - height - EDGE_PX);
    Object.assign(panel.style, { left: `${Math.max(left, EDGE_PX)}px`, top: `${Math.max(top, EDGE_PX)}px` });
  };
})();
