"""Peaks of the recording replace those measured live, where they are the same movement."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from imu_hip.history.records import Mode, Moment, RepetitionRecord, SessionState
from imu_hip.history.store import open_history
from imu_hip.live.finals import conclude, overlap, with_peak_of
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import OwnError
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.rotation_test import Range, RotationTest
from imu_hip.measures.uncertainty import of_range
from imu_hip.names import Direction, Side, Task

INTERNAL = Direction.INTERNAL
LIVE = RepetitionRecord(
    task=Task.SEATED,
    side=Side.LEFT,
    direction=INTERNAL,
    moment=Moment.TEST,
    number=1,
    peak_deg=35.0,
    plateau_s=1.4,
    thigh_elevation_deg=1.0,
    knee_flexion_deg=88.0,
    counted=True,
    reason="",
    recording="a.parquet",
    start_s=10.0,
    end_s=14.0,
)
OFFLINE = Repetition(INTERNAL, 10.2, 14.2, 11.5, 13.0, 36.1, 1.5, 89.0)


def analysis(*repetitions, side=Side.LEFT):
    empty = Range(INTERNAL, None, None, None)
    test = RotationTest(Task.SEATED, side, empty, empty, of_range(1.0, 1.0, 3), tuple(repetitions))
    return SimpleNamespace(results=(test,))


def test_the_recording_has_the_last_word_on_a_peak():
    better = with_peak_of(LIVE, analysis(OFFLINE))
    assert better == replace(
        LIVE, peak_deg=36.1, plateau_s=1.5, thigh_elevation_deg=1.5, knee_flexion_deg=89.0
    )


@pytest.mark.parametrize(
    "found",
    [
        replace(OFFLINE, direction=Direction.EXTERNAL),
        replace(OFFLINE, reason="the thigh lifted by 14°"),
        # 0.8 of 4 seconds in common are too little to be the same movement.
        replace(OFFLINE, start_s=13.2, end_s=17.2),
        replace(OFFLINE, start_s=20.0, end_s=24.0),
    ],
)
def test_another_movement_changes_nothing(found):
    assert with_peak_of(LIVE, analysis(found)) == LIVE


def test_the_other_leg_changes_nothing():
    assert with_peak_of(LIVE, analysis(OFFLINE, side=Side.RIGHT)) == LIVE


def test_what_does_not_count_stays_as_it_was_told():
    refused = replace(LIVE, counted=False, reason="held for 0.3 s only, 0.5 s needed")
    assert with_peak_of(refused, analysis(OFFLINE)) == refused


def test_of_two_the_one_that_lasts_with_it_is_taken():
    near = replace(OFFLINE, start_s=9.0, end_s=12.1, peak_deg=20.0)
    assert with_peak_of(LIVE, analysis(near, OFFLINE)).peak_deg == 36.1


@pytest.mark.parametrize(
    ("start_s", "end_s", "part"),
    [
        (10.0, 14.0, 1.0),
        # Inside the other, the shorter one is covered whole.
        (11.0, 12.0, 1.0),
        (12.0, 16.0, 0.5),
        (14.0, 15.0, 0.0),
        (11.0, 11.0, 0.0),
    ],
)
def test_overlap_is_a_part_of_the_shorter_one(start_s, end_s, part):
    found = replace(OFFLINE, start_s=start_s, end_s=end_s)
    assert overlap(found, LIVE) == pytest.approx(part)


def test_the_end_of_a_session_takes_the_own_error_of_the_person(tmp_path):
    """Against last time, 7° more: within the published 9°, more than an own error of 5.8°."""
    own = OwnError(Task.SEATED, "internal", "Anna", Interval(1.3, 0.9, 2.1), 11, 12, 1)
    with open_history(str(tmp_path / "history.sqlite")) as history:
        anna = history.add_person("Anna")
        numbers = []
        for more_deg in (0.0, 7.0):
            begun = history.begin_session(anna, "x", Mode.ACTIVE, simulated=False, recording="")
            for count in range(1, 4):
                done = replace(LIVE, number=count, peak_deg=35.0 + more_deg, recording="")
                history.add_repetition(begun.id, done)
            numbers.append(begun.id)
            told = _concluded(history, begun.id)
        assert "No measurable difference" in told
        history.keep_own_errors([own], anna, Mode.ACTIVE, simulated=False)
        told = _concluded(history, numbers[1])
    assert "7° more than last time" in told
    assert "own measurement error between days of 6°, from 12 repeated sessions of Anna" in told


def _concluded(history, session):
    errors_deg = dict.fromkeys(Side, 1.0)
    done = conclude(
        history, session, SessionState.FINISHED, title="Test", calibration_deg=errors_deg
    )
    return " ".join(done.sentences)
