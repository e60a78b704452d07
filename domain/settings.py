"""Settings: `VIGIE_*` environment variables over documented defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import InputRefused

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds app.py, data/ and the rooms."""


class Settings(BaseSettings):
    """Where things are, and how the dashboard behaves."""

    model_config = SettingsConfigDict(env_prefix="VIGIE_", frozen=True)

    store: str = Field(default="sqlite:///var/vigie.db", description="SQLAlchemy URL of the request store")
    mart: str = Field(default="var/mart", description="folder of the read model")
    media: Path = Field(default=Path("var/media"), description="folder of photos")
    engine: Literal["duckdb", "spark"] = Field(default="duckdb", description="engine that queries the mart")
    tiles: str = Field(default="none", description="tile URL template with {z}/{x}/{y}, or none")
    secret: SecretStr | None = Field(default=None, description="key that signs sessions")
    demo: bool = Field(default=False, description="say on screen that the data is invented")
    warm: bool = Field(default=True, description="a server that starts readies itself for its first reader")


def load_settings() -> Settings:
    """Settings from the environment.

    Raises:
        InputRefused: a variable has a value that its setting cannot take.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "VIGIE_" + str(first["loc"][0]).upper()
        raise InputRefused(f"{name}={first['input']!r} cannot be used: {first['msg']}.") from error
