"""Which reports are about the same thing, and what keeps coming back.

Read in this order: `requests` (what is compared) → `buckets` and `candidates` (which pairs are looked at) →
`levels` and `scores` (how alike a pair is, and why) → `episodes` (duplicates while a thing is unsolved) →
`problems` (a place over time) → `recurrence`. `group` runs them all, `incremental` runs them where
something changed (`surroundings` and `squares` say where that could be); `rank` answers for a report being
typed. `labelled`, `evaluate`, `truths` and `curve` measure the quality; `estimate`, `learn` and `habits` find
the parameters. Arrays and frames in and out; no database, no web.
"""

RULES = 1
"""Raised whenever the same requests and parameters would be grouped otherwise."""
