"""Real recordings against their references: the figures of `imu-hip validate`."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.exchange.angle_columns import Angle, column_name
from imu_hip.exchange.angle_reading import read_angle_file
from imu_hip.exchange.estimates import estimate_of_file, estimate_of_recording
from imu_hip.exchange.validating import validate
from imu_hip.names import Side
from imu_hip.recording.formats import open_recording


@pytest.fixture(scope="module", params=["running_virtual", "walk_marker_ik"])
def compared(request, reference_data):
    folder = reference_data / request.param
    analysis = analyze(open_recording(folder / "sensors.csv"))
    reference = read_angle_file(folder / "truth.csv")
    return request.param, analysis, estimate_of_recording(analysis), reference


def test_the_figures_are_those_of_a_plain_comparison(compared):
    # The same definitions with nothing but numpy: the estimate on the reference's times, on the
    # clocks as they stand.
    _, analysis, estimate, reference = compared
    found = validate(estimate, reference, (), 0.0)
    assert len(found.angles) == 6
    for key, agreement in found.angles.items():
        column = analysis.angles.columns[column_name(key)]
        known = np.isfinite(column)
        guess = np.interp(
            reference.time_s, analysis.angles.time_s[known], column[known], np.nan, np.nan
        )
        truth = reference.values[key]
        use = np.isfinite(guess) & np.isfinite(truth)
        error = guess[use] - truth[use]
        assert agreement.covered_percent == pytest.approx(100 * use.mean())
        assert agreement.rms_deg.value == pytest.approx(np.sqrt(np.mean(error**2)))
        assert agreement.rms_without_offset_deg.value == pytest.approx(np.std(error))
        assert agreement.correlation.value == pytest.approx(
            np.corrcoef(guess[use], truth[use])[0, 1]
        )
        excursion = np.ptp(guess[use]) - np.ptp(truth[use])
        assert agreement.excursion_error_deg == pytest.approx(excursion)


MEASURED = {
    # Left and right: RMS without the offset, mean error of a stride's excursion, both in degrees.
    ("running_virtual", Angle.FEMORAL_ROTATION): ((2.4, 1.0), (1.9, -2.4)),
    ("running_virtual", Angle.HIP_ROTATION): ((2.7, 2.6), (2.1, -2.5)),
    ("running_virtual", Angle.KNEE_FLEXION): ((4.8, -7.0), (3.2, -8.7)),
    ("walk_marker_ik", Angle.FEMORAL_ROTATION): ((4.4, 6.6), (3.6, 10.7)),
    ("walk_marker_ik", Angle.HIP_ROTATION): ((5.1, 8.6), (4.1, 5.7)),
    ("walk_marker_ik", Angle.KNEE_FLEXION): ((3.8, 2.3), (2.3, 2.5)),
}
LARGEST_DELAY_S = {"running_virtual": 0.002, "walk_marker_ik": 0.005}
"""Sensors and cameras are on one clock; found were -0.3 ± 0.6 and 2.3 ± 1.1 ms."""


def test_clocks_strides_and_errors_of_the_two_recordings(compared):
    name, _, estimate, reference = compared
    found = validate(estimate, reference, (), 10.0)
    assert abs(found.delay.delay_s) < LARGEST_DELAY_S[name]
    for (side, angle), agreement in found.angles.items():
        rms, excursion = MEASURED[name, angle][side is Side.RIGHT]
        assert agreement.rms_without_offset_deg.value == pytest.approx(rms, abs=0.15)
        assert agreement.units.word == "stride"
        assert agreement.units.excursion.limits.bias.value == pytest.approx(excursion, abs=0.5)
        assert agreement.effective_samples <= len(agreement.units.excursion.estimate_deg)


def test_a_clock_that_is_set_wrong_is_found(compared):
    _, _, estimate, reference = compared
    wrong = replace(reference, time_s=reference.time_s - 0.1234)
    right = validate(estimate, reference, (), 10.0)
    found = validate(estimate, wrong, (), 10.0)
    assert found.delay.delay_s - right.delay.delay_s == pytest.approx(0.1234, abs=0.0005)
    for key, agreement in found.angles.items():
        same = right.angles[key].rms_without_offset_deg.value
        assert agreement.rms_without_offset_deg.value == pytest.approx(same, abs=0.02)


def test_femoral_rotation_of_opensims_own_motion_file(reference_data):
    # truth.csv has the same motion, femoral rotation against the treadmill's direction; seen from
    # where the pelvis faces on average, 8° beside that, it has another offset and the same shape.
    folder = reference_data / "walk_marker_ik"
    motion = read_angle_file(folder / "IKoutput_20to65secs.mot")
    truth = read_angle_file(folder / "truth.csv")
    found = validate(estimate_of_file(motion), truth, (), 10.0)
    assert found.delay.delay_s == pytest.approx(-0.01, abs=0.001)
    for (_, angle), agreement in found.angles.items():
        within = 0.3 if angle is Angle.FEMORAL_ROTATION else 0.01
        assert agreement.rms_without_offset_deg.value < within


def test_opensense_on_the_same_sensors(reference_data):
    # Both start from the same orientations, so this is no accuracy: it shows that names, signs and
    # times of an OpenSim file are understood.
    folder = reference_data / "opensense_gait"
    analysis = analyze(open_recording(folder))
    reference = read_angle_file(folder / "ik_MT_012005D6_009-001_orientations.mot")
    found = validate(estimate_of_recording(analysis), reference, (), 10.0)
    assert abs(found.delay.delay_s) < 0.005
    assert {angle for _, angle in found.angles} == {
        Angle.HIP_FLEXION,
        Angle.HIP_ADDUCTION,
        Angle.HIP_ROTATION,
        Angle.KNEE_FLEXION,
    }
    for (_, angle), agreement in found.angles.items():
        least = 0.6 if angle is Angle.HIP_ADDUCTION else 0.94
        assert agreement.correlation.value > least
        assert agreement.rms_without_offset_deg.value < 6.0
