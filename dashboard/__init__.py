"""The dashboard: screens, their state in the address, and the routes that feed them."""
