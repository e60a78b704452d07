"""The charts of Qualite."""

from __future__ import annotations

from dashboard.feeds.chart_records.record import Chart

CHARTS: tuple[Chart, ...] = ()
