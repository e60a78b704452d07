"""A map with far more points than the demo's city has."""

SHOW_POINTS = """(n) => {
  const {carte} = vigie;
  const column = (Kind, of, length = n) => Kind.from({length}, (_, i) => of(i));
  const lon = column(Int32Array, (i) => (-73.6 + 0.02 * Math.sin(i)) * 1e6);
  const lat = column(Int32Array, (i) => (45.52 + 0.015 * Math.cos(i * 1.7)) * 1e6);
  const many = {...carte.shown.answer, places: n, count: n, lon, lat,
    x: Float64Array.from(lon, (v) => vigie.worldX(v / 1e6)), y: Float64Array.from(lat, (v) => vigie.worldY(v / 1e6)),
    start: column(Uint32Array, (i) => i, n + 1), id: column(Float64Array, (i) => i), opened: new Float64Array(n),
    street: new Uint32Array(n), requesters: new Uint16Array(n), state: column(Uint8Array, (i) => i % 7),
    activity: new Uint16Array(n).fill(1), precision: new Uint8Array(n).fill(2)};
  carte.draw(many, {...carte.shown, box: null});
  return carte.shown.answer.places;
}"""
"""Draws n invented points around the middle of Montréal on a map that shows points; answers how many are shown."""
