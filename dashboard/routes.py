"""Typed routes beside the pages: /health."""

from __future__ import annotations

from fastapi import FastAPI, Response

from dashboard.health import Health, MartHealth, health, mart_health
from dashboard.services import Services


def register(server: FastAPI, services: Services) -> None:
    """Add the routes to a server."""

    @server.get("/health", response_model=Health, tags=["operation"])
    async def get_health(response: Response) -> Health:
        """Store reachable, mart version and age. 200 while people can work, else 503."""
        found = await services.run(health, services)
        response.headers["Cache-Control"] = "no-store"
        if found.status != "ok":
            response.status_code = 503
        return found

    @server.get("/health/mart", response_model=MartHealth, tags=["operation"])
    async def get_mart_health(response: Response) -> MartHealth:
        """The mart alone, always with 200: what an open page watches, to follow a new build."""
        response.headers["Cache-Control"] = "no-store"
        return await services.run(mart_health, services)
