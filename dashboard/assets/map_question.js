/* What to ask the feeds for a state of the address and what is seen of the map. Nothing here knows Leaflet's map. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const POINTS_FROM_ZOOM = 15;
  const PROBLEMS_FROM_ZOOM = 13.5; // they are fewer
  const POINT_LIMIT = 100000; // requests at one place are one mark; beyond, finer hexagons tell more
  const PROBLEM_LIMIT = 5000;
  const WHOLE_CITY_TO = 9; // resolution up to which the whole city's hexagons come at once
  const MARGIN = 0.35; // of the view, asked for beyond each edge, so that small pans ask nothing
  const DATA_KEYS = ["period", "from", "to", "borough", "sector", "activity", "by", "kpi", "state", "h3", "area", "cf"];

  /* Areas show what could be picked instead, so that what was picked is no filter there. */
  const LEFT_OUT = { points: [], problems: [], hexagons: ["h3"], sectors: ["h3", "sector"], boroughs: ["h3", "borough", "sector"] };

  /** A state of the address without what the map does not know: the page says that it left it out. */
  vigie.knownView = (view, { looks, names }) => {
    const known = { ...view };
    const boroughs = vigie.codes(view.borough).filter((code) => vigie.own(names.boroughs, code));
    if (view.borough && view.borough !== "pilots") known.borough = boroughs.join(",");
    for (const key of ["layer", "measure"]) if (!looks[key].includes(view[key])) delete known[key];
    const at = (view.v ?? "").split(",").map((part) => (part.trim() ? Number(part) : NaN));
    const inside = looks.v.every(([least, most], i) => at[i] >= least && at[i] <= most);
    if (at.length !== looks.v.length || !inside) delete known.v;
    return known;
  };

  vigie.codes = (text) => (text ? text.split(",") : []);

  /** With a place that is picked comes the list of what its number counts: of problems that came back, these. */
  vigie.listed = ({ measure }) => (measure === "recurrence" ? { kpi: "recurring_pct" } : {});

  /** The filters of a state as a query string for the feeds, without the keys in `without`. */
  vigie.feedQuery = (view, without = []) => {
    const kept = DATA_KEYS.filter((key) => view[key] && !without.includes(key)).map((key) => [key, view[key]]);
    return new URLSearchParams(kept).toString();
  };

  /* Cells about 10 to 25 pixels wide at every zoom: hexagons, not confetti and not tiles. */
  const resolutionAt = (zoom) => (zoom < 9.75 ? 7 : zoom < 11.5 ? 8 : zoom < 13.25 ? 9 : zoom < 15 ? 10 : 11);

  /* Somewhat more than is seen, on a grid, so that neighbouring views ask the same. */
  const box = ({ bounds, zoom }) => {
    const wide = bounds.pad(MARGIN);
    const step = 2 ** -Math.max(2, Math.round(zoom) - 9) * 0.25;
    const down = (value) => (Math.floor(value / step) * step).toFixed(5);
    const up = (value) => (Math.ceil(value / step) * step).toFixed(5);
    return [down(wide.getWest()), down(wide.getSouth()), up(wide.getEast()), up(wide.getNorth())].map(Number);
  };

  /** Names a question at a zoom, of which it may be known that it has too many points. */
  vigie.crowd = (view, { zoom }, version) => `${vigie.feedQuery(view)} ${Math.floor(zoom * 2)} ${version}`;

  /** Does what was asked for a box hold all that is seen? A null box is the whole city. */
  vigie.holds = (asked, { bounds }) =>
    !asked ||
    (asked[0] <= bounds.getWest() && asked[1] <= bounds.getSouth() && asked[2] >= bounds.getEast() && asked[3] >= bounds.getNorth());

  /** What is drawn at a zoom: a layer, or from near enough its marks; `crowded`: these would be too many. */
  const kindAt = (view, zoom, crowded) => {
    const ofProblems = view.layer === "problems" || view.measure === "recurrence";
    if (!crowded && ofProblems && zoom >= (view.layer === "problems" ? PROBLEMS_FROM_ZOOM : POINTS_FROM_ZOOM)) return "problems";
    if (zoom >= POINTS_FROM_ZOOM) return crowded ? "hexagons" : "points";
    return view.layer === "problems" || !view.layer ? "hexagons" : view.layer;
  };

  /** {kind, base, box, url, resolution, area} for a state and what is seen ({bounds, zoom}). */
  vigie.question = (view, sight, crowded) => {
    const kind = kindAt(view, sight.zoom, crowded);
    const resolution = resolutionAt(sight.zoom);
    const recurs = view.measure === "recurrence";
    const query = vigie.feedQuery(view, recurs && kind !== "problems" ? [...LEFT_OUT[kind], "kpi"] : LEFT_OUT[kind]);
    const ask = (base, asked) => ({ kind, base, box: asked, resolution, area: view.area, url: asked ? `${base}&bbox=${asked.join(",")}` : base });
    if (kind === "points") return ask(`/feeds/points.bin?limit=${POINT_LIMIT}&${query}`, box(sight));
    if (kind === "problems") return ask(`/feeds/problems.geojson?limit=${PROBLEM_LIMIT}&${query}`, box(sight));
    if (kind !== "hexagons") return ask(`/feeds/${recurs ? "recurrence" : "areas"}.json?part=${kind.slice(0, -1)}&${query}`, null);
    const cells = resolution <= WHOLE_CITY_TO ? null : box(sight);
    return ask(`/feeds/${recurs ? "recurrence" : "hexagons"}.geojson?resolution=${resolution}&${query}`, cells);
  };
})();
