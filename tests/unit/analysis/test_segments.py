from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.segments import segment_orientations
from imu_hip.errors import NothingMeasuredError
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import SensorStream
from imu_hip.recording.timeline import build_timeline

RECORDINGS = Path(__file__).parents[3] / "recordings"


@pytest.fixture(scope="module")
def isen():
    """A real run of a person with a pelvis sensor."""
    return open_recording(RECORDINGS / "isen.parquet")


def relative(q, above, below):
    """Intrinsic ZXY angles in degrees of one segment in another, by scipy."""
    first, second = (Rotation.from_quat(q[one], scalar_first=True) for one in (above, below))
    return (first.inv() * second).as_euler("ZXY", degrees=True)


def assert_same_angles(recording):
    angles, found = analyze(recording).angles, segment_orientations(recording)
    assert np.array_equal(found.time_s, angles.time_s)
    q = found.q_earth_segment
    for side in Side:
        hip = [angles.columns[f"{side}_hip_{x}_deg"] for x in ("flexion", "adduction", "rotation")]
        known = np.isfinite(np.sum(hip, axis=0))
        assert known.sum() > 400
        whole = {segment: own[known] for segment, own in q.items()}
        got = relative(whole, Segment.PELVIS, THIGH[side]) * (1, side.sign, side.sign)
        assert got == pytest.approx(np.stack(hip, axis=1)[known], abs=1e-6)
        knee = relative(whole, THIGH[side], SHIN[side])
        assert -knee[:, 0] == pytest.approx(
            angles.columns[f"{side}_knee_flexion_deg"][known], abs=1e-6
        )
        assert np.abs(knee[:, 1:]).max() < 1e-6
        # Where no hip angle is told, the pelvis or the femur is not told either.
        both = np.isfinite(q[Segment.PELVIS][:, 0]) & np.isfinite(q[THIGH[side]][:, 0])
        assert not (both & ~known).any()


def test_segments_say_the_same_as_the_hip_angles(isen):
    assert_same_angles(isen)


@pytest.mark.slow
def test_a_pelvis_with_a_heading_of_its_own(isen):
    # Each sensor turned about the vertical by another angle, and raw samples that turn with it:
    # nothing but the lists of the pelvis tells how it faces.
    assert_same_angles(_raw(isen))


def _raw(recording):
    timeline = build_timeline(recording)
    streams = {}
    for place, (segment, q) in enumerate(timeline.q_earth_sensor.items()):
        turn = Rotation.from_euler("z", 50.0 * place, degrees=True)
        turned = turn * Rotation.from_quat(q, scalar_first=True)
        up = turned.inv().apply([0.0, 0.0, 9.81])
        streams[segment] = SensorStream(
            segment,
            timeline.time_s,
            timeline.sampling_rate_hz,
            acc_mps2=up,
            gyr_dps=timeline.gyr_dps[segment],
        )
    return replace(recording, streams=streams)


def test_quaternions_are_unit_continuous_and_upright_in_standing(isen):
    q = segment_orientations(isen).q_earth_segment
    assert list(q) == [
        Segment.PELVIS,
        Segment.LEFT_THIGH,
        Segment.LEFT_SHIN,
        Segment.RIGHT_THIGH,
        Segment.RIGHT_SHIN,
    ]
    for own in q.values():
        whole = own[np.isfinite(own).all(axis=1)]
        assert np.linalg.norm(whole, axis=1) == pytest.approx(1.0)
        assert (np.sum(whole[1:] * whole[:-1], axis=1) > 0.9).all()
        # The person stands in the first second: y of every segment points up.
        up = Rotation.from_quat(whole[:50], scalar_first=True).apply([0.0, 1.0, 0.0])
        assert up[:, 2].min() > np.cos(np.deg2rad(10.0))


def test_without_a_pelvis_sensor(isen):
    legs = {segment: own for segment, own in isen.streams.items() if segment is not Segment.PELVIS}
    with pytest.raises(NothingMeasuredError, match="no pelvis sensor"):
        segment_orientations(replace(isen, streams=legs))
