/* Récurrence: list and map show the same place as chosen, the one of the address or else the first. */
"use strict";

(function () {
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const CHOICES = '.vg-recurrence [data-set="place"]';

  function mark(place) {
    const first = document.querySelector(CHOICES)?.dataset.value;
    const wanted = place ?? first;
    for (const choice of document.querySelectorAll(CHOICES)) {
      const is = choice.dataset.value === wanted;
      choice.setAttribute("aria-pressed", String(is));
      choice.closest("tr")?.classList.toggle("is-chosen", is);
      if (is && choice.matches(".vg-pm-mark") && choice.nextSibling) choice.parentNode.append(choice); // above the others
    }
  }

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    followPlace(view, _painted, chosen, only) {
      const { no_update } = clientside;
      if (!view || view.screen !== "recurrence") return [no_update, no_update];
      const place = view.place ?? null;
      const check = view.check ?? "";
      mark(place);
      const same = String(chosen?.place ?? "") === String(place ?? "");
      return [same ? no_update : { place }, check === (only ?? "") ? no_update : check];
    },
  });

  /* A place chosen on the map comes into view in the list, within the list's own box. */
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".vg-pm-mark");
    const box = document.querySelector(".vg-places-box");
    const line = mark && box?.querySelector(`tr[data-place="${CSS.escape(mark.dataset.value)}"]`);
    if (!line) return;
    const details = line.closest("details");
    if (details) details.open = true;
    const { top, bottom } = line.getBoundingClientRect();
    const seen = box.getBoundingClientRect();
    if (top < seen.top || bottom > seen.bottom) box.scrollTop += top - seen.top - seen.height / 3;
  });

  /* Coming nearer to the drawing: what is seen of it changes, circles and names keep their size. */
  const MOST = 16;
  const DRAG_PX = 4;

  const seenOf = (drawing) => drawing.getAttribute("viewBox").split(" ").map(Number);

  function see(drawing, [x, y, width, height], before) {
    const whole = Number(drawing.dataset.width);
    drawing.setAttribute("viewBox", [x, y, width, height].map((side) => side.toFixed(2)).join(" "));
    drawing.classList.toggle("is-near", width < whole);
    if (width === before) return;
    for (const circle of drawing.querySelectorAll(".vg-pm-marks circle")) {
      circle.setAttribute("r", (Number(circle.getAttribute("r")) * width) / before);
    }
    for (const name of drawing.querySelectorAll("[data-at]")) {
      name.setAttribute("transform", `translate(${name.dataset.at}) scale(${(Number(drawing.dataset.names) * width) / whole})`);
    }
  }

  function nearer(drawing, step) {
    const [x, y, width, height] = seenOf(drawing);
    const whole = Number(drawing.dataset.width);
    const now = Math.min(Math.max(width / step, whole / MOST), whole);
    const tall = (height * now) / width;
    const chosen = step > 1 && drawing.querySelector('[aria-pressed="true"] .vg-pm-dot');
    const at = (name, middle) => (chosen ? Number(chosen.getAttribute(name)) : middle);
    const keep = (low, size, most) => Math.min(Math.max(low, 0), most - size);
    const left = keep(at("cx", x + width / 2) - now / 2, now, whole);
    const top = keep(at("cy", y + height / 2) - tall / 2, tall, (whole * height) / width);
    const start = Number((drawing.dataset.start ??= width));
    drawing.classList.toggle("is-nearer", now < start); // a finger that moves the page meets no trap, unless a person asked
    see(drawing, [left, top, now, tall], width);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-nearer]");
    const drawing = button?.closest(".vg-pm")?.querySelector("svg");
    if (drawing) nearer(drawing, Number(button.dataset.nearer));
  });

  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const drawing = event.target.closest?.(".vg-pm-drawing.is-near");
    if (drawing) drag = { drawing, from: [event.clientX, event.clientY], seen: seenOf(drawing), moved: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const { drawing, from, seen } = drag;
    const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
    drag.moved ||= Math.hypot(dx, dy) > DRAG_PX;
    if (!drag.moved) return;
    const perPx = 1 / drawing.getScreenCTM().a;
    see(drawing, [seen[0] - dx * perPx, seen[1] - dy * perPx, seen[2], seen[3]], seen[2]);
  });
  /* The press that ends a drag chooses nothing. A finger's drag ends without one: the next press is of its own. */
  document.addEventListener("pointerup", () => {
    if (drag?.moved) {
      const stop = (event) => event.stopPropagation();
      document.addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => document.removeEventListener("click", stop, { capture: true }));
    }
    drag = null;
  });
  document.addEventListener("pointercancel", () => (drag = null));
})();
