import numpy as np
import pytest

from imu_hip.errors import NothingMeasuredError
from imu_hip.exchange.angle_columns import MEANING, Angle, measured_angles, of_side, part_of
from imu_hip.names import Side


def test_only_what_was_measured_is_kept_left_before_right(make_table):
    angles = make_table(
        right_knee_flexion_deg=[1.0, np.nan],
        left_hip_rotation_deg=[np.nan, 2.0],
        left_knee_flexion_deg=[np.nan, np.nan],
        left_femoral_rotation_deg=[0.0, 0.0],
    )
    assert list(measured_angles(angles).values) == [
        (Side.LEFT, Angle.FEMORAL_ROTATION),
        (Side.LEFT, Angle.HIP_ROTATION),
        (Side.RIGHT, Angle.KNEE_FLEXION),
    ]


def test_nothing_measured_is_said(make_table):
    with pytest.raises(NothingMeasuredError, match="No angle was measured"):
        measured_angles(make_table(left_knee_flexion_deg=[np.nan, np.nan]))


def test_every_angle_has_a_meaning():
    assert set(MEANING) == set(Angle)
    assert "not the rotation of the hip joint" in MEANING[Angle.FEMORAL_ROTATION]


def test_a_part_is_half_open(angles):
    # Samples lie at 2.00, 2.02, 2.04 and 2.06 s.
    part = part_of(angles, 2.02, 2.06)
    assert part.time_s.tolist() == pytest.approx([2.02, 2.04])
    assert part.columns["right_knee_flexion_deg"].tolist() == [61.0, 62.0]


@pytest.mark.parametrize("part", [(0.0, 2.0), (2.07, 9.0), (2.04, 2.04), (2.05, 2.01)])
def test_a_part_without_samples_is_refused(angles, part):
    with pytest.raises(NothingMeasuredError, match=r"lasts from 2\.00 to 2\.06 s"):
        part_of(angles, *part)


def test_one_leg(angles):
    assert not measured_angles(of_side(angles, Side.RIGHT)).values.keys() & {Side.LEFT}
    with pytest.raises(NothingMeasuredError):
        measured_angles(of_side(angles, Side.LEFT))
