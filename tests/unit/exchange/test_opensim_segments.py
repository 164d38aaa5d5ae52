import numpy as np
import pytest

from imu_hip.analysis.segments import SegmentOrientations
from imu_hip.errors import NothingMeasuredError
from imu_hip.exchange.opensim_segments import write_segments_sto
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording


def orientations(missing_pelvis=(), missing_thigh=()):
    turn = np.deg2rad([0.0, 20.0, 40.0, 60.0])
    zero = np.zeros(4)
    pelvis = np.stack((np.cos(turn), np.sin(turn), zero, zero), axis=1)
    thigh = np.stack((np.cos(turn), zero, zero, np.sin(turn)), axis=1)
    pelvis[list(missing_pelvis)] = np.nan
    thigh[list(missing_thigh)] = np.nan
    time_s = np.array([1.0, 1.25, 1.5, 1.75])
    return SegmentOrientations(time_s, 4.0, {Segment.PELVIS: pelvis, Segment.RIGHT_THIGH: thigh})


def test_segments_come_back_as_sensors_on_them(tmp_path):
    path = tmp_path / "a.sto"
    segments = orientations(missing_pelvis=[1])
    assert write_segments_sto(segments, path) == 1
    text = path.read_text(encoding="utf-8")
    assert "calibrated segments" in text
    assert "nan" not in text
    assert "time\tpelvis_imu\tfemur_r_imu\n" in text
    streams = open_recording(path).streams
    for segment, q in segments.q_earth_segment.items():
        assert streams[segment].time_s.tolist() == [1.0, 1.5, 1.75]
        assert streams[segment].q_earth_sensor == pytest.approx(q[[0, 2, 3]])


def test_segments_that_were_never_measured_together(tmp_path):
    with pytest.raises(NothingMeasuredError, match="pelvis, right thigh"):
        write_segments_sto(orientations([0, 1], [2, 3]), tmp_path / "a.sto")
    assert not list(tmp_path.iterdir())
