"""Geography: boroughs and sectors, hexagons, assignment of points to both.

Arrays and frames in and out; no database, no web. Coordinates are degrees (WGS84, EPSG:4326)
unless a name says metres.
"""
