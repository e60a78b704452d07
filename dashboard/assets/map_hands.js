/* What a person does with the map by hand: point at it, pick from it. Methods of the map of Carte (map.js). */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const codes = (text) => vigie.codes(text);

  vigie.hands = {
    hitAt(latlng) {
      const picture = this.shown?.picture;
      const x = vigie.worldX(latlng.lng);
      const y = vigie.worldY(latlng.lat);
      return picture ? picture.hit(x, y, 2 ** this.map.getZoom()) : null;
    },

    areaAt(latlng) {
      const { kind, answer } = this.shown;
      const place = this.ground?.at(latlng, kind);
      return place && { ...place, values: answer.values[place.code] };
    },

    hovered({ latlng, containerPoint, originalEvent }) {
      if (!this.shown || this.drawing.on || originalEvent.pointerType === "touch" || this.map.dragging?.moving?.()) return;
      const { kind } = this.shown;
      const found = kind === "boroughs" || kind === "sectors" ? this.areaAt(latlng) : this.hitAt(latlng);
      this.map.getContainer().classList.toggle("is-over", Boolean(found));
      if (found) this.tip.show(containerPoint, vigie.describe(this.config, kind, found));
      else this.tip.hide();
    },

    clicked({ latlng, containerPoint }) {
      if (!this.shown || this.drawing.on) return;
      this.tip.hide();
      const { kind } = this.shown;
      if (kind === "boroughs" || kind === "sectors") return this.pickArea(kind, this.areaAt(latlng));
      const found = this.hitAt(latlng);
      if (kind === "hexagons") return found && this.pickCell(found.id);
      if (!found) return this.tip.unpin();
      if (kind === "problems") return this.pickProblem(found);
      if (found.features.length === 1) return this.pickRequest(found.features[0]);
      const choose = (feature) => this.pickRequest(feature);
      return this.tip.pin(containerPoint, vigie.describeStack(this.config, found, choose));
    },

    pickArea(kind, place) {
      if (!place) return;
      const key = kind === "boroughs" ? "borough" : "sector";
      const chosen = kind === "boroughs" ? this.boroughs() : codes(this.view.sector);
      const only = chosen.length === 1 && chosen[0] === place.code;
      vigie.nav.patch({ ...vigie.placed(key, only ? null : place.code), h3: null, ...(only ? {} : vigie.listed(this.view)) });
    },

    pickCell(id) {
      vigie.nav.patch(codes(this.view.h3).includes(id) ? { h3: null } : { h3: id, ...vigie.listed(this.view) });
    },

    /** Look at one class of the ramp only, or again at all. */
    pickClass(step) {
      this.only = this.only === step ? null : step;
      this.paint();
    },

    pickProblem({ lon, lat, state, properties }) {
      this.spot.show({ lon, lat, state });
      vigie.nav.patch({ request: properties.request_id });
    },

    pickRequest(feature) {
      this.tip.unpin();
      const [lon, lat] = feature.geometry.coordinates;
      this.spot.show({ lon, lat, state: feature.properties.state });
      vigie.nav.patch({ request: feature.id });
    },

    /** Mark the request of the sheet; `row` is a line of the list with lon and lat, or null. */
    mark(row) {
      if (!row || row.lon === null || row.lon === undefined) return this.spot.hide();
      this.spot.show(row);
      // Clear of the controls and the legend above it, and of the sheet that may lie over the lower edge.
      const { x, y } = this.map.getSize();
      const corner = document.querySelector(".vg-map-corner")?.offsetHeight ?? 0;
      const padding = { paddingTopLeft: [40, Math.min(corner + 44, y * 0.55)], paddingBottomRight: [x * 0.15, y * 0.15] };
      return this.map.panInside([row.lat, row.lon], { ...padding, animate: !vigie.calm() });
    },

    /** The whole city, or all of the places that the filters keep. */
    goHome() {
      if (this.view.v) vigie.nav.patch({ v: null });
      else this.fit(true);
    },

    goTo(row) {
      this.map.setView([row.lat, row.lon], Math.max(this.map.getZoom(), 17), { animate: !vigie.calm() });
    },
  };
})();
