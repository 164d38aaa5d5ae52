"""What one person's ranges do over weeks, in sentences."""

from collections.abc import Sequence
from typing import Final

from imu_hip.measures.comparison import exceeds
from imu_hip.measures.measured_range import ARC
from imu_hip.measures.repeated import Apart
from imu_hip.measures.trend import FEWEST_DAYS, SHORTEST_SPAN_DAYS, Trend
from imu_hip.names import FOOT, TURN, Direction, Side
from imu_hip.report.dates import day_words, local_day, span_words
from imu_hip.report.own_error_words import error_phrase
from imu_hip.report.trends import Series, TaskTrend
from imu_hip.report.wording import degrees, size_and_error, with_error

TOO_FEW: Final = (
    f"Too few to speak of a change: that needs sessions on {FEWEST_DAYS} days, over "
    f"{SHORTEST_SPAN_DAYS:.0f} days or more."
)


def trend_sentences(trend: TaskTrend) -> tuple[str, ...]:
    """The latest values, then what changes; silence about changes where days are too few."""
    single = [series for series in trend.series if series.measure != ARC]
    latest = tuple(
        sentence for side in Side if (sentence := _latest([s for s in single if s.side is side]))
    )
    changes = [series for series in single if series.trend is not None]
    if not changes:
        sessions = "1 session" if trend.sessions == 1 else f"{trend.sessions} sessions"
        return (*latest, f"{sessions}. {TOO_FEW}")
    return (*_change_sentences([(s, s.trend) for s in changes if s.trend]), *latest)


def _change_sentences(changes: Sequence[tuple[Series, Trend]]) -> tuple[str, ...]:
    """A sentence for each measurable change and for each unsure one, and one for the rest."""
    within = [one for one in changes if not exceeds(one[1].change_deg, one[1].mdc95_deg)]
    others = [trend_sentence(*one) for one in changes if one not in within]
    if len(within) <= 1:
        return (*others, *(trend_sentence(*one) for one in within))
    largest_deg = max(abs(trend.change_deg) for _, trend in within)
    error_deg = max(trend.mdc95_deg for _, trend in within)
    error = error_phrase(degrees(error_deg), Apart.DAYS, [series.own for series, _ in within])
    span = span_words(max(trend.span_days for _, trend in within))
    what = "No measurable change of anything else" if others else "No measurable change"
    rest = f"{what} in {span}: {degrees(largest_deg)} at most is within the {error}."
    return (*others, rest)


def trend_sentence(series: Series, trend: Trend) -> str:
    """How one range changed over the weeks, against the error between days."""
    span, change_deg = span_words(trend.span_days), trend.change_deg
    size, error = size_and_error(change_deg, trend.mdc95_deg, exceeds=trend.measurable)
    what, error = _what(series), error_phrase(error, Apart.DAYS, [series.own])
    if trend.measurable:
        way = "grew" if change_deg > 0 else "fell"
        weekly = (
            f"{degrees(trend.slope_deg_per_week, 1)} a week, "
            f"{degrees(trend.low_deg_per_week, 1)} to {degrees(trend.high_deg_per_week, 1)}"
        )
        return f"Your {what} {way} by {size} in {span} ({weekly}); that is more than the {error}."
    if exceeds(change_deg, trend.mdc95_deg):
        return (
            f"No measurable change of your {what} in {span}: the sessions scatter too much to tell."
        )
    return f"No measurable change of your {what} in {span}: {size} is within the {error}."


def _what(series: Series) -> str:
    if series.measure in set(Direction):
        direction = Direction(series.measure)
        return f"{series.side} hip's {TURN[direction]} turn ({FOOT[direction]})"
    return f"{series.side} shin's slope"


def _latest(of_side: list[Series]) -> str:
    if not of_side:
        return ""
    newest = max(of_side, key=lambda series: series.points[-1].started_utc).points[-1]
    parts = []
    for series in of_side:
        point = series.points[-1].range
        value = with_error(point.value_deg, point.uncertainty.sem_deg)
        if series.measure in set(Direction):
            direction = Direction(series.measure)
            parts.append(f"{TURN[direction]} {value} ({FOOT[direction]})")
        else:
            parts.append(f"shin {value} from horizontal")
    day = day_words(local_day(newest.started_utc))
    return f"Latest, {day}, {of_side[0].side}: {' and '.join(parts)}."
