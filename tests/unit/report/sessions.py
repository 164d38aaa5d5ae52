"""Guided sessions as a history keeps them, from peaks that are known."""

from datetime import UTC, datetime, timedelta

from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    SessionRecord,
    SessionState,
    TrendPoint,
)
from imu_hip.names import Direction, Side, Task
from imu_hip.report.from_history import result_records
from imu_hip.report.session_material import SessionMaterial

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
CALIBRATION_DEG = {Side.LEFT: 1.2, Side.RIGHT: 1.2}
PERSON = Person(1, "Kim", None, NOON)
USUAL = {
    (Side.LEFT, Direction.INTERNAL): (30.2, 31.5, 31.1),
    (Side.LEFT, Direction.EXTERNAL): (39.0, 41.2, 40.1),
    (Side.RIGHT, Direction.INTERNAL): (38.6, 39.4, 39.2),
    (Side.RIGHT, Direction.EXTERNAL): (41.0, 42.5, 43.0),
}


def session_record(number=12, started_utc=NOON, **kwargs):
    values = {
        "person": PERSON,
        "protocol": "seated_rotation",
        "mode": Mode.ACTIVE,
        "ended_utc": started_utc + timedelta(minutes=4),
        "state": SessionState.FINISHED,
        "recordings": ("/somewhere/2026-03-03_120000_seated.parquet",),
        "version": "0.1.0",
        "simulated": False,
        "comment": "",
        "progress": "",
    }
    return SessionRecord(id=number, started_utc=started_utc, **(values | kwargs))


def repetition(side, direction, peak_deg, number=1, at_s=60.0, **kwargs):
    values = {
        "task": Task.SEATED,
        "moment": Moment.TEST,
        "plateau_s": 2.0,
        "thigh_elevation_deg": 1.0,
        "knee_flexion_deg": 91.0,
        "counted": True,
        "reason": "",
        "recording": "/somewhere/2026-03-03_120000_seated.parquet",
        "start_s": at_s,
        "end_s": at_s + 5.0,
    }
    return RepetitionRecord(
        side=side, direction=direction, number=number, peak_deg=peak_deg, **(values | kwargs)
    )


def repetitions(peaks=None, more_deg=0.0, **kwargs):
    """Repetitions of every leg and direction, in the order in which they are done."""
    found = []
    for (side, direction), values in (peaks or USUAL).items():
        for number, peak_deg in enumerate(values, 1):
            at_s = 60.0 + 7.0 * len(found)
            found.append(repetition(side, direction, peak_deg + more_deg, number, at_s, **kwargs))
    return tuple(found)


def crossings(left=(24.0, 22.0, 23.0), right=(11.0, 12.5, 12.0), **kwargs):
    peaks = {(Side.LEFT, None): left, (Side.RIGHT, None): right}
    return repetitions(peaks, task=Task.CROSS_LEGGED, thigh_elevation_deg=17.0, **kwargs)


def results(peaks=None, more_deg=0.0, **kwargs):
    return result_records(repetitions(peaks, more_deg, **kwargs), CALIBRATION_DEG)


def material(done=None, **kwargs):
    done = repetitions() if done is None else done
    values = {
        "session": session_record(),
        "title": "Seated rotation test",
        "repetitions": done,
        "results": result_records(done, CALIBRATION_DEG),
        "calibration_deg": CALIBRATION_DEG,
    }
    return SessionMaterial(**(values | kwargs))


def bouts(started_utc=NOON, order="LRL"):
    sides = {"L": Side.LEFT, "R": Side.RIGHT}
    return tuple(
        BoutRecord(sides[letter], started_utc + timedelta(seconds=50 * i), 45.0, 38.0)
        for i, letter in enumerate(order)
    )


def trend_points(days_and_more, peaks=None, start=NOON, **kwargs):
    """Results of sessions, `days_and_more` being (days after the start, degrees more)."""
    return tuple(
        TrendPoint(number, start + timedelta(days=days), Mode.ACTIVE, result)
        for number, (days, more_deg) in enumerate(days_and_more, 1)
        for result in results(peaks, more_deg, **kwargs)
    )
