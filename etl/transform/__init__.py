"""From rows of text to requests: one module per kind of field, put together in `rows`."""
