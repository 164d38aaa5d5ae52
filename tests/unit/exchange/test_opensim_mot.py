import numpy as np
import pytest

from imu_hip.errors import NothingMeasuredError, OutputError
from imu_hip.exchange.opensim_mot import write_mot


def parts_of(path):
    """Header lines, column names and rows of numbers."""
    head, _, body = path.read_text(encoding="utf-8").partition("endheader\n")
    names, *rows = body.splitlines()
    return head.splitlines(), names.split("\t"), [[float(x) for x in r.split("\t")] for r in rows]


def test_rows_with_every_angle_in_opensims_names(angles, tmp_path):
    # The hip is missing at 2.02 s. The thigh's elevation is no coordinate of OpenSim.
    assert write_mot(angles, tmp_path / "a.mot", ["A note."]) == 1
    head, names, rows = parts_of(tmp_path / "a.mot")
    assert names == [
        "time",
        "hip_flexion_r",
        "hip_adduction_r",
        "hip_rotation_r",
        "knee_angle_r",
        "femoral_rotation_r",
    ]
    assert rows == [
        [2.0, 10.0, -1.0, 5.0, 60.0, 1.0],
        [2.04, 12.0, -3.0, 7.25, 62.0, 3.5],
        [2.06, 13.0, -4.0, 8.0, 63.0, 4.0],
    ]
    assert {"nRows=3", "nColumns=6", "inDegrees=yes", "version=1"} <= set(head)
    said = " ".join(head)
    assert "1 of 4 rows are left out" in said
    assert "not hip_rotation" in said
    assert "A note." in head


def test_the_right_leg_comes_first(make_table, tmp_path):
    columns = {f"{side}_knee_flexion_deg": [1.0, 2.0] for side in ("left", "right")}
    assert write_mot(make_table(**columns), tmp_path / "a.mot") == 0
    head, names, _ = parts_of(tmp_path / "a.mot")
    assert names == ["time", "knee_angle_r", "knee_angle_l"]
    assert "left out" not in " ".join(head)


def test_without_a_pelvis_nothing_is_called_hip(make_table, tmp_path):
    write_mot(make_table(left_femoral_rotation_deg=[1.0, 2.0]), tmp_path / "a.mot")
    _, names, _ = parts_of(tmp_path / "a.mot")
    assert names == ["time", "femoral_rotation_l"]


def test_legs_that_were_never_measured_together(make_table, tmp_path):
    apart = make_table(left_knee_flexion_deg=[1.0, np.nan], right_knee_flexion_deg=[np.nan, 1.0])
    with pytest.raises(NothingMeasuredError, match=r"knee_angle_r, knee_angle_l .* same time"):
        write_mot(apart, tmp_path / "a.mot")
    assert not list(tmp_path.iterdir())


def test_angles_that_opensim_has_no_place_for(make_table, tmp_path):
    with pytest.raises(NothingMeasuredError, match="hip or knee"):
        write_mot(make_table(left_shin_slope_deg=[1.0, 2.0]), tmp_path / "a.mot")


def test_a_failed_write_leaves_the_older_file(angles, make_table, tmp_path):
    path = tmp_path / "a.mot"
    write_mot(angles, path)
    before = path.read_bytes()
    with pytest.raises(NothingMeasuredError):
        write_mot(make_table(left_knee_flexion_deg=[np.nan]), path)
    assert path.read_bytes() == before
    with pytest.raises(OutputError, match="no folder"):
        write_mot(angles, tmp_path / "nowhere" / "a.mot")
