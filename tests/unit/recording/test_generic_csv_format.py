import numpy as np
import pytest

from imu_hip.errors import RecordingError
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats import open_recording

N = 60

WIDE_MAP = """
separator = ";"
decimal_point = ","
skip_lines = 2
time = {column = "t", unit = "ms"}

[segments.left_thigh]
acc = {columns = ["ax", "ay", "az"], unit = "g"}
gyr = {columns = ["gx", "gy", "gz"], unit = "rad/s"}

[segments.pelvis]
quaternion = {columns = ["w", "x", "y", "z"]}
mag = {columns = ["ax", "ay", "az"]}
"""
WIDE = "\n".join(
    (
        "made by hand",
        "",
        "t;ax;ay;az;gx;gy;gz;w;x;y;z",
        *(f"{1000 + 10 * i};0;0;1,0;0,5;0;0;1;0;0;0" for i in range(N)),
    )
)

LONG_MAP = """
segment_column = "sensor"
time = {column = "t", unit = "us"}
[columns]
acc = {columns = ["ax", "ay", "az"], unit = "m/s2"}
gyr = {columns = ["gx", "gy", "gz"], unit = "deg/s"}
[segments.left_shin]
name = "IMU 3"
[segments.right_shin]
name = "IMU 4"
"""
LONG = "\n".join(
    (
        "sensor,t,ax,ay,az,gx,gy,gz",
        *(
            f"IMU {3 + i % 3},{20_000 * (i // 3) + 1_700_000_000_000_000},0,9.8,0,{i},0,0"
            for i in range(3 * N)
        ),
    )
)


@pytest.fixture
def write(tmp_path):
    def write(csv, toml, name="a.toml"):
        (tmp_path / name).write_text(toml, encoding="utf-8")
        path = tmp_path / "a.csv"
        path.write_text(csv, encoding="utf-8")
        return path

    return write


def refused(path, *patterns):
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    for pattern in patterns:
        assert pattern in str(caught.value)


@pytest.mark.parametrize("name", ["a.toml", "map.toml"])
def test_sensors_side_by_side(write, name):
    read = open_recording(write(WIDE, WIDE_MAP, name))
    thigh, pelvis = read.streams[Segment.LEFT_THIGH], read.streams[Segment.PELVIS]
    np.testing.assert_allclose(thigh.time_s, 1 + np.arange(N) / 100)
    assert thigh.sampling_rate_hz == 100.0
    np.testing.assert_allclose(thigh.acc_mps2[0], [0, 0, GRAVITY_MPS2])
    np.testing.assert_allclose(thigh.gyr_dps[0], [np.degrees(0.5), 0, 0])
    assert pelvis.acc_mps2 is None
    np.testing.assert_allclose(pelvis.mag_au[0], [0, 0, 1])
    assert read.warnings == ()
    assert read.log[0].details["map"] == name


def test_sensors_in_alternating_rows(write):
    read = open_recording(write(LONG, LONG_MAP))
    assert list(read.streams) == [Segment.LEFT_SHIN, Segment.RIGHT_SHIN]
    shin = read.streams[Segment.RIGHT_SHIN]
    assert (len(shin.time_s), shin.sampling_rate_hz) == (N, 50.0)
    np.testing.assert_array_equal(shin.gyr_dps[:, 0], 3 * np.arange(N) + 1)
    # Dates are counted from the first sample.
    np.testing.assert_allclose(shin.time_s, np.arange(N) / 50, atol=1e-6)


def test_a_rate_may_stand_in_for_time(write):
    toml = LONG_MAP.replace('time = {column = "t", unit = "us"}', "sampling_rate_hz = 25")
    shin = open_recording(write(LONG, toml)).streams[Segment.LEFT_SHIN]
    np.testing.assert_allclose(shin.time_s, np.arange(N) / 25)


def test_a_wrong_unit_of_acceleration_is_noticed(write):
    read = open_recording(write(LONG.replace(",9.8,", ",1.01,"), LONG_MAP))
    assert len(read.warnings) == 2
    assert read.streams[Segment.LEFT_SHIN].acc_mps2[0, 1] == pytest.approx(1.01 * GRAVITY_MPS2)
    refused(write(WIDE.replace("1,0;", "9,81;"), WIDE_MAP), "at rest measures", "a.csv")


def test_all_faults_of_a_map_are_told_at_once(write):
    toml = """
    skip_lines = -1
    time = {column = "t", unit = "h"}
    colour = "red"
    [segments.left_arm]
    acc = {columns = ["ax", "ay"], unit = "m/s2"}
    """
    refused(
        write(WIDE, toml),
        "a.toml",
        "skip_lines",
        "time.unit",
        "colour",
        "left_arm",
        "columns",
    )


@pytest.mark.parametrize(
    ("toml", "pattern"),
    [
        ("x = ", "not readable TOML"),
        ("[segments]\n", "segments"),
        (WIDE_MAP.replace('time = {column = "t", unit = "ms"}', ""), "time or sampling_rate_hz"),
        (WIDE_MAP.replace("gyr =", "#"), "segments.left_thigh needs a quaternion, or acc and gyr"),
        (LONG_MAP.replace('name = "IMU 3"', ""), "segments.left_shin needs name"),
        (LONG_MAP.replace("[columns]", "[segments.pelvis]"), "needs a table columns"),
        (LONG_MAP.replace('segment_column = "sensor"', ""), "columns needs segment_column"),
    ],
)
def test_a_map_that_does_not_fit_together_is_refused(write, toml, pattern):
    refused(write(WIDE, toml), "a.toml", pattern)


def test_missing_columns_are_named(write):
    refused(write(WIDE.replace("ax;ay", "bx;by"), WIDE_MAP), "no column ax, ay", "a.toml")


def test_a_missing_sensor_is_named(write):
    refused(write(LONG, LONG_MAP.replace("IMU 4", "IMU 9")), "No row has IMU 9", "IMU 3, IMU 4")


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        ("1010;0;0", "1010;0;x", "line 5, column ay: 'x' is not a number"),
        ("1010;0;0", "1010;0;", "line 5, column ay is empty"),
        ("1010;", "1000;", "time repeats"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(write, old, new, pattern):
    refused(write(WIDE.replace(old, new, 1), WIDE_MAP), pattern, "a.csv")


def test_too_few_samples_are_refused(write):
    refused(write("\n".join(WIDE.split("\n")[:4]), WIDE_MAP), "fewer than 2 samples")
