"""What the tests stand on: rows, a private PostgreSQL, a browser, and the way to the shared data."""
