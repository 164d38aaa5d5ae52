"""Records as rows of tables, and back."""

import math
from dataclasses import fields
from enum import Enum
from numbers import Integral, Real
from typing import Any, Final

from sqlalchemy import RowMapping

from imu_hip.history.errors import HistoryError
from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
)
from imu_hip.names import Direction, Sex, Side, Task, printable

Record = RepetitionRecord | ResultRecord | BoutRecord

_MAY_BE_UNKNOWN: Final = {
    "peak_deg",
    "plateau_s",
    "thigh_elevation_deg",
    "knee_flexion_deg",
    "start_s",
    "end_s",
    "sd_deg",
    "best_deg",
}

RESULT_COLUMNS: Final = tuple(each.name for each in fields(ResultRecord) if each.name != "task")

# A look-up is five times as fast as an enum's constructor, and a trend makes thousands.
TASKS: Final = {task.value: task for task in Task}
SIDES: Final = {side.value: side for side in Side}
MOMENTS: Final = {moment.value: moment for moment in Moment}
MODES: Final = {mode.value: mode for mode in Mode}


def row_of(record: Record) -> dict[str, Any]:
    """The row of a record; what is NaN in it is kept as unknown.

    Raises
    ------
    HistoryError
        Where a number that must be known is NaN or infinite.
    """
    row = {each.name: _column(each.name, getattr(record, each.name)) for each in fields(record)}
    if isinstance(record, RepetitionRecord):
        row["direction"] = row["direction"] or ""
    return row


def person_of(row: RowMapping) -> Person:
    """A person from a row of `people`."""
    sex = None if row["sex"] is None else Sex(row["sex"])
    # No alias holds control characters, unless another program wrote it.
    return Person(row["id"], printable(row["alias"]), sex, row["created_utc"])


def session_of(row: RowMapping, person: Person, recordings: tuple[str, ...]) -> SessionRecord:
    """A session from a row of `sessions`."""
    return SessionRecord(
        id=row["id"],
        person=person,
        protocol=row["protocol"],
        mode=MODES[row["mode"]],
        started_utc=row["started_utc"],
        ended_utc=row["ended_utc"],
        state=SessionState(row["state"]),
        recordings=recordings,
        version=row["version"],
        simulated=row["simulated"],
        comment=row["comment"],
        progress=row["progress"],
    )


def repetition_of(row: RowMapping) -> RepetitionRecord:
    """A repetition from a row of `repetitions`."""
    return RepetitionRecord(
        task=TASKS[row["task"]],
        side=SIDES[row["side"]],
        direction=Direction(row["direction"]) if row["direction"] else None,
        moment=MOMENTS[row["moment"]],
        number=row["number"],
        peak_deg=_known(row["peak_deg"]),
        plateau_s=_known(row["plateau_s"]),
        thigh_elevation_deg=_known(row["thigh_elevation_deg"]),
        knee_flexion_deg=_known(row["knee_flexion_deg"]),
        counted=row["counted"],
        reason=row["reason"],
        recording=row["recording"],
        start_s=_known(row["start_s"]),
        end_s=_known(row["end_s"]),
    )


def result_of(row: RowMapping) -> ResultRecord:
    """A result from a row of `results`."""
    return result_from(TASKS[row["task"]], *(row[name] for name in RESULT_COLUMNS))


def result_from(  # noqa: PLR0917
    task: Task,
    side: str,
    measure: str,
    moment: str,
    value_deg: float,
    sd_deg: float | None,
    repetitions: int,
    sem_deg: float,
    mdc95_deg: float,
) -> ResultRecord:
    """A result from its task and the `RESULT_COLUMNS` of its row."""
    return ResultRecord(
        task,
        SIDES[side],
        measure,
        MOMENTS[moment],
        value_deg,
        sd_deg,
        repetitions,
        sem_deg,
        mdc95_deg,
    )


def bout_of(row: RowMapping) -> BoutRecord:
    """A bout from a row of `bouts`."""
    return BoutRecord(SIDES[row["side"]], row["started_utc"], row["duration_s"], row["best_deg"])


def clean(text: str) -> str:
    """A text that both databases take: without null characters and half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _known(value: float | None) -> float:
    return math.nan if value is None else value


def _column(name: str, value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    if isinstance(value, Integral):
        return int(value)
    number = float(value)
    if math.isfinite(number):
        # Of zero, SQLite forgets the sign.
        return number + 0.0
    if math.isnan(number) and name in _MAY_BE_UNKNOWN:
        return None
    raise HistoryError(
        f"{name} is {number}, which is no measured number.", "Nothing was kept; measure again."
    )
