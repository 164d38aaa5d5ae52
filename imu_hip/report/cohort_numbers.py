"""The numbers of a cohort by test, measure and group: each person counts once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from imu_hip.cohort.columns import (
    MDC95,
    MEASURE,
    PERSON,
    QUALITY,
    RECORDING,
    SIDE,
    TASK,
    UNIT,
    VALUE,
)
from imu_hip.cohort.reading import read_table
from imu_hip.cohort.tidy import GOOD, SIMULATED
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Interval
from imu_hip.measures.gait_quantities import GaitQuantity, less
from imu_hip.measures.group_means import mean_of
from imu_hip.names import Side, Task

if TYPE_CHECKING:
    import pandas as pd

NOT_GIVEN: Final = "not given"
_GROUP: Final = "group of the page"
_NEEDED: Final = [PERSON, RECORDING, TASK, SIDE, MEASURE, VALUE, UNIT, MDC95, QUALITY]


@dataclass(frozen=True, slots=True, eq=False)
class GroupValues:
    """One measure in one group.

    Parameters
    ----------
    group
        Its name, '' where there is one group only.
    people
        How many people have a value.
    sides
        The mean of each person's recordings, shape (n,) for each side.
    both
        The mean of both sides of each person who has both, shape (m,).
    difference, mdc95
        Right minus left of the same people, and the smallest that can be told from chance.
    """

    group: str
    people: int
    sides: dict[Side, FloatArray]
    both: FloatArray
    difference: FloatArray
    mdc95: FloatArray

    def mean(self, side: Side) -> Interval | None:
        """Mean of one side over people, None where there is nobody."""
        return mean_of(self.sides[side]) if len(self.sides[side]) else None

    @property
    def measurable(self) -> int:
        """People whose sides differ by more than chance."""
        return int(np.sum(np.abs(self.difference) > self.mdc95))


@dataclass(frozen=True, slots=True, eq=False)
class MeasureValues:
    """One measure of one test in all groups."""

    task: Task
    measure: str
    unit: str
    groups: tuple[GroupValues, ...]

    @property
    def timing(self) -> bool:
        """Whether it is a time in the stride, which starts again after 100 %."""
        return _is_timing(self.measure)


@dataclass(frozen=True, slots=True, eq=False)
class CohortNumbers:
    """Everything that the page of a cohort tells in numbers.

    Parameters
    ----------
    measures
        In the order of tests and of the table.
    people, recordings, remarked
        How many have a value; recordings with a value whose quality is not good.
    simulated
        Whether a recording is simulated.
    apart
        Whether nobody is in two groups, so that the groups can be compared.
    """

    measures: tuple[MeasureValues, ...]
    groups: tuple[str, ...]
    people: int
    recordings: int
    remarked: int
    simulated: bool
    apart: bool

    def of(self, task: Task) -> tuple[MeasureValues, ...]:
        """Measures of one test."""
        return tuple(one for one in self.measures if one.task is task)


def read_numbers(table: Path, group: str | None) -> CohortNumbers:
    """Read a tidy table, .parquet or .csv, and divide it by one of its columns."""
    columns = [*dict.fromkeys([*_NEEDED, *([group] if group else [])])]
    frame = read_table(table, columns)
    frame[_GROUP] = _group_names(frame[group]) if group else ""
    quality = frame[[RECORDING, QUALITY]].drop_duplicates()
    told = quality[QUALITY].str.removeprefix(SIMULATED).str.removeprefix("; ")
    in_groups = frame[[PERSON, _GROUP]].drop_duplicates()
    return CohortNumbers(
        measures=tuple(_measures(frame)),
        groups=tuple(_in_order(in_groups[_GROUP].unique())),
        people=int(frame[PERSON].nunique()),
        recordings=int(frame[RECORDING].nunique()),
        remarked=int(quality[RECORDING][~told.isin(["", GOOD])].nunique()),
        simulated=bool(quality[QUALITY].str.startswith(SIMULATED).any()),
        apart=not in_groups[PERSON].duplicated().any(),
    )


def _group_names(column: "pd.Series[str]") -> "pd.Series[str]":
    if column.dtype.kind == "f":
        # 15 digits: all that a decimal number keeps on its way through a float. Fewer would put
        # long numbers of two groups together, more would show 0.1 as 0.10000000000000001.
        return column.map(lambda number: NOT_GIVEN if np.isnan(number) else f"{number:.15g}")
    return column.fillna("").astype(str).replace("", NOT_GIVEN)


def _in_order(names: Iterable[str]) -> list[str]:
    """Groups by name, what is not given last."""
    return sorted(names, key=lambda name: (name == NOT_GIVEN, name))


def _measures(frame: "pd.DataFrame") -> Iterator[MeasureValues]:
    for task in Task:
        own = frame[frame[TASK] == task.value]
        for measure in own[MEASURE].unique().tolist():
            part = own[own[MEASURE] == measure]
            if _is_timing(measure):
                part = part.assign(**{VALUE: _about_their_mean(part[VALUE].to_numpy())})
            by_group = dict(iter(part.groupby(_GROUP)))
            groups = tuple(_group(name, by_group[name]) for name in _in_order(by_group))
            yield MeasureValues(task, measure, str(part[UNIT].iloc[0]), groups)


def _is_timing(measure: str) -> bool:
    return measure in set(GaitQuantity) and GaitQuantity(measure).timing


def _about_their_mean(percent: FloatArray) -> FloatArray:
    """Times in a stride without the jump from 100 to 0 %."""
    angle = np.deg2rad(3.6 * percent)
    middle = np.rad2deg(np.arctan2(np.sin(angle).mean(), np.cos(angle).mean())) / 3.6 % 100.0
    away = less(GaitQuantity.PEAK_INTERNAL_AT, percent, np.full(len(percent), middle))
    about: FloatArray = middle + away
    return about


def _group(name: str, frame: "pd.DataFrame") -> GroupValues:
    import pandas as pd  # noqa: PLC0415

    by_person = frame.groupby([PERSON, SIDE])[VALUE].mean()
    sides = {
        side: by_person[by_person.index.get_level_values(SIDE) == side.value].to_numpy()
        for side in Side
    }
    count = int(frame[PERSON].nunique())
    if frame[SIDE].nunique() < len(Side):
        nothing = np.empty(0)
        return GroupValues(name, count, sides, nothing, nothing, nothing)
    # Sides are compared within a recording, whose errors they partly share.
    wide = frame.pivot_table(index=[PERSON, RECORDING], columns=SIDE, values=[VALUE, MDC95])
    wide = wide.dropna()
    left, right = (wide[VALUE, side.value].to_numpy() for side in Side)
    errors = [wide[MDC95, side.value].to_numpy() for side in Side]
    # As the errors of one recording are: the mean of several is better known, but by how much is
    # not, since a sensor that is put on the same way each time errs the same way each time.
    pairs = {
        "both": 0.5 * (left + right),
        "difference": right - left,
        "squared": 0.5 * (errors[0] ** 2 + errors[1] ** 2),
    }
    people = pd.DataFrame(pairs, index=wide.index).groupby(level=PERSON).mean()
    return GroupValues(
        group=name,
        people=count,
        sides=sides,
        both=people["both"].to_numpy(),
        difference=people["difference"].to_numpy(),
        mdc95=np.sqrt(people["squared"].to_numpy()),
    )
