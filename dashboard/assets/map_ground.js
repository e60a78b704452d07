/* The ground of the map, which has to read well without tiles: boroughs, sectors, their lines and names.
   Shapes are SVG with classes, so that the theme's variables colour them and a change of theme costs nothing. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const SECTOR_LINES_FROM_ZOOM = 12;
  const SECTOR_NAMES_FROM_ZOOM = 12.75;
  const NAMES_TO_ZOOM = 15; // beyond, streets have names, and the corner of the map says where one is

  /* Panes from the back: name → [z-index, takes clicks]. */
  const PANES = {
    "vigie-ground": [210, true],
    "vigie-field": [390, false],
    "vigie-lines": [410, false],
    "vigie-labels": [450, false],
    "vigie-front": [470, false],
  };

  vigie.makePanes = (map) => {
    for (const [name, [zIndex, clicks]] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = zIndex;
      if (!clicks) pane.style.pointerEvents = "none";
    }
  };

  const shapes = (L, map, features, pane, className, interactive) =>
    L.geoJSON(features, {
      pane,
      renderer: (map.vigieSvg[pane] = map.vigieSvg[pane] || L.svg({ pane, padding: 0.6 })),
      interactive,
      bubblingMouseEvents: true,
      style: { className, weight: 1 },
      smoothFactor: 0.6,
    });

  const eachPath = (group, act) =>
    group.eachLayer((layer) => {
      const path = layer.getElement?.();
      if (path) act(path, layer.feature, layer);
    });

  /* Names stand where they do not meet: a name asks for its place in the order of its rank. */
  class Names {
    constructor(L, map) {
      Object.assign(this, { L, map, entries: [] });
    }

    add(feature, text, className, rank, fromZoom) {
      const [lon, lat] = feature.properties.anchor;
      const node = vigie.element("div", `vg-map-name ${className}`, text);
      const icon = this.L.divIcon({ html: node, className: "vg-map-name-at", iconSize: [0, 0] });
      const marker = this.L.marker([lat, lon], { icon, pane: "vigie-labels", interactive: false, keyboard: false });
      this.entries.push({ marker, node, rank, fromZoom, code: feature.properties.code, size: null });
      marker.addTo(this.map);
    }

    /** All names are there: from now on they are asked in the order of their rank. */
    ready() {
      this.entries.sort((a, b) => a.rank - b.rank);
      this.settle();
    }

    settle() {
      const zoom = this.map.getZoom();
      if (zoom >= NAMES_TO_ZOOM) return this.hide();
      const view = this.map.getSize();
      const taken = overlays(this.map);
      for (const entry of this.entries) {
        entry.size = entry.size || [entry.node.offsetWidth, entry.node.offsetHeight];
        const [width, height] = entry.size;
        const { x, y } = this.map.latLngToContainerPoint(entry.marker.getLatLng());
        const seen = x > 0 && y > 0 && x < view.x && y < view.y;
        const shift = seen && zoom >= entry.fromZoom ? freeShift(x, y, width, height, taken, view) : null;
        entry.node.classList.toggle("is-shown", shift !== null);
        if (shift) entry.node.style.transform = `translate(calc(-50% + ${shift[0]}px), calc(-50% + ${shift[1]}px))`;
      }
      this.hidden = false;
    }

    hide() {
      if (this.hidden) return;
      for (const { node } of this.entries) node.classList.remove("is-shown");
      this.hidden = true;
    }
  }

  /* What lies over the map: names keep out from under it. */
  const overlays = (map) => {
    const frame = map.getContainer().getBoundingClientRect();
    const over = document.querySelectorAll(".vg-map-more, .vg-map-controls > *, .vg-map-tools, .vg-map-zoom, .vg-map-legend > *, .vg-map-where:not(:empty), .vg-map .leaflet-control");
    return [...over].map((node) => {
      const box = node.getBoundingClientRect();
      return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top];
    });
  };

  /* Where a name stands best is its own place; a little beside it will do. */
  const SHIFTS = [[0, 0], [0, -0.6], [0, 0.6], [-0.3, 0], [0.3, 0], [0, -1], [0, 1], [-0.35, 0.7], [0.35, 0.7], [-0.35, -0.7], [0.35, -0.7]];
  const freeShift = (x, y, width, height, taken, view) => {
    const inside = (at) => Math.max(width / 2 + 3, Math.min(at, view.x - width / 2 - 3));
    for (const [across, down] of SHIFTS) {
      const shift = [inside(x + across * width) - x, down * height];
      const [cx, cy] = [x + shift[0], y + shift[1]];
      const box = [cx - width / 2 - 2, cy - height / 2, cx + width / 2 + 2, cy + height / 2];
      if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
      taken.push(box);
      return shift;
    }
    return null;
  };

  /* Larger areas ask for their name's place first: minus the number of square degrees. */
  const size = ({ properties }) => {
    const [west, south, east, north] = bounds[properties.code];
    return -(east - west) * (north - south);
  };
  let bounds = {};

  class Ground {
    constructor(L, map, config, boroughs, sectors) {
      Object.assign(this, { L, map, config, areas: { boroughs, sectors } });
      map.vigieSvg = {};
      bounds = config.bounds;
      this.land = shapes(L, map, boroughs, "vigie-ground", "vg-land", true).addTo(map);
      this.districts = shapes(L, map, sectors, "vigie-ground", "vg-land", true);
      this.sectorLines = shapes(L, map, sectors, "vigie-lines", "vg-sector-line", false);
      this.lines = shapes(L, map, boroughs, "vigie-lines", "vg-borough-line", false).addTo(map);
      this.names = new Names(L, map);
      const pilots = new Set(config.pilots);
      for (const feature of boroughs.features) {
        const { code } = feature.properties;
        const isPilot = pilots.has(code);
        this.names.add(feature, config.names.boroughs[code], isPilot ? "is-pilot" : "", (isPilot ? 0 : 1e6) + size(feature), 0);
      }
      map.on("zoomend", () => this.sectorLinesByZoom());
      this.sectorLinesByZoom();
      this.names.ready();
    }

    /* Names of sectors are made when they are first near enough to be read. */
    nameSectors() {
      if (this.sectorsNamed || this.map.getZoom() < SECTOR_NAMES_FROM_ZOOM) return;
      this.sectorsNamed = true;
      for (const feature of this.areas.sectors.features)
        this.names.add(feature, this.config.names.sectors[feature.properties.code], "is-sector", 2e6 + size(feature), SECTOR_NAMES_FROM_ZOOM);
      this.names.ready();
    }

    sectorLinesByZoom() {
      this.nameSectors();
      const shown = this.shaded === "sectors" || this.map.getZoom() >= SECTOR_LINES_FROM_ZOOM;
      if (shown !== this.map.hasLayer(this.sectorLines)) {
        if (shown) this.sectorLines.addTo(this.map);
        else this.sectorLines.remove();
      }
      this.showFocus();
    }

    /** Shade boroughs or sectors: `steps` is the step of the ramp by code, 0 for none; null: plain ground. */
    shade(kind, steps) {
      this.shaded = steps ? kind : null;
      const other = kind === "sectors" && steps;
      if (other) this.districts.addTo(this.map);
      else this.districts.remove();
      const group = other ? this.districts : this.land;
      eachPath(group, (path, feature) => {
        const step = steps ? steps[feature.properties.code] ?? 0 : null;
        const look = step === null ? "vg-land" : `vg-land vg-shaded vg-step-${step} leaflet-interactive`;
        path.setAttribute("class", look);
      });
      if (!other && !steps) eachPath(this.land, (path) => path.setAttribute("class", "vg-land"));
      this.sectorLinesByZoom();
    }

    /** Which places the filters keep; the others step back. */
    focus(boroughCodes, sectorCodes) {
      this.inFocus = { boroughs: new Set(boroughCodes), sectors: new Set(sectorCodes) };
      this.showFocus();
    }

    showFocus() {
      if (!this.inFocus) return;
      const { boroughs, sectors } = this.inFocus;
      const some = boroughs.size > 0 || sectors.size > 0;
      const kept = (properties) =>
        sectors.size > 0 ? sectors.has(properties.code) : boroughs.has(properties.borough ?? properties.code);
      for (const group of [this.land, this.districts, this.lines, this.sectorLines])
        eachPath(group, (path, feature) => {
          const isBorough = group === this.land || group === this.lines;
          const inside = isBorough && sectors.size > 0 ? boroughs.has(feature.properties.code) : kept(feature.properties);
          const outlined = group !== this.sectorLines || sectors.size > 0; // of a whole borough, its own outline will do
          path.classList.toggle("is-focus", some && inside && outlined);
          path.classList.toggle("is-aside", some && !inside);
        });
    }

    /** The borough or sector at a place: its code, or null. */
    at(latlng, kind) {
      const x = vigie.worldX(latlng.lng);
      const y = vigie.worldY(latlng.lat);
      const found = this.areas[kind].features.find((feature) => inside(feature.geometry, x, y));
      return found ? found.properties : null;
    }
  }

  const inside = (geometry, x, y) => {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return polygons.some((rings) => rings.reduce((odd, ring) => odd !== vigie.inRing(x, y, ring.world ?? worldRing(ring)), false));
  };
  const worldRing = (ring) => {
    ring.world = new Float64Array(ring.length * 2);
    ring.forEach(([lon, lat], i) => ring.world.set([vigie.worldX(lon), vigie.worldY(lat)], 2 * i));
    return ring.world;
  };

  vigie.makeGround = async (L, map, config) => {
    const [boroughs, sectors] = await Promise.all([
      vigie.fetchFeed(config.feeds.boroughs),
      vigie.fetchFeed(config.feeds.sectors),
    ]);
    return map.vigieGone ? null : new Ground(L, map, config, boroughs, sectors);
  };
})();
