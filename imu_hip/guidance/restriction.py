"""Which leg turns less, where the difference is more than the error of measuring it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.guidance.view import ResultView
from imu_hip.measures.uncertainty import Uncertainty, mdc95_of_difference
from imu_hip.names import Side, Task

_SINGLE: Final = ("internal", "external", "shin_slope")
"""The total arc is left out: it is the sum of two that are looked at already."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One leg that is behind the other by more than the error.

    Parameters
    ----------
    measure
        `internal`, `external` or `shin_slope`.
    difference_deg, mdc95_deg
        How far it is behind, positive, and the smallest difference that can be told.
    """

    task: Task
    measure: str
    side: Side
    difference_deg: float
    mdc95_deg: float


def restrictions(results: Sequence[ResultView]) -> tuple[Restriction, ...]:
    """Every measure in which one leg is behind, the clearest first.

    A greater rotation is better; a shin that slopes less, crossed, lies nearer to horizontal.
    """
    by_place = {(r.task, r.measure, r.side): r for r in results if r.measure in _SINGLE}
    found = []
    for (task, measure, side), left in by_place.items():
        right = by_place.get((task, measure, Side.RIGHT))
        if side is not Side.LEFT or right is None:
            continue
        ahead_deg = left.value_deg - right.value_deg
        if measure == "shin_slope":
            ahead_deg = abs(right.value_deg) - abs(left.value_deg)
        mdc95_deg = mdc95_of_difference(_error_of(left), _error_of(right))
        if abs(ahead_deg) > mdc95_deg:
            behind = Side.RIGHT if ahead_deg > 0 else Side.LEFT
            found.append(Restriction(task, measure, behind, abs(ahead_deg), mdc95_deg))
    return tuple(sorted(found, key=lambda r: r.mdc95_deg - r.difference_deg))


def _error_of(result: ResultView) -> Uncertainty:
    return Uncertainty(result.sem_deg, result.mdc95_deg)


def restricted_side(results: Sequence[ResultView]) -> Side | None:
    """The leg that gets more bouts: the one that is behind most clearly, None where none is."""
    found = restrictions(results)
    return found[0].side if found else None
