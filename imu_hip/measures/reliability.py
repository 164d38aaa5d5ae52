"""How well a measure repeats: people by sessions, and the spread within people."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import mdc95
from imu_hip.names import Side

FEWEST_PEOPLE: Final = 5
"""An ICC of fewer people has an interval that says next to nothing."""

LOW, HIGH = 0.025, 0.975
"""Probabilities at the ends of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Values of one leg of one person in the order of their sessions, two or more.

    Parameters
    ----------
    window
        Number of the stretch of time, within which nothing but error should differ. Values of
        different windows of a person are never compared.
    side
        None where a measure has no leg.
    """

    person: str
    window: int
    side: Side | None
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WithinPeople:
    """Spread of repeated values about the mean of each leg.

    Parameters
    ----------
    sem
        Standard error of measurement: the standard deviation within a leg, in its unit.
    degrees_of_freedom
        Sessions beyond the first of each window; both legs of a session count once.
    drift
        Change from each session to the next; None where there are too few to tell.
    sessions, people
        What it rests on.
    """

    sem: Interval
    degrees_of_freedom: int
    drift: Interval | None
    sessions: int
    people: int

    @property
    def mdc95(self) -> Interval:
        """Minimal detectable change of a difference between two days."""
        return mdc95(self.sem)


def within_people(repeats: Sequence[Repeats]) -> WithinPeople:
    """Standard error of measurement from all repeats, however many each person has.

    Raises
    ------
    ValueError
        Where there is nothing repeated, or a value is not finite.

    Notes
    -----
    One-way analysis of variance with the leg as its factor, so a change from session to session is
    part of the error; the interval follows from chi². The errors of a person's two legs on one day
    are related in a way that few sessions cannot tell, so the interval is that of fully related
    legs, which is the widest: a second leg adds to the estimate and not to its certainty.
    """
    if not repeats or not all(
        len(one.values) > 1 and np.isfinite(one.values).all() for one in repeats
    ):
        raise ValueError("repeats need two finite values or more each")
    # From the first value, so that equal ones leave nothing that rounding makes.
    from_first = [np.asarray(one.values) - one.values[0] for one in repeats]
    centred = [each - np.mean(each) for each in from_first]
    # One degree of freedom goes with the mean of each leg.
    of_legs = sum(len(each) - 1 for each in centred)
    # Both legs of a session are one look at a person, so the longer of them counts.
    counted = [
        max(len(one.values) for one in legs)
        for _, legs in groupby(sorted(repeats, key=_place), key=_place)
    ]
    freedom = sum(counted) - len(counted)
    variance = float(sum(np.sum(each**2) for each in centred)) / of_legs
    return WithinPeople(
        sem=sem_interval(variance, freedom),
        degrees_of_freedom=freedom,
        drift=_drift(centred, of_legs, freedom),
        sessions=sum(counted),
        people=len({one.person for one in repeats}),
    )


def sem_interval(variance: float, degrees_of_freedom: int) -> Interval:
    """A standard deviation with its 95 % interval, from a mean square and its freedom."""
    from scipy.stats import chi2  # noqa: PLC0415

    sd = float(np.sqrt(variance))
    low, high = (
        sd * float(np.sqrt(degrees_of_freedom / chi2.ppf(probability, degrees_of_freedom)))
        for probability in (HIGH, LOW)
    )
    return Interval(sd, low, high)


def _place(one: Repeats) -> tuple[str, int]:
    return one.person, one.window


def _drift(centred: Sequence[FloatArray], of_legs: int, freedom: int) -> Interval | None:
    """Slope over the number of the session, common to all legs, each about its own mean."""
    from scipy.stats import t  # noqa: PLC0415

    if freedom < 3:
        return None
    # Sessions are counted, not dated: what a person learns comes with each of them.
    number = np.concatenate([np.arange(len(each)) - (len(each) - 1) / 2 for each in centred])
    value = np.concatenate(centred)
    square_sum = float(np.sum(number**2))
    slope = float(np.sum(number * value)) / square_sum
    rest = float(np.sum((value - slope * number) ** 2)) / (of_legs - 1)
    # Legs that are fully related tell as much as one of them.
    error = np.sqrt(rest / square_sum * of_legs / freedom)
    half = float(t.ppf(HIGH, freedom - 1) * error)
    return Interval(slope, slope - half, slope + half)


def first_sessions(repeats: Sequence[Repeats]) -> FloatArray:
    """A table of people by sessions without gaps, from people with unequal numbers of sessions.

    Returns
    -------
    Shape (people, sessions): the first k values of everybody who has k, in the window of each that
    holds the most. k is chosen so that the error has the most degrees of freedom with at least
    `FEWEST_PEOPLE`, or of all people where there are fewer. Shape (0, 0) without repeats.

    Notes
    -----
    Of one leg only: two legs of a person would count as two people.
    """
    longest: dict[str, tuple[float, ...]] = {}
    for one in sorted(repeats, key=_place):
        if len(one.values) > len(longest.get(one.person, ())):
            longest[one.person] = one.values
    lengths = [len(values) for values in longest.values()]
    if not lengths:
        return np.empty((0, 0))
    needed = min(FEWEST_PEOPLE, len(lengths))
    candidates = [
        (count, k) for k in set(lengths) if (count := sum(n >= k for n in lengths)) >= needed
    ]
    # More sessions of fewer people against fewer of more; on a tie, more people.
    _, k = max(candidates, key=lambda c: ((c[0] - 1) * (c[1] - 1), c[0]))
    return np.array([values[:k] for values in longest.values() if len(values) >= k])
