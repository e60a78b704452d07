"""The charts of Recurrence."""

from __future__ import annotations

from dashboard.feeds.chart_records.record import Chart

CHARTS: tuple[Chart, ...] = ()
