"""Which reports are about the same thing, and what keeps coming back.

Read in this order: `requests` (what is compared) → `candidates` (which pairs are looked at) →
`levels` and `scores` (how alike a pair is, and why) → `episodes` (duplicates while a thing is unsolved) →
`problems` (a place over time) → `recurrence`. `group` runs them all, `incremental` runs them where
something changed; `rank` answers for a report being typed; `evaluate` and `truths` measure the quality, and
`estimate` finds the parameters. Arrays and frames in and out; no database, no web.
"""
