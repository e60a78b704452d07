"""One module per question asked of the mart; each returns a frame or a small record."""
