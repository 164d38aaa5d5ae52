"""Reliability of each measure from its repeats, and whether its error is sure enough to be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import FEWEST_PAIRS, Agreement, Interval, limits_of_agreement
from imu_hip.measures.intraclass import MeanSquares, icc_2_1, icc_3_k, mean_squares
from imu_hip.measures.own_error import (
    FEWEST_DEGREES_OF_FREEDOM,
    FEWEST_PEOPLE_OF_A_CLINIC,
    OwnError,
)
from imu_hip.measures.reliability import (
    FEWEST_PEOPLE,
    Repeats,
    WithinPeople,
    first_sessions,
    sem_interval,
    within_people,
)
from imu_hip.names import Side, Task
from imu_hip.report.reliability_reading import MeasureRepeats

FEW_FOR_A_PICTURE: Final = 3
"""From as many people on, each of them gives one pair of sessions."""


@dataclass(frozen=True, slots=True)
class LegReliability:
    """The first sessions of one leg of everybody; ICCs are None where nothing varies."""

    side: Side | None
    squares: MeanSquares
    icc_2_1: Interval | None
    icc_3_k: Interval | None

    @property
    def sem(self) -> Interval:
        """Standard error of measurement without what changes for everybody."""
        return sem_interval(self.squares.error, self.squares.degrees_of_freedom)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of sessions, one point a leg, and their agreement."""

    mean: FloatArray
    difference: FloatArray
    sides: tuple[Side, ...] | None
    agreement: Agreement
    first_two: bool
    """Whether they are everybody's first two sessions; else all that follow each other."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasureReliability:
    """How well one measure repeats; `within` is None where nothing does."""

    found: MeasureRepeats
    within: WithinPeople | None
    legs: tuple[LegReliability, ...]
    pairs: Pairs | None

    @property
    def mostly_of_one(self) -> bool:
        """Whether one of several people gave more than half of what the error rests on."""
        freedom: Counter[str] = Counter()
        for one in self.found.repeats:
            freedom[one.person] += len(one.values) - 1
        return len(freedom) > 1 and 2 * max(freedom.values()) > freedom.total()


def reliability_of(found: MeasureRepeats) -> MeasureReliability:
    """Everything that the repeats of one measure tell."""
    repeats = found.repeats
    legs = (
        _leg(side, [one for one in repeats if one.side is side])
        for side in dict.fromkeys(one.side for one in repeats)
    )
    return MeasureReliability(
        found=found,
        within=within_people(repeats) if repeats else None,
        legs=tuple(one for one in legs if one is not None),
        pairs=_pairs(repeats),
    )


def _leg(side: Side | None, repeats: Sequence[Repeats]) -> LegReliability | None:
    table = first_sessions(repeats)
    # An ICC of few people has an interval from 0 to 1.
    if len(table) < FEWEST_PEOPLE:
        return None
    squares = mean_squares(table)
    return LegReliability(side, squares, icc_2_1(squares), icc_3_k(squares))


def _pairs(repeats: Sequence[Repeats]) -> Pairs | None:
    """One pair of each person, or of very few people every pair that shares no session."""
    # With fewer there are too few pairs, so all that one person has are taken.
    first_two = len({one.person for one in repeats}) >= FEW_FOR_A_PICTURE
    chosen: list[tuple[tuple[str, int, int], Repeats, int]] = []
    seen: set[tuple[str, Side | None]] = set()
    for one in repeats:
        if first_two and (one.person, one.side) in seen:
            continue
        seen.add((one.person, one.side))
        # Every second session, so that no session is in two pairs.
        starts = range(0, 1 if first_two else len(one.values) - 1, 2)
        chosen += [((one.person, one.window, start), one, start) for start in starts]
    independent = len({place for place, _, _ in chosen})
    if independent < FEWEST_PAIRS:
        return None
    earlier, later = (np.array([one.values[at + n] for _, one, at in chosen]) for n in (0, 1))
    sides = tuple(one.side for _, one, _ in chosen if one.side is not None)
    return Pairs(
        mean=0.5 * (earlier + later),
        difference=later - earlier,
        sides=sides if len(sides) == len(chosen) else None,
        # The two legs of a person are not two people.
        agreement=limits_of_agreement(later - earlier, independent),
        first_two=first_two,
    )


def own_error_of(one: MeasureReliability, person: str | None) -> OwnError | None:
    """The error that may stand in place of the published one; None where `why_not` says why."""
    if one.within is None or why_not(one, person):
        return None
    return OwnError(
        task=Task(one.found.task),
        measure=one.found.measure,
        person=person,
        sem_deg=one.within.sem,
        degrees_of_freedom=one.within.degrees_of_freedom,
        sessions=one.within.sessions,
        people=one.within.people,
    )


def why_not(one: MeasureReliability, person: str | None) -> str:
    """Why an error is not sure enough to be used; empty where it is."""
    within = one.within
    if within is None:
        return "nothing was measured on two days"
    if within.sem.value == 0.0:
        return "all repeats are the same to the last digit, which are copies and no repeats"
    if within.degrees_of_freedom < FEWEST_DEGREES_OF_FREEDOM:
        return (
            f"too few repeats: {within.degrees_of_freedom} beyond the first of each person, "
            f"{FEWEST_DEGREES_OF_FREEDOM} are needed"
        )
    if person is None and within.people < FEWEST_PEOPLE_OF_A_CLINIC:
        return (
            f"{within.people} {'person' if within.people == 1 else 'people'} cannot stand for "
            f"everybody, {FEWEST_PEOPLE_OF_A_CLINIC} are needed; --person keeps it for one"
        )
    return ""
