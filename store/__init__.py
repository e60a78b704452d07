"""The request store: the source of truth, on SQLite or on PostgreSQL with PostGIS.

`schema` has every table, `engine` opens a store and brings it to the newest schema, `bulk` moves
Arrow batches in and out, and the other modules each do one thing to it.
"""
