"""Charts: pure functions from a frame to a figure that follows the theme by itself."""
