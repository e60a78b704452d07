"""`vigie generate`: invented requests that look like Montréal's, in the published format.

calibration (what was measured, what is assumed) → streets → problems → places, outcomes → rows → lines.
"""

from etl.generate.file import Progress, generate_file

__all__ = ["Progress", "generate_file"]
