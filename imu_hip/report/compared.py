"""Two results of one person compared: the legs, two days, before and after a stretch."""

from dataclasses import dataclass

from imu_hip.history.records import Moment
from imu_hip.history.store import History
from imu_hip.measures.comparison import compare_legs
from imu_hip.measures.measured_range import SLOPE, MeasuredRange
from imu_hip.measures.own_error import NO_OWN_ERRORS, OwnError
from imu_hip.measures.repeated import (
    Apart,
    Balance,
    NotComparableError,
    balances,
    changes_between_days,
    changes_on_one_day,
    percent_of_larger,
    require_common,
    require_same_mode,
)
from imu_hip.names import Side, Task
from imu_hip.report.comparands import Comparand, of_session, of_two_legs
from imu_hip.report.compared_sentences import leg_sentences, notes_on, time_sentences
from imu_hip.report.repeated_sentences import balance_sentence, percent_sentences
from imu_hip.report.wording import capital


@dataclass(frozen=True, slots=True)
class ComparedRange:
    """One measure in both; `side` is None where left and right are compared.

    `difference_deg` is second minus first: right minus left, or later minus earlier. `own` is the
    own error that `mdc95_deg` comes from, None for any other.
    """

    task: Task
    side: Side | None
    measure: str
    first: MeasuredRange
    second: MeasuredRange
    difference_deg: float
    mdc95_deg: float
    measurable: bool
    apart: Apart = Apart.SAME_DAY
    own: OwnError | None = None

    @property
    def percent_of_larger(self) -> float | None:
        """The smaller as percent of the larger; None where that would mislead."""
        if self.measure == SLOPE:
            return None
        return percent_of_larger(self.first.value_deg, self.second.value_deg)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results side by side; `first` is left, or the earlier one.

    Parameters
    ----------
    sentences
        What differs, measurable or not; then percents of what does.
    notes
        What to keep in mind, in sentences.
    """

    first: Comparand
    second: Comparand
    ranges: tuple[ComparedRange, ...]
    sentences: tuple[str, ...]
    percents: tuple[str, ...]
    balances: tuple[Balance, ...]
    balance_sentences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def of_legs(self) -> bool:
        """Whether left and right are compared."""
        return of_two_legs(self.first, self.second)

    @property
    def simulated(self) -> bool:
        """Whether the sensors were virtual."""
        return self.first.simulated


def compare_sessions(history: History, one: int, other: int) -> Comparison:
    """Compare two sessions of the history, the earlier with the later.

    Raises
    ------
    ImuHipError
        Where there is no such session, or the two are not alike.
    """
    return compare(*(of_session(history, history.session(number)) for number in (one, other)))


def compare(one: Comparand, other: Comparand) -> Comparison:
    """Compare two results, only like with like.

    Raises
    ------
    NotComparableError
        Where person, mode or sensors differ, or nothing in common was measured.
    """
    _require_alike(one, other)
    if of_two_legs(one, other):
        return _compare_legs(one, other)
    side = one.side or other.side
    return _compare_times(*_in_order(one, other), side)


def _require_alike(one: Comparand, other: Comparand) -> None:
    if one == other:
        raise NotComparableError(
            f"{capital(one.words)} is named twice.", "Name two that can differ."
        )
    if one.person and other.person and one.person != other.person:
        raise NotComparableError(
            f"{capital(one.source)} is of {one.person}, {other.source} of {other.person}; the "
            "errors hold for one person only.",
            "Name two sessions of the same person.",
        )
    if one.simulated != other.simulated:
        raise NotComparableError(
            f"{capital(one.source)} and {other.source} are not alike: one was measured with "
            "virtual sensors, the other on a person.",
            "Name two of the same kind.",
        )
    require_same_mode(one.mode, other.mode)


def _compare_legs(one: Comparand, other: Comparand) -> Comparison:
    if (one.source, one.started_utc, one.moment) != (other.source, other.started_utc, other.moment):
        raise NotComparableError(
            f"{capital(one.words)} and {other.words} differ in leg and time, so a difference "
            "would tell neither.",
            "Name one leg twice, or the two legs of one test.",
        )
    left, right = sorted((one, other), key=lambda found: list(Side).index(_side(found)))
    return _of_legs(left, right)


def _of_legs(left: Comparand, right: Comparand) -> Comparison:
    require_common(left.ranges, right.ranges)
    differences = compare_legs(left.ranges, right.ranges)
    firsts, seconds = ({(r.task, r.measure): r for r in c.ranges} for c in (left, right))
    ranges = tuple(
        ComparedRange(
            d.task,
            None,
            d.measure,
            firsts[d.task, d.measure],
            seconds[d.task, d.measure],
            d.difference_deg,
            d.mdc95_deg,
            d.measurable,
        )
        for d in differences
    )
    balance = balances((*left.ranges, *right.ranges))
    return Comparison(
        first=left,
        second=right,
        ranges=ranges,
        sentences=leg_sentences(differences),
        percents=percent_sentences(differences),
        balances=balance,
        balance_sentences=tuple(balance_sentence(one) for one in balance),
        notes=notes_on(left, right),
    )


def _compare_times(earlier: Comparand, later: Comparand, side: Side | None) -> Comparison:
    firsts, seconds = (
        {(r.task, r.side, r.measure): r for r in c.ranges if side is None or r.side is side}
        for c in (earlier, later)
    )
    require_common(tuple(firsts.values()), tuple(seconds.values()))
    same_day = earlier.day is not None and earlier.day == later.day
    pair = tuple(firsts.values()), tuple(seconds.values())
    # Of a recording neither person nor mode is known, so nobody's own error holds for it.
    own = later.own if earlier.person and later.person else NO_OWN_ERRORS
    changes = changes_on_one_day(*pair) if same_day else changes_between_days(*pair, own)
    if not changes:
        raise NotComparableError(
            f"{capital(earlier.words)} and {later.words} have no leg in common.",
            "Name two that measured the same leg.",
        )
    ranges = tuple(
        ComparedRange(
            c.task,
            c.side,
            c.measure,
            firsts[c.task, c.side, c.measure],
            seconds[c.task, c.side, c.measure],
            c.difference_deg,
            c.mdc95_deg,
            c.measurable,
            c.apart,
            c.own,
        )
        for c in changes
    )
    return Comparison(
        first=earlier,
        second=later,
        ranges=ranges,
        sentences=time_sentences(changes, earlier, later),
        percents=(),
        balances=(),
        balance_sentences=(),
        notes=notes_on(earlier, later),
    )


def _in_order(one: Comparand, other: Comparand) -> tuple[Comparand, Comparand]:
    moments = list(Moment)
    if one.started_utc is None or other.started_utc is None:
        return one, other
    first, second = sorted((one, other), key=lambda c: (c.started_utc, moments.index(c.moment)))
    return first, second


def _side(found: Comparand) -> Side:
    return found.side or Side.LEFT
