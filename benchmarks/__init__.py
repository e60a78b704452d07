"""Measurements beside peers: each module has `run(rows, **options)` and is one benchmark.

`run` returns `{"ours_s": s, "peers": {name: s}, "limit_s": s or None, …}` in seconds; it may add keys, and
gives `peak_mb` itself where only a part of it is ours. `ROWS` in the module is what `make bench` asks of it.
"""
