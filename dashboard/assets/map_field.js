/* One canvas over the map for what there is much of: hexagons, or requests as points.
   A new picture is drawn aside and faded in over the old one; the old one leaves when the new one is there. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FADE_MS = 180;
  const PADDING = 0.25; // of the view, drawn beyond each edge, so that a pan shows no blank before it ends

  /* Leaflet's own L.Renderer keeps the container in step with pans, pinches and animated zooms. */
  const members = (L) => ({
    options: { padding: PADDING, pane: "vigie-field" },

    initialize(options) {
      L.setOptions(this, options);
      L.stamp(this);
      this._layers = {}; // what L.Renderer expects of its children; there are none
      this._pictures = []; // [{canvas, paint}], the last one is the newest
    },

    _initContainer() {
      this._container = L.DomUtil.create("div", "vg-field");
    },

    _destroyContainer() {
      L.DomUtil.remove(this._container);
      this._pictures = [];
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._dropOld();
      const picture = this._pictures[0];
      if (picture) this._paint(picture);
    },

    /** Show `paint(context, frame)` in place of what is shown. Null clears. */
    show(paint, { fade = true } = {}) {
      this._dropOld();
      const old = this._pictures[0];
      if (!paint) {
        if (old) this._leave(old);
        this._pictures = [];
        return;
      }
      const picture = { canvas: L.DomUtil.create("canvas", "", this._container), paint };
      this._pictures.push(picture);
      this._paint(picture);
      if (!fade || vigie.calm()) return void this._dropOld();
      picture.canvas.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: "ease-out" });
      if (old) {
        const leaving = old.canvas.animate([{ opacity: 1 }, { opacity: 0 }], {
          duration: FADE_MS,
          delay: FADE_MS / 3,
          fill: "forwards",
        });
        leaving.onfinish = () => this._dropOld();
      }
    },

    /** Paint again what is shown, e.g. after the theme changed. */
    repaint() {
      const picture = this._pictures[this._pictures.length - 1];
      if (picture) this._paint(picture);
    },

    _leave(picture) {
      const leaving = picture.canvas.animate([{ opacity: 1 }, { opacity: 0 }], FADE_MS);
      leaving.onfinish = () => picture.canvas.remove();
    },

    _dropOld() {
      while (this._pictures.length > 1) this._pictures.shift().canvas.remove();
    },

    _paint(picture) {
      const size = this._bounds.getSize();
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const { canvas } = picture;
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      picture.paint(context, this._frame(size, ratio));
    },

    /** How to get from world units (zoom 0 pixels) to this canvas: x · scale − left, y · scale − top. */
    _frame(size, ratio) {
      const zoom = this._map.getZoom();
      const origin = this._map.getPixelOrigin().add(this._bounds.min);
      return { scale: 2 ** zoom, left: origin.x, top: origin.y, width: size.x, height: size.y, zoom, ratio };
    },
  });

  vigie.field = (L) => {
    vigie.fieldClass = vigie.fieldClass || L.Renderer.extend(members(L));
    return new vigie.fieldClass();
  };

  /* Web Mercator at zoom 0, as Leaflet's default CRS has it: 256 units around the globe. */
  vigie.worldX = (lon) => ((lon + 180) / 360) * 256;
  vigie.worldY = (lat) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
  };
})();
