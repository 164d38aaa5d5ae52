"""The parts that formats share: names, rates, units and counters."""

import numpy as np
import pytest

from imu_hip.errors import RecordingError
from imu_hip.names import GRAVITY_MPS2, OPENSIM_NAME, Segment
from imu_hip.recording.formats.counters import common_start, unwrapped
from imu_hip.recording.formats.files import HEAD_BYTES, decode, head_of
from imu_hip.recording.formats.sampling import sampling_rate_hz
from imu_hip.recording.formats.segment_names import is_other_body_part, segment_from_name
from imu_hip.recording.formats.units import acceleration_in_mps2

NAMES = {
    Segment.PELVIS: ("Pelvis_20210820_202113_836", "sacrum", "hip", "PELVIS", "pelvis_imu"),
    Segment.LEFT_THIGH: ("LFemur_20210820", "thigh_L", "left upper leg", "LUL", "UpperLegLeft"),
    Segment.LEFT_SHIN: ("left-shin", "LTibia", "L_lower_leg", "shank l", "tibia_l_imu_offset_imu"),
    Segment.RIGHT_THIGH: ("rightThigh", "RThigh", "femur_r_imu", "R UL", "rthigh"),
    Segment.RIGHT_SHIN: ("RTibia", "shank_right", "RIGHT_SHIN", "Right_Lower_Leg", "shinR"),
}


@pytest.mark.parametrize(
    ("name", "segment"), [(name, segment) for segment in NAMES for name in NAMES[segment]]
)
def test_names_of_segments(name, segment):
    assert segment_from_name(name) is segment
    assert not is_other_body_part(name)


def test_the_names_of_this_project_and_of_opensense_are_understood():
    assert all(segment_from_name(segment) is segment for segment in Segment)
    assert all(segment_from_name(name) is segment for segment, name in OPENSIM_NAME.items())


@pytest.mark.parametrize(
    "name", ["", "thigh", "left", "left_right_thigh", "left_thigh_shin", "left_hip", "D422CD0031"]
)
def test_names_that_do_not_tell(name):
    assert segment_from_name(name) is None
    assert not is_other_body_part(name)


@pytest.mark.parametrize(
    "name", ["calcn_r_imu", "torso_imu", "LeftFoot", "head", "right upper arm"]
)
def test_other_body_parts(name):
    assert segment_from_name(name) is None
    assert is_other_body_part(name)


@pytest.mark.parametrize(
    ("time_s", "rate_hz"),
    [
        (np.arange(100) / 100, 100.0),
        (np.round(np.arange(100) / 120, 5), 120.0),
        (np.round(np.arange(100) / 60, 3), 60.0),
        (np.arange(100) / 286.5, 286.5),
        (np.delete(np.arange(500), np.arange(100, 140)) / 50, 50.0),
        (np.arange(300)[np.random.default_rng(3).random(300) < 0.55] / 60, 60.0),
        (np.arange(300) / 60 + np.random.default_rng(4).uniform(-0.003, 0.003, 300), 60.0),
        (1.7e9 + np.arange(100) / 100, 100.0),
    ],
)
def test_the_rate_behind_time_stamps(time_s, rate_hz):
    assert sampling_rate_hz(time_s) == pytest.approx(rate_hz, rel=2e-3)


def test_no_rate_without_two_times_in_order():
    assert np.isnan(sampling_rate_hz(np.zeros(3)))
    assert np.isnan(sampling_rate_hz(np.zeros(1)))


class TestUnits:
    def rest_and_run(self, gravity, rest_s=1.0):
        rng = np.random.default_rng(5)
        rest = np.tile([0.6 * gravity, 0.8 * gravity, 0.0], (round(100 * rest_s), 1))
        run = gravity * (np.array([0.6, 0.8, 0.0]) + rng.normal(0, 1.0, (400, 3)))
        return np.concatenate((run[:200], rest + rng.normal(0, 0.01 * gravity, rest.shape), run))

    def test_metres_are_left_alone(self):
        acc = self.rest_and_run(9.7)
        same, warning = acceleration_in_mps2(acc, 100.0, Segment.PELVIS)
        assert same is acc
        assert warning is None

    def test_g_is_converted(self):
        acc = self.rest_and_run(1.03)
        converted, warning = acceleration_in_mps2(acc, 100.0, Segment.LEFT_SHIN)
        np.testing.assert_array_equal(converted, acc * GRAVITY_MPS2)
        assert "left shin was in g" in warning

    @pytest.mark.parametrize("gravity", [0.5, 4.9, 12.0, 1000.0, 0.0])
    def test_anything_else_at_rest_is_refused(self, gravity):
        with pytest.raises(RecordingError, match="right thigh sensor at rest"):
            acceleration_in_mps2(self.rest_and_run(gravity), 100.0, Segment.RIGHT_THIGH)

    @pytest.mark.parametrize(("gravity", "factor"), [(9.81, 1.0), (1.0, GRAVITY_MPS2)])
    def test_without_rest_only_g_is_told_apart(self, gravity, factor):
        acc = self.rest_and_run(gravity, rest_s=0.0)
        converted, _ = acceleration_in_mps2(acc, 100.0, Segment.PELVIS)
        np.testing.assert_array_equal(converted, acc * factor)

    def test_one_sample_tells_nothing(self):
        acc = np.array([[0.0, 0.0, 1.0]])
        assert acceleration_in_mps2(acc, 100.0, Segment.PELVIS) == (acc, None)


class TestCounters:
    def test_a_wrap_goes_on(self):
        counts = np.array([65534.0, 65535, 0, 3])
        np.testing.assert_array_equal(unwrapped(counts, 2**16), [0, 1, 2, 5])

    def test_a_small_step_back_stays_one(self):
        np.testing.assert_array_equal(unwrapped(np.array([5.0, 6, 4]), 2**16), [0, 1, -1])

    def test_counts_beyond_the_modulus_do_not_wrap(self):
        np.testing.assert_array_equal(unwrapped(np.array([65530.0, 65540]), 2**16), [0, 10])

    def test_the_earliest_sensor_starts_at_zero(self):
        firsts = {Segment.PELVIS: 3.0, Segment.LEFT_THIGH: 65530.0, Segment.LEFT_SHIN: 10.0}
        assert common_start(firsts, 2**16) == {
            Segment.PELVIS: 9.0,
            Segment.LEFT_THIGH: 0.0,
            Segment.LEFT_SHIN: 16.0,
        }


def test_text_in_any_encoding_is_decoded():
    assert decode("© é".encode()) == "© é"
    assert decode("© é".encode("latin-1")) == "© é"
    assert decode(b"\xef\xbb\xbfa") == "a"


def test_the_head_of_a_file_is_whole_lines():
    line = "©" * 99 + "\n"
    head = head_of((line * 1000).encode())
    assert len(head) <= HEAD_BYTES
    assert set(decode(head).splitlines(keepends=True)) == {line}
    assert head_of(b"short") == b"short"
    assert len(head_of(bytes(10**6))) == HEAD_BYTES
