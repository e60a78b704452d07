"""Parts of screens: pure functions from values to Dash components."""
