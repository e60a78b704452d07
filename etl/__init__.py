"""From files to the request store, and from the store to the mart."""
