/* The map of Carte: what it shows for a state of the address, and what a person does with it.
   dash-leaflet makes the Leaflet map; everything on it is drawn here from the feeds. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const MAP_ID = "carte-map";
  const NARROW_PX = 500;
  const SLOW_MS = 250; // before this, nobody needs to be told that something is on its way
  const codes = (text) => vigie.codes(text);

  class Carte {
    constructor(L, map) {
      Object.assign(this, { L, map, asker: vigie.asker(), view: null, crowded: new Set(), asking: null, target: null, only: null });
      vigie.makePanes(map);
      this.field = vigie.field(L).addTo(map);
      this.shown = null; // {kind, base, box, answer, picture}
      map.on("moveend", () => this.moved());
      map.on("click", (event) => this.clicked(event));
      map.on("mousemove", (event) => this.hovered(event));
      map.on("mouseout", () => this.tip.hide());
      map.on("unload", () => this.leave());
      this.tip = vigie.makeTip(map.getContainer().closest(".vg-map-panel"));
      this.spot = vigie.makeSpot(L, map);
      this.drawing = vigie.makeDrawing(L, map);
      this.held = {};
      this.watchTheme();
      this.resizer = new ResizeObserver(() => this.resized());
      this.resizer.observe(map.getContainer());
    }

    /* A view that nobody chose goes on showing all of its places, whatever the room. */
    resized() {
      if (!this.map.getContainer().clientWidth) return; // put away, for paper: it will be as large as before
      this.map.invalidateSize({ pan: true, animate: false });
      if (this.view && !this.view.v) this.fit(false);
    }

    leave() {
      this.map.vigieGone = true;
      // Leaflet ends a zoom by a timer, which would find the map's panes gone.
      this.map._animatingZoom = false;
      clearTimeout(this.settling);
      this.asker.stop();
      this.resizer.disconnect();
      this.themeWatch.disconnect();
      if (vigie.carte === this) vigie.carte = null;
    }

    watchTheme() {
      this.themeWatch = new MutationObserver(() => {
        vigie.forgetSprites();
        this.field.repaint();
        this.tellLegend();
      });
      this.themeWatch.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    }

    /** Show a state of the address. `version` of the mart: another one asks everything anew. */
    async apply(view, version, config) {
      const before = this.view;
      const anew = Boolean(before) && version !== this.version;
      if (anew) vigie.forgetAnswers();
      Object.assign(this, { view, version, config });
      if (!before) this.begin();
      this.place(before);
      this.ground?.focus(this.boroughs(), codes(view.sector));
      if (view.h3 !== before?.h3) await this.pick(codes(view.h3));
      if (this.view !== view || this.map.vigieGone) return;
      this.sayWhere();
      vigie.tools.apply(view, config);
      vigie.time.apply(view, config);
      this.refresh(anew);
      if (!before) this.mark(vigie.selectedRow);
    }

    begin() {
      this.map.attributionControl?.setPrefix(false);
      this.map.attributionControl?.addAttribution(document.querySelector("[data-attribution]").dataset.attribution);
      this.layGround();
    }

    async pick(cells) {
      this.pickedRings = await vigie.cellOutlines(cells);
      if (!this.map.vigieGone) this.spot.outline(this.pickedRings);
    }

    boroughs() {
      const said = codes(this.view.borough);
      return said.includes("pilots") ? this.config.pilots : said;
    }

    /* The address decides the view; without one, the places that the filters keep. */
    place(before) {
      const { view } = this;
      const wanted = view.v?.split(",").map(Number);
      const placesChanged = before && (before.borough !== view.borough || before.sector !== view.sector);
      if (wanted && !(placesChanged && before.v === view.v)) {
        if (view.v !== this.viewText()) this.map.setView([wanted[0], wanted[1]], wanted[2], { animate: Boolean(before) && !vigie.calm() });
      } else if (!before || placesChanged || before.v) this.fit(Boolean(before));
    }

    fit(animate) {
      const chosen = codes(this.view.sector).length ? codes(this.view.sector) : this.boroughs();
      const known = Object.values(this.config.bounds);
      const boxes = chosen.map((code) => vigie.own(this.config.bounds, code)).filter(Boolean);
      const bounds = this.L.latLngBounds([]);
      for (const [west, south, east, north] of boxes.length ? boxes : known) bounds.extend([[south, west], [north, east]]);
      const room = { paddingTopLeft: [16, this.covered() + 20], paddingBottomRight: [16, 26] };
      this.fitted = null;
      if (animate && !vigie.calm()) this.target = this.sightOf(bounds, room);
      this.map.fitBounds(bounds, { ...room, animate: animate && !vigie.calm() });
      if (!this.target) this.fitted = this.viewText();
    }

    /* How much of the map's upper edge lies under controls: where there is little width, under the tools. */
    covered() {
      const height = (selector) => document.querySelector(selector)?.offsetHeight ?? 0;
      return Math.max(height(".vg-map-controls"), this.map.getSize().x < NARROW_PX ? height(".vg-map-tools") - 20 : 0);
    }

    /* What will be seen when the map has arrived: its data is asked for while it flies. */
    sightOf(bounds, room) {
      const { map } = this;
      const padding = this.L.point(room.paddingTopLeft).add(room.paddingBottomRight);
      const zoom = map.getBoundsZoom(bounds, false, padding);
      const middle = map.project(bounds.getCenter(), zoom);
      const half = map.getSize().divideBy(2);
      const corner = (sign) => map.unproject(middle.add(half.multiplyBy(sign)), zoom);
      return { zoom, bounds: this.L.latLngBounds(corner(-1), corner(1)) };
    }

    sight() {
      return this.target ?? { zoom: this.map.getZoom(), bounds: this.map.getBounds() };
    }

    viewText() {
      const { lat, lng } = this.map.getCenter();
      return `${lat.toFixed(5)},${lng.toFixed(5)},${Number(this.map.getZoom().toFixed(2))}`;
    }

    moved() {
      if (!this.view || !this.map.getContainer().clientWidth) return;
      if (this.target) this.fitted = this.viewText();
      this.target = null;
      this.sayWhere();
      this.refresh(false);
      clearTimeout(this.settling);
      this.settling = setTimeout(() => {
        const text = this.viewText();
        const own = text === this.fitted && !this.view.v;
        if (!own && text !== this.view.v && !this.map.vigieGone) vigie.nav.patch({ v: text }, { replace: true });
      }, 220);
    }

    /* Ask for what the view needs, unless it is there; keep the old picture until the new one is. */
    async refresh(anew) {
      const sight = this.sight();
      const crowd = vigie.crowd(this.view, sight, this.version);
      const wanted = vigie.question(this.view, sight, this.crowded.has(crowd));
      const answers = (one) => !anew && one?.base === wanted.base && vigie.holds(one.box, sight);
      if (answers(this.shown)) return this.showAgain();
      if (answers(this.asking)) return;
      this.asking = wanted;
      const slow = setTimeout(() => this.busy(true), SLOW_MS);
      try {
        const answer = await this.asker.ask(wanted.url);
        if (this.map.vigieGone) return;
        this.asking = null;
        if (answer.truncated) {
          this.crowded.add(crowd);
          return void this.refresh(false);
        }
        this.failure = null;
        this.draw(answer, wanted);
        this.say();
      } catch (error) {
        if (vigie.wasAborted(error)) return;
        this.asking = null;
        this.failure = { failed: error.message, retry: () => this.refresh(true) };
        this.say();
      } finally {
        clearTimeout(slow);
        if (!this.asking) this.busy(false);
      }
    }

    /* The data is there; perhaps it is to be shown otherwise. */
    showAgain() {
      if (this.failure) {
        this.failure = null;
        this.say();
      }
      if (this.measure !== this.view.measure || this.picked !== this.view.h3) this.draw(this.shown.answer, this.shown);
      else this.tellLegend();
    }

    busy(yes) {
      document.querySelector(".vg-map-panel")?.classList.toggle("is-busy", yes);
    }

    draw(answer, { kind, base, box, resolution, area }) {
      // An area that the server does not take filters nothing: the answer says so.
      this.drawnArea = answer.ignored?.includes("area") ? [] : vigie.corners(area);
      this.spot.area(this.drawnArea);
      if (base !== this.shown?.base || this.measure !== this.view.measure) this.only = null;
      const scale = this.scaleOf(answer, kind, resolution);
      this.shown = { kind, base, box, resolution, area, answer, scale, held: scale !== answer.scale };
      this.measure = this.view.measure;
      this.picked = this.view.h3;
      this.paint();
      this.tip.hide();
    }

    /* While months are replayed, colours keep the meaning that they had in the first of them. */
    scaleOf(answer, kind, resolution) {
      if (!vigie.time.active) this.held = {};
      if (!vigie.time.active || !answer.scale) return answer.scale;
      return (this.held[`${kind} ${resolution} ${this.view.measure} ${this.view.kpi}`] ??= answer.scale);
    }

    paint() {
      const { kind, answer, scale } = this.shown;
      const picture = (this.shown.picture = this.pictureOf(kind, answer, scale));
      this.field.show(picture ? (context, frame) => picture.paint(context, frame) : null);
      this.shadeGround();
      this.tellLegend();
    }

    shadeGround() {
      if (!this.ground || !this.shown) return;
      const { kind } = this.shown;
      const area = kind === "boroughs" || kind === "sectors";
      this.ground.shade(area ? kind : "boroughs", area ? this.areaSteps() : null);
    }

    pictureOf(kind, answer, scale) {
      if (kind === "points") return vigie.pointPicture(answer);
      if (kind === "problems") return vigie.problemPicture(answer.features);
      if (kind !== "hexagons") return null;
      vigie.rememberOutlines(answer.features);
      const measure = vigie.measureOf(this.view.measure, scale);
      return vigie.hexagonPicture(answer.features, measure, this.pickedRings || [], this.only);
    }

    areaSteps() {
      const { answer, scale } = this.shown;
      const { valueOf, breaks } = vigie.measureOf(this.view.measure, scale);
      const ramp = vigie.spread(breaks.length + 1);
      const steps = {};
      for (const [code, values] of Object.entries(answer.values)) {
        const value = valueOf(values);
        const step = value === null ? null : vigie.classOf(value, breaks);
        if (step !== null && (this.only === null || this.only === step)) steps[code] = ramp[step];
      }
      return steps;
    }

    tellLegend() {
      document.querySelector(".vg-map-panel")?.setAttribute("data-kind", this.shown?.kind ?? "");
      if (this.shown) vigie.showLegend(this.config, this.view, this.shown, this.map, this.only);
      this.ground?.names.settle();
      vigie.mapTable.apply(this);
    }

    sayWhere() {
      const node = document.getElementById("carte-where");
      if (!node || !this.ground) return;
      const centre = this.map.getCenter();
      const borough = this.map.getZoom() >= 12.5 ? this.ground.at(centre, "boroughs") : null;
      const sector = borough && this.map.getZoom() >= 13.5 ? this.ground.at(centre, "sectors") : null;
      const names = [borough && this.config.names.boroughs[borough.code], sector && this.config.names.sectors[sector.code]];
      node.textContent = names.filter(Boolean).join(" · ");
    }
  }

  /* dash-leaflet gives no hold of its map: Leaflet itself tells when one is made. */
  vigie.hookMaps = () => {
    if (!window.L || window.L.vigieHooked) return;
    window.L.vigieHooked = true;
    window.L.Map.addInitHook(function () {
      if (this.getContainer().id === MAP_ID) this.whenReady(() => vigie.attach(window.L, this));
    });
  };
  vigie.attach = (L, map) => {
    Object.assign(Carte.prototype, vigie.hands, vigie.trouble); // map_hands.js, map_trouble.js
    vigie.carte = new Carte(L, map);
    if (vigie.wantedView) vigie.carte.apply(...vigie.wantedView);
  };
  vigie.hookMaps();
})();
