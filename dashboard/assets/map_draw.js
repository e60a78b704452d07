/* Drawing an area on the map that filters everything: corners by click or tap, or the view as it is. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FEWEST = 3;
  const MOST = 100; // as geo/polygon.py has it
  const DECIMALS = 5; // of a degree: about a metre
  const SAME_PX = 8; // a double click is one corner
  const CLOSE_PX = 18; // this near the first corner, the area is closed

  /** The corners of an area of the address: [[lon, lat], …]. */
  vigie.corners = (text) =>
    (text ? text.split(";") : []).map((corner) => corner.split(",").map(Number)).filter((corner) => corner.length === 2 && corner.every(Number.isFinite));
  vigie.areaText = (corners) => corners.map((corner) => corner.map((degrees) => degrees.toFixed(DECIMALS)).join(",")).join(";");

  const turn = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
  const between = ([ax, ay], [bx, by], [cx, cy]) =>
    Math.min(ax, bx) <= cx && cx <= Math.max(ax, bx) && Math.min(ay, by) <= cy && cy <= Math.max(ay, by);

  /** Do two sides meet anywhere? */
  const meet = (a, b, c, d) => {
    const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
    if (abc !== abd && cda !== cdb) return true;
    return (!abc && between(a, b, c)) || (!abd && between(a, b, d)) || (!cda && between(c, d, a)) || (!cdb && between(c, d, b));
  };

  /* Would a side from the last corner cross one that is there? The side before it may touch it at their corner. */
  const crosses = (corners, next) => {
    const last = corners.length - 1;
    for (let i = 0; i < last - 1; i += 1) if (meet(corners[i], corners[i + 1], corners[last], next)) return true;
    return last > 0 && turn(corners[last - 1], corners[last], next) === 0 && between(corners[last - 1], corners[last], next);
  };
  /* And the side that closes the area, which touches the first and the last at their corners? */
  const closingCrosses = (corners) => {
    const last = corners.length - 1;
    for (let i = 1; i < last - 1; i += 1) if (meet(corners[i], corners[i + 1], corners[last], corners[0])) return true;
    return corners.length === FEWEST && turn(...corners) === 0;
  };

  const button = (text, act, className = "vg-button") => {
    const made = vigie.element("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  class Drawing {
    constructor(L, map) {
      Object.assign(this, { L, map, on: false, corners: [], layers: [] });
      map.on("click", ({ latlng }) => this.on && this.add(latlng));
      map.on("dblclick", () => this.on && this.finish());
      map.on("mousemove", ({ latlng }) => this.on && this.reach(latlng));
      this.keys = (event) => this.on && this.key(event);
      document.addEventListener("keydown", this.keys);
      map.on("unload", () => document.removeEventListener("keydown", this.keys));
    }

    start(config) {
      this.config = config;
      this.corners = [];
      this.switch(true);
      this.tell(config.texts.draw_begin);
    }

    stop() {
      this.switch(false);
      this.corners = [];
      this.draw();
      document.getElementById("carte-draw")?.replaceChildren();
    }

    switch(on) {
      this.on = on;
      this.map.doubleClickZoom[on ? "disable" : "enable"]();
      this.map.getContainer().classList.toggle("is-drawing", on);
      document.querySelector("[data-action=draw]")?.setAttribute("aria-pressed", String(on));
    }

    key(event) {
      if (event.target.closest?.("input, textarea, select")) return;
      const acts = { Escape: () => this.stop(), Backspace: () => this.undo(), Enter: () => event.target.closest?.("button") || this.finish() };
      if (!acts[event.key]) return;
      acts[event.key]();
      if (event.key !== "Enter") event.preventDefault();
    }

    away(latlng, corner) {
      const [lon, lat] = corner;
      return this.map.latLngToContainerPoint(latlng).distanceTo(this.map.latLngToContainerPoint([lat, lon]));
    }

    add(latlng) {
      const { corners } = this;
      const { texts } = this.config;
      const next = [latlng.lng, latlng.lat].map((degrees) => Number(degrees.toFixed(DECIMALS)));
      if (corners.length && this.away(latlng, corners.at(-1)) < SAME_PX) return undefined;
      if (corners.length >= FEWEST && this.away(latlng, corners[0]) < CLOSE_PX) return this.finish();
      if (corners.length >= MOST) return this.tell(vigie.fill(texts.draw_most, { n: MOST }), true);
      if (crosses(corners, next)) return this.tell(texts.draw_crosses, true);
      corners.push(next);
      this.draw();
      return this.tell(corners.length < FEWEST ? texts.draw_more : texts.draw_enough);
    }

    undo() {
      this.corners.pop();
      this.draw();
      this.tell(this.corners.length ? this.config.texts.draw_more : this.config.texts.draw_begin);
    }

    finish() {
      const { corners, config } = this;
      if (corners.length < FEWEST) return this.tell(config.texts.draw_few, true);
      if (closingCrosses(corners)) return this.tell(config.texts.draw_closing, true);
      this.stop();
      return vigie.nav.patch({ area: vigie.areaText(corners) });
    }

    /** What is seen of the map becomes the area. */
    takeView() {
      const bounds = this.map.getBounds();
      const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      this.stop();
      vigie.nav.patch({ area: vigie.areaText([[west, south], [east, south], [east, north], [west, north]]) });
    }

    tell(text, refused = false) {
      const place = document.getElementById("carte-draw");
      if (!place) return;
      const { texts } = this.config;
      const said = vigie.element("p", refused ? "vg-draw-refused" : "", text);
      const undo = button(texts.draw_undo, () => this.undo());
      undo.title = texts.draw_undo_long;
      undo.setAttribute("aria-label", texts.draw_undo_long);
      const done = button(texts.draw_done, () => this.finish(), "vg-button vg-draw-done");
      undo.disabled = !this.corners.length;
      done.disabled = this.corners.length < FEWEST;
      place.replaceChildren(said, undo, done, button(texts.draw_cancel, () => this.stop()));
    }

    draw() {
      for (const layer of this.layers) layer.remove();
      const { L, map } = this;
      const points = this.corners.map(([lon, lat]) => [lat, lon]);
      const look = { pane: "vigie-front", interactive: false, fill: false };
      const dot = (point, i) => L.circleMarker(point, { ...look, radius: i ? 4 : 7, className: "vg-draw-corner" });
      this.ghost = L.polyline([], { ...look, className: "vg-draw-ghost" });
      this.layers = points.length ? [L.polyline(points, { ...look, className: "vg-drawn-area" }), this.ghost, ...points.map(dot)] : [];
      for (const layer of this.layers) layer.addTo(map);
    }

    /* The side that a click here would make, and the one that would close the area. */
    reach({ lat, lng }) {
      if (!this.corners.length) return;
      const ends = [this.corners.at(-1), ...(this.corners.length > 1 ? [this.corners[0]] : [])].map(([lon, at]) => [at, lon]);
      this.ghost.setLatLngs([ends[0], [lat, lng], ...ends.slice(1)]);
    }
  }

  vigie.makeDrawing = (L, map) => new Drawing(L, map);
})();
