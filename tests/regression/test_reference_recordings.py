"""Real recordings against their references: the figures of the README's accuracy table."""

import numpy as np
import pandas as pd
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.names import Side, Task
from imu_hip.recording.formats import open_recording
from tests.benchmark import accuracy


@pytest.mark.parametrize("part", [accuracy.isen, accuracy.running, accuracy.sitting])
def test_the_bars_of_the_accuracy_table_are_met(reference_data, part):
    for what, measured, bar in part(reference_data):
        if bar:
            limit = float(bar.removeprefix("<= ").removesuffix("°"))
            assert abs(float(measured.split("°")[0])) <= limit, (what, measured)


def test_the_signs_are_those_of_the_vendor(reference_data):
    analysis = analyze(open_recording(reference_data / "isen" / "iSen_sensors.csv"))
    vendor = pd.read_csv(reference_data / "isen" / "iSen_angles.csv")
    moving = (analysis.angles.time_s >= 6.0) & (analysis.angles.time_s < 26.0)
    for side, word in ((Side.LEFT, "izquierda"), (Side.RIGHT, "derecha")):
        for ours, theirs in (
            ("hip_rotation", "Rotación cadera"),
            ("hip_adduction", "Aducción-abducción cadera"),
            ("hip_flexion", "Flexo-extensión cadera"),
            ("knee_flexion", "Flexo-extensión rodilla"),
        ):
            angle = analysis.angles.columns[f"{side}_{ours}_deg"][moving]
            reference = vendor[f"{theirs} {word}::Y"].to_numpy()[moving]
            assert np.corrcoef(angle, reference)[0, 1] > 0.9, (side, ours)


def test_jogging_gives_a_curve_for_each_side(reference_data):
    results = analyze(open_recording(reference_data / "isen" / "iSen_sensors.csv")).results
    assert [(r.task, r.side) for r in results] == [(Task.RUN, side) for side in Side]
    for result in results:
        # A stride takes 0.81 s; about twelve are run, and those of the turn do not count.
        assert result.stride_time_s == pytest.approx(0.81, abs=0.03)
        assert 4 <= result.strides <= 11
        assert "a turn" in dict(result.left_out)
        assert result.curve_deg.shape == (101,)


@pytest.mark.parametrize("walker", ["Sub03", "Sub05"])
def test_walkers_walk(reference_data, walker):
    folder = reference_data / "walk_force_plates" / walker
    results = analyze(open_recording(folder / "sensors.csv")).results
    events = pd.read_csv(folder / "events.csv")
    for result in results:
        strikes = events[(events.side == result.side) & (events.event == "foot_strike")].time_s
        assert result.task is Task.WALK
        assert result.stride_time_s == pytest.approx(strikes.diff().median(), rel=0.05)


def test_sitting_down_and_walking_is_no_seated_test(reference_data):
    results = analyze(accuracy.qmt_recording(reference_data)).results
    assert {result.task for result in results} == {Task.WALK}
