/* One canvas over the map for what there is much of: hexagons, or requests as points.
   A new picture is painted aside, in slices where it is long, and takes the place of the old one when it is ready. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const FADE_MS = 180;
  const SLICE_MS = 16; // of painting, then fingers and clicks have their turn
  const PADDING = 0.25; // of the view, drawn beyond each edge, so that a pan shows no blank before it ends

  /** Do the steps of a generator in slices, then call `finish`; gives a function that stops it. */
  const inSlices = (steps, finish) => {
    let timer = null;
    const go = () => {
      const until = performance.now() + SLICE_MS;
      do if (steps.next().done) return void finish();
      while (performance.now() < until);
      timer = setTimeout(go);
    };
    go();
    return () => clearTimeout(timer);
  };

  /* Leaflet's own L.Renderer keeps the container in step with pans, pinches and animated zooms. */
  const members = (L) => ({
    options: { padding: PADDING, pane: "vigie-field" },

    initialize(options) {
      L.setOptions(this, options);
      L.stamp(this);
      this._layers = {}; // what L.Renderer expects of its children; there are none
      this._pictures = []; // on display, [{canvas, paint, frame}], the last one is the newest
      this._wanted = null; // {paint, fade}: on its way to the display
    },

    _initContainer() {
      this._container = L.DomUtil.create("div", "vg-field");
    },

    _destroyContainer() {
      this._stop();
      L.DomUtil.remove(this._container);
      this._pictures = [];
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._dropOld();
      for (const picture of this._pictures) this._put(picture);
      const again = this._wanted ?? this._pictures[0];
      if (again) this._work(again.paint, Boolean(this._wanted?.fade));
    },

    /** Show `paint(context, frame)` in place of what is shown; it may be a generator, whose steps are spread. */
    show(paint, { fade = true } = {}) {
      this._stop();
      this._dropOld();
      if (paint) return this._work(paint, fade && !vigie.calm());
      for (const picture of this._pictures) this._leave(picture);
      this._pictures = [];
    },

    /** Paint again what is shown, e.g. after the theme changed. */
    repaint() {
      const { paint } = this._wanted ?? this._pictures.at(-1) ?? {};
      if (paint) this._work(paint, Boolean(this._wanted?.fade));
    },

    /** Whether a picture is being painted. */
    isBusy() {
      return Boolean(this._wanted);
    },

    _work(paint, fade) {
      this._stop();
      const canvas = document.createElement("canvas");
      const frame = this._frame(canvas);
      const steps = paint(canvas.getContext("2d"), frame);
      const picture = { canvas, paint, frame };
      if (!steps?.next) return this._display(picture, fade);
      this._wanted = { paint, fade };
      this._halt = inSlices(steps, () => this._display(picture, fade));
    },

    _stop() {
      this._halt?.();
      this._halt = this._wanted = null;
    },

    _display(picture, fade) {
      this._halt = this._wanted = null;
      const old = this._pictures;
      this._dropOld();
      this._put(picture);
      this._container.append(picture.canvas);
      this._pictures = [...old, picture];
      if (!fade) return this._dropOld();
      picture.canvas.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: "ease-out" });
      if (old.length) this._fadeOut(old[0]);
    },

    _fadeOut({ canvas }) {
      const options = { duration: FADE_MS, delay: FADE_MS / 3, fill: "forwards" };
      canvas.animate([{ opacity: 1 }, { opacity: 0 }], options).onfinish = () => this._dropOld();
    },

    _leave({ canvas }) {
      canvas.animate([{ opacity: 1 }, { opacity: 0 }], FADE_MS).onfinish = () => canvas.remove();
    },

    _dropOld() {
      while (this._pictures.length > 1) this._pictures.shift().canvas.remove();
    },

    /* A picture that was painted for another view lies where it belongs until it is painted again. */
    _put({ canvas, frame }) {
      const factor = this._map.getZoomScale(this._map.getZoom(), frame.zoom);
      const corner = L.point(frame.left, frame.top).multiplyBy(factor);
      const offset = corner.subtract(this._map.getPixelOrigin()).subtract(this._bounds.min);
      L.DomUtil.setTransform(canvas, offset, factor);
    },

    /** How to get from world units (zoom 0 pixels) to a canvas, which is made as large: x · scale − left, … */
    _frame(canvas) {
      const size = this._bounds.getSize();
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      canvas.getContext("2d").scale(ratio, ratio);
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
