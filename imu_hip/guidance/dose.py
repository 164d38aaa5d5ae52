"""What to stretch, how often, and when to measure again, from the results of a test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.guidance.restriction import Restriction, restrictions
from imu_hip.guidance.view import ResultView
from imu_hip.measures.deficit import TARGET_DEG, deficit_deg
from imu_hip.names import FOOT, TURN, Direction, Side, Task

BOUT_S: Final = (30.0, 60.0)
TIMES_A_DAY: Final = (1, 3)
"""Dose of the stretch: J. Uhan, "Joe's miracle butt stretch", iRunFar, 2019-04-09."""

RETEST_AFTER_WEEKS: Final = 4
"""Rotation gains of about 10 and 14° were seen after three months (Chamberlain 2022, MPhil thesis,
Lancaster, 32 people, no control group), and between days less than 6 to 9° cannot be told."""

_TWO_SIDED: Final = 1.96


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A direction in which both hips stay below the target by more than their error."""

    task: Task
    direction: Direction
    left_deg: float
    right_deg: float
    sem_deg: float


@dataclass(frozen=True, slots=True)
class Dose:
    """What to stretch and how often.

    Parameters
    ----------
    side
        The leg that gets more bouts, None where none is behind.
    behind
        Where one leg is behind the other by more than the error, the clearest first.
    short
        Where both stay below the target.
    """

    side: Side | None
    behind: tuple[Restriction, ...]
    short: tuple[Shortfall, ...]
    bout_s: tuple[float, float] = BOUT_S
    times_a_day: tuple[int, int] = TIMES_A_DAY
    retest_after_weeks: int = RETEST_AFTER_WEEKS


def dose_of(results: Sequence[ResultView]) -> Dose:
    """What the results of a test suggest."""
    behind = restrictions(results)
    return Dose(
        side=behind[0].side if behind else None, behind=behind, short=tuple(_shortfalls(results))
    )


def dose_sentences(dose: Dose) -> tuple[str, ...]:
    """A dose as sentences: what, which leg more, how long and how often, when to measure again."""
    low_s, high_s = dose.bout_s
    least, most = dose.times_a_day
    often = (
        f"Stretch in bouts of {low_s:.0f} to {high_s:.0f} s, several minutes in all, "
        f"{_times(least)} to {_times(most)} a day."
    )
    again = (
        f"Measure again after about {dose.retest_after_weeks} weeks: same position, same time of "
        "day, before stretching. Gains come over weeks, not days."
    )
    return (
        *(_behind_words(r) for r in dose.behind),
        *(_short_words(s) for s in dose.short),
        _share_words(dose.side),
        often,
        again,
    )


def _shortfalls(results: Sequence[ResultView]) -> list[Shortfall]:
    by_place = {(r.task, r.measure, r.side): r for r in results}
    found = []
    for task in (Task.SEATED, Task.PRONE):
        for direction in Direction:
            legs = [by_place.get((task, direction.value, side)) for side in Side]
            known = [leg for leg in legs if leg is not None]
            if len(known) == len(Side) and all(_is_short(leg) for leg in known):
                left, right = (deficit_deg(leg.value_deg) for leg in known)
                sem_deg = max(leg.sem_deg for leg in known)
                found.append(Shortfall(task, direction, left, right, sem_deg))
    return found


def _is_short(result: ResultView) -> bool:
    return deficit_deg(result.value_deg) > _TWO_SIDED * result.sem_deg


def _behind_words(found: Restriction) -> str:
    size = f"{found.difference_deg:.0f}° (measurement error {found.mdc95_deg:.1f}°)"
    where, less, more = f"In the {found.task.words}", found.side, found.side.other
    if found.measure == "shin_slope":
        return f"{where} your {less} shin lies {size} further from horizontal than your {more}."
    direction = Direction(found.measure)
    turn = f"{TURN[direction]} ({FOOT[direction]})"
    return f"{where} your {less} hip turns {turn} {size} less than your {more}."


def _short_words(found: Shortfall) -> str:
    turn = f"{TURN[found.direction]} ({FOOT[found.direction]})"
    return (
        f"In the {found.task.words} both hips turning {turn} stay below the target of "
        f"{TARGET_DEG:.0f}°: the left by {found.left_deg:.0f}°, the right by "
        f"{found.right_deg:.0f}° (each ±{found.sem_deg:.0f}°)."
    )


def _share_words(side: Side | None) -> str:
    if side is None:
        return "Both legs in turn, the same number of bouts each."
    return f"Both legs in turn, two bouts on the {side} for each on the {side.other}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
