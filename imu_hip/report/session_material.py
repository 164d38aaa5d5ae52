"""What the report of a guided session is made of, read from a history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from imu_hip.analysis.quality import sensor_quality
from imu_hip.analysis.results import SensorQuality
from imu_hip.errors import ImuHipError
from imu_hip.history.records import (
    BoutRecord,
    Moment,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
)
from imu_hip.history.store import History
from imu_hip.measures.own_error import OwnErrors
from imu_hip.names import Side, Task
from imu_hip.report.dates import local_day


@dataclass(frozen=True, slots=True)
class SessionMaterial:
    """One session with everything that its report tells.

    Parameters
    ----------
    title
        What was done, such as the title of the protocol.
    bouts, bouts_today
        Bouts of this session, and of the whole day.
    last, last_day
        The newest earlier results of the same person, mode and tasks, and when they are from.
    calibration_deg
        Standard uncertainty that each leg's calibration gives to a rotation, where it is known.
    sensors
        What the sensors delivered, where the recording is at hand.
    own
        Own errors between days that hold for the person, mode and kind of sensors.
    """

    session: SessionRecord
    title: str
    repetitions: tuple[RepetitionRecord, ...]
    results: tuple[ResultRecord, ...]
    bouts: tuple[BoutRecord, ...] = ()
    bouts_today: tuple[BoutRecord, ...] = ()
    last: tuple[ResultRecord, ...] = ()
    last_day: Mapping[Task, date] = field(default_factory=dict)
    calibration_deg: Mapping[Side, float] = field(default_factory=dict)
    sensors: tuple[SensorQuality, ...] = ()
    own: OwnErrors = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the session."""
        return local_day(self.session.started_utc)

    @property
    def with_test_before(self) -> tuple[ResultRecord, ...]:
        """The results, with those of an earlier session of the day where a retest needs them."""
        here = {result.task for result in self.results if result.moment is Moment.TEST}
        borrowed = (
            result
            for result in self.last
            if result.task not in here and self.last_day.get(result.task) == self.day
        )
        return (*borrowed, *self.results)


def read_session(
    history: History,
    session: int,
    title: str = "",
    calibration_deg: Mapping[Side, float] | None = None,
) -> SessionMaterial:
    """Read one session for its report.

    Parameters
    ----------
    title
        Title of the protocol; its name where empty.

    Raises
    ------
    HistoryError
        Where the history has no such session.
    """
    record = history.session(session)
    results = history.results(session)
    tasks = tuple(dict.fromkeys(result.task for result in results))
    day = local_day(record.started_utc)
    last = history.last_results(
        record.person, tasks, record.mode, session, simulated=record.simulated
    )
    return SessionMaterial(
        session=record,
        title=title or record.protocol.replace("_", " ").replace("-", " ").capitalize(),
        repetitions=history.repetitions(session),
        results=results,
        bouts=history.session_bouts(session),
        bouts_today=history.bouts(record.person, day),
        last=last,
        last_day={
            task: then
            for task in {result.task for result in last}
            if (then := _last_day(history, record, task)) is not None
        },
        calibration_deg=calibration_deg or {},
        sensors=_sensors(record),
        own=history.own_errors(record.person, record.mode, simulated=record.simulated),
    )


def _last_day(history: History, record: SessionRecord, task: Task) -> date | None:
    before = [
        point.started_utc
        for point in history.trend(record.person, task, record.mode, simulated=record.simulated)
        if point.started_utc < record.started_utc and point.result.moment is Moment.TEST
    ]
    return local_day(before[-1]) if before else None


def _sensors(record: SessionRecord) -> tuple[SensorQuality, ...]:
    from imu_hip.recording.formats import open_recording  # noqa: PLC0415

    for name in record.recordings:
        path = Path(name)
        if not path.is_file():
            continue
        try:
            return sensor_quality(open_recording(path))
        except ImuHipError:
            # A report is no place to fail over a recording that has become unreadable.
            continue
    return ()
