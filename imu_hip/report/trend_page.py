"""The page of a person's trend, and the same as a document for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip import __version__
from imu_hip.measures.measured_range import ARC, SLOPE
from imu_hip.measures.own_error import OwnError
from imu_hip.measures.repeated import Apart
from imu_hip.measures.trend import Trend
from imu_hip.names import DEVICE_WORDING
from imu_hip.report.dates import day_words, local_day
from imu_hip.report.drawn import Figure
from imu_hip.report.html import render
from imu_hip.report.json_numbers import Document, deg, rounded
from imu_hip.report.own_error_words import source_key, sources_with_own
from imu_hip.report.session_page import MDC_SOURCE, MODE_WORDS
from imu_hip.report.tables import Grid, measure_words
from imu_hip.report.trend_figure import trend_figure
from imu_hip.report.trend_sentences import trend_sentences
from imu_hip.report.trends import Series, TaskTrend
from imu_hip.report.wording import TEST_NAME, capital, with_error

SCHEMA: Final = "imu_hip.trend/1"
NEWEST_ROWS: Final = 20
RETESTS_LEFT_OUT: Final = (
    "Only tests before a stretch count: a retest right after it is measured on warm muscle."
)


@dataclass(frozen=True, slots=True)
class TrendSection:
    """One test on the page."""

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class TrendPage:
    """Everything on the page."""

    title: str
    facts: tuple[str, ...]
    simulated: bool
    sections: tuple[TrendSection, ...]
    note: str
    mdc_source: str
    version: str
    device_wording: str


def render_trends(trends: Sequence[TaskTrend]) -> str:
    """Trends of one person as one HTML page that needs nothing else."""
    return render("trend.html.j2", trend_page(trends))


def trend_page(trends: Sequence[TaskTrend]) -> TrendPage:
    """Arrange trends of one person for their page."""
    first = trends[0]
    return TrendPage(
        title=f"{first.person} over time",
        facts=(MODE_WORDS[first.mode], _period(trends)),
        simulated=first.simulated,
        sections=tuple(
            TrendSection(TEST_NAME[one.task], trend_sentences(one), _figures(one), _grids(one))
            for one in trends
        ),
        note=RETESTS_LEFT_OUT,
        mdc_source=sources_with_own(MDC_SOURCE, _own_errors(trends)),
        version=__version__,
        device_wording=DEVICE_WORDING,
    )


def trend_document(trend: TaskTrend) -> Document:
    """One trend as JSON values, its pictures as SVG text; see `trend_numbers`."""
    pictures = [
        {"heading": figure.heading, "svg": str(figure.svg), "key": figure.key}
        for figure in _figures(trend)
    ]
    return trend_numbers(trend) | {"pictures": pictures}


def trend_numbers(trend: TaskTrend) -> Document:
    """One trend as JSON values without its pictures; angles have one decimal."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "person": trend.person,
        "task": trend.task,
        "mode": trend.mode,
        "simulated": trend.simulated,
        "sessions": trend.sessions,
        "series": [_series(one) for one in trend.series],
        "sentences": list(trend_sentences(trend)),
        "note": RETESTS_LEFT_OUT,
        "mdc_source": sources_with_own(MDC_SOURCE, _own_errors([trend])),
    }


def _own_errors(trends: Sequence[TaskTrend]) -> list[OwnError | None]:
    return [series.own for trend in trends for series in trend.series]


def _period(trends: Sequence[TaskTrend]) -> str:
    days = [
        local_day(point.started_utc)
        for trend in trends
        for series in trend.series
        for point in series.points
    ]
    first, last = min(days), max(days)
    return day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"


def _figures(trend: TaskTrend) -> tuple[Figure, ...]:
    found = []
    for measure in dict.fromkeys(series.measure for series in trend.series):
        if measure == ARC:
            continue
        heading = capital(measure_words(measure))
        title = f"{TEST_NAME[trend.task]}, {measure_words(measure)}, over time"
        svg = trend_figure(trend.of(measure), f"{trend.task}-{measure}", title)
        found.append(Figure(svg, _key(trend.of(measure)), heading))
    return tuple(found)


def _key(series: Sequence[Series]) -> str:
    target = "horizontal" if series[0].measure == SLOPE else "target"
    line = " Broad line: change over time." if any(one.trend for one in series) else ""
    return (
        "Dots: sessions, with their uncertainty. Band: what cannot be told from the first session."
        f"{line} Dashed: {target}."
    )


def _grids(trend: TaskTrend) -> tuple[Grid, ...]:
    names = tuple(dict.fromkeys(series.measure for series in trend.series))
    return tuple(_grid(trend.of(measure), capital(measure_words(measure))) for measure in names)


def _grid(series: Sequence[Series], caption: str) -> Grid:
    """The newest sessions, newest first."""
    by_session = {(point.started_utc, point.session): "" for one in series for point in one.points}
    cells = {
        (point.started_utc, point.session, one.side): (
            with_error(point.range.value_deg, point.range.uncertainty.sem_deg)
        )
        for one in series
        for point in one.points
    }
    newest = sorted(by_session, reverse=True)[:NEWEST_ROWS]
    rows = tuple(
        (
            f"{day_words(local_day(started_utc))} (session {number})",
            *(cells.get((started_utc, number, one.side), "–") for one in series),
        )
        for started_utc, number in newest
    )
    more = f", the newest {NEWEST_ROWS}" if len(by_session) > NEWEST_ROWS else ""
    return Grid(f"{caption}{more}", ("", *(one.side.capitalize() for one in series)), rows)


def _series(series: Series) -> Document:
    return {
        "side": series.side,
        "measure": series.measure,
        "mdc95_between_days_deg": deg(series.mdc95_deg),
        "mdc95_source": source_key(Apart.DAYS, series.own),
        "points": [
            {
                "session": point.session,
                "started_utc": point.started_utc.isoformat(),
                "value_deg": deg(point.range.value_deg),
                "sem_deg": deg(point.range.uncertainty.sem_deg),
                "repetitions": point.range.repetitions,
            }
            for point in series.points
        ],
        "trend": _trend(series.trend),
    }


def _trend(trend: Trend | None) -> Document | None:
    if trend is None:
        return None
    return {
        "slope_deg_per_week": rounded(trend.slope_deg_per_week, 2),
        "low_deg_per_week": rounded(trend.low_deg_per_week, 2),
        "high_deg_per_week": rounded(trend.high_deg_per_week, 2),
        "span_days": rounded(trend.span_days, 1),
        "change_deg": deg(trend.change_deg),
        "mdc95_deg": deg(trend.mdc95_deg),
        "measurable": trend.measurable,
    }
