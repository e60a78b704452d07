"""Every chart that can be drawn or exported, by its code: one record each, by screen."""

from __future__ import annotations

from dashboard.feeds.chart_records import apercu, beside, qualite, recurrence
from dashboard.feeds.chart_records.record import Chart

CHARTS: dict[str, Chart] = {
    chart.code: chart for chart in (*apercu.CHARTS, *beside.CHARTS, *recurrence.CHARTS, *qualite.CHARTS)
}
