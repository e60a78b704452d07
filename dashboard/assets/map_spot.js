/* What is selected on the map: a ring around the request of the sheet, an outline around picked hexagons and around
   the drawn area. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const outlines = new Map(); // cell → its corners as GeoJSON has them, [[lon, lat], …]

  vigie.rememberOutlines = (features) => {
    for (const feature of features) outlines.set(feature.id, feature.geometry.coordinates[0]);
  };

  /** Outlines of cells; those that were never drawn here are asked for. */
  vigie.cellOutlines = async (cells) => {
    const missing = cells.filter((cell) => !outlines.has(cell));
    if (missing.length) {
      const answer = await vigie.fetchFeed(`/feeds/cells.geojson?h3=${missing.join(",")}`).catch(() => ({ features: [] }));
      vigie.rememberOutlines(answer.features);
    }
    return cells.map((cell) => outlines.get(cell)).filter(Boolean);
  };

  vigie.makeSpot = (L, map) => {
    let marker = null;
    let picked = null;
    let drawn = null;

    return {
      show({ lon, lat, state }) {
        const html = `<span class="vg-spot-ring"></span>${vigie.markSvg(state, 24)}`;
        const icon = L.divIcon({ className: "vg-spot", html, iconSize: [48, 48] });
        if (marker) marker.setLatLng([lat, lon]).setIcon(icon);
        else marker = L.marker([lat, lon], { icon, pane: "vigie-front", interactive: false, keyboard: false }).addTo(map);
      },
      hide() {
        marker?.remove();
        marker = null;
      },
      /** The outline of the drawn area: [[lon, lat], …], empty for none. */
      area(corners) {
        drawn?.remove();
        const points = corners.map(([lon, lat]) => [lat, lon]);
        const look = { pane: "vigie-front", interactive: false, className: "vg-drawn-area", fill: false };
        drawn = points.length ? L.polygon(points, look).addTo(map) : null;
      },
      outline(rings) {
        picked?.remove();
        const corners = rings.map((ring) => ring.map(([lon, lat]) => [lat, lon]));
        picked = rings.length
          ? L.polygon(corners, { pane: "vigie-front", interactive: false, className: "vg-picked-cell", fill: false }).addTo(map)
          : null;
      },
    };
  };
})();
