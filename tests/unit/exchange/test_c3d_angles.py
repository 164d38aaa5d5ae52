import sys

import numpy as np
import pytest

from imu_hip.errors import OutputError
from imu_hip.exchange.angle_columns import MEANING, SIGNS, Angle
from imu_hip.exchange.c3d_angles import MOST_FRAMES, write_c3d

NOTES = ("Simulated, not measured on a person.", "A second note.")


@pytest.fixture
def read(tmp_path):
    ezc3d = pytest.importorskip("ezc3d")

    def read(angles):
        write_c3d(angles, tmp_path / "a.c3d", NOTES)
        assert [file.name for file in tmp_path.iterdir()] == ["a.c3d"]
        return ezc3d.c3d(str(tmp_path / "a.c3d"))

    return read


def test_angles_come_back(read, angles):
    file = read(angles)
    point = {
        name: own["value"] for name, own in file["parameters"]["POINT"].items() if name[0] != "_"
    }
    labels = ["RHipAngles", "RKneeAngles", "RFemurRotation", "RThighElevation"]
    assert point["LABELS"] == labels
    assert point["ANGLES"] == labels
    assert point["TYPE_GROUPS"] == ["ANGLES"]
    assert set(point["UNITS"]) == {"deg"}
    assert point["RATE"] == [50.0]
    assert point["DESCRIPTIONS"][0] == "x hip flexion, y hip adduction, z hip rotation"
    assert point["DESCRIPTIONS"][1] == "x knee flexion, y not measured (0), z not measured (0)"
    values = file["data"]["points"]
    hip = values[:3, 0]
    # ezc3d shows points with residual -1 as NaN; the format keeps 32 bits of a number.
    assert np.isnan(hip[:, 1]).all()
    assert hip[:, [0, 2, 3]].T.tolist() == [[10, -1, 5], [12, -3, 7.25], [13, -4, 8]]
    assert values[0, 1].tolist() == [60.0, 61.0, 62.0, 63.0]
    assert values[2, 2].tolist() == [1.0, -2.0, 3.5, 4.0]
    residuals = file["data"]["meta_points"]["residuals"][0]
    assert residuals[0].tolist() == [0.0, -1.0, 0.0, 0.0]
    assert residuals[3].tolist() == [0.0, 0.0, 0.0, -1.0]
    own = file["parameters"]["IMU_HIP"]
    assert own["START_TIME_S"]["value"] == [2.0]
    assert own["SIGNS"]["value"] == [SIGNS]
    # Longer than the 127 characters that a careless reader keeps.
    assert own["FEMORAL_ROTATION"]["value"] == [MEANING[Angle.FEMORAL_ROTATION]]
    assert own["NOTES"]["value"] == list(NOTES)


def test_both_legs_are_told_apart(read, make_table):
    file = read(make_table(left_knee_flexion_deg=[1.0, 2.0], right_knee_flexion_deg=[3.0, 4.0]))
    assert file["parameters"]["POINT"]["LABELS"]["value"] == ["LKneeAngles", "RKneeAngles"]
    assert file["data"]["points"][0].tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_as_many_frames_as_the_format_counts(read, make_table):
    most = np.arange(MOST_FRAMES, dtype=float)
    file = read(make_table(left_knee_flexion_deg=most))
    assert file["data"]["points"][0, 0, -1] == MOST_FRAMES - 1


def test_more_frames_are_refused(make_table, tmp_path):
    # 65,535 frames at 50 Hz are 1310.7 s.
    with pytest.raises(OutputError, match=r"65,535 frames.*at most 1311 s at once"):
        write_c3d(make_table(left_knee_flexion_deg=np.zeros(MOST_FRAMES + 1)), tmp_path / "a.c3d")
    assert not list(tmp_path.iterdir())


def test_a_missing_extra_is_one_sentence(angles, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(OutputError, match=r"pip install 'imu-hip\[c3d\]'"):
        write_c3d(angles, tmp_path / "a.c3d")
    assert not list(tmp_path.iterdir())
