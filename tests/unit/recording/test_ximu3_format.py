import zipfile

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.errors import RecordingError, UnknownFormatError
from imu_hip.kinematics.quaternion import rotate
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.registry import recognise

N = 40
STEP_US = 10_000
START_US = 917_418_306
TILTED = Rotation.from_euler("ZYX", [110.0, -35.0, 20.0], degrees=True)
GYR_DPS = (30.0, -60.0, 90.0)

INERTIAL = (
    "Timestamp (us),Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s),"
    "Accelerometer X (g),Accelerometer Y (g),Accelerometer Z (g)"
)
QUATERNION = "Timestamp (us),W,X,Y,Z"
MAGNETOMETER = "Timestamp (us),X (a.u.),Y (a.u.),Z (a.u.)"


def at(start=START_US, n=N):
    return start + STEP_US * np.arange(n)


def table(header, ticks, values):
    cells = ",".join(f"{value:.6f}" for value in values)
    return "\n".join((header, *(f"{tick},{cells}" for tick in ticks), ""))


def inertial(ticks=None, r_earth_sensor=TILTED):
    # At rest the specific force is 1 g upward in the earth.
    acc_g = r_earth_sensor.inv().apply([0.0, 0.0, 1.0])
    return table(INERTIAL, at() if ticks is None else ticks, (*GYR_DPS, *acc_g))


def quaternion(ticks=None, r_earth_sensor=TILTED, header=QUATERNION):
    q = r_earth_sensor.as_quat()[[3, 0, 1, 2]]
    return table(header, at() if ticks is None else ticks, q)


@pytest.fixture
def session(tmp_path):
    """Write the files of each sensor and give the folder."""

    def session(sensors):
        for name, files in sensors.items():
            folder = tmp_path / "session" / name
            folder.mkdir(parents=True)
            for file, text in files.items():
                (folder / f"{file}.csv").write_text(text, encoding="utf-8")
        return tmp_path / "session"

    return session


def both(ticks=None):
    return {"Inertial": inertial(ticks), "Quaternion": quaternion(ticks)}


def test_units_and_directions_are_ours(session):
    read = open_recording(session({"left_upper_leg": both()}))
    stream = read.streams[Segment.LEFT_THIGH]
    assert stream.sampling_rate_hz == 100.0
    np.testing.assert_allclose(stream.gyr_dps[0], GYR_DPS)
    # 1 g is 9.80665 m/s², and r_earth_sensor turns it into a vertical.
    np.testing.assert_allclose(
        rotate(stream.q_earth_sensor, stream.acc_mps2)[0], (0, 0, GRAVITY_MPS2), atol=1e-4
    )
    assert not read.warnings


@pytest.mark.parametrize(
    ("stored", "word"),
    [(TILTED.inv(), "turned round"), (Rotation.from_euler("x", np.pi) * TILTED, "turned up")],
)
def test_another_convention_is_told_by_gravity(session, stored, word):
    files = {"Inertial": inertial(), "Quaternion": quaternion(r_earth_sensor=stored)}
    read = open_recording(session({"pelvis": files}))
    stream = read.streams[Segment.PELVIS]
    np.testing.assert_allclose(
        rotate(stream.q_earth_sensor, stream.acc_mps2)[0], (0, 0, GRAVITY_MPS2), atol=1e-4
    )
    assert word in read.warnings[0]


def test_an_orientation_that_gravity_contradicts_is_refused(session):
    # Half a turn about a horizontal axis off by 90° makes gravity level in both directions.
    files = {
        "Inertial": inertial(r_earth_sensor=Rotation.identity()),
        "Quaternion": quaternion(r_earth_sensor=Rotation.from_euler("x", np.pi / 2)),
    }
    with pytest.raises(RecordingError, match="gravity is not vertical"):
        open_recording(session({"pelvis": files}))


@pytest.mark.parametrize(
    ("file", "header", "values"),
    [
        ("Quaternion", "Timestamp (us),W Element,X Element,Y Element,Z Element", None),
        (
            "RotationMatrix",
            "Timestamp (us),XX,XY,XZ,YX,YY,YZ,ZX,ZY,ZZ",
            TILTED.as_matrix().ravel(),
        ),
        ("EulerAngles", "Timestamp (us),Roll (deg),Pitch (deg),Yaw (deg)", (20.0, -35.0, 110.0)),
    ],
)
def test_every_form_of_orientation_is_the_same(session, file, header, values):
    q = TILTED.as_quat()[[3, 0, 1, 2]]
    text = table(header, at(), q if values is None else values)
    read = open_recording(session({"right_lower_leg": {file: text}}))
    np.testing.assert_allclose(
        np.abs(read.streams[Segment.RIGHT_SHIN].q_earth_sensor @ q), 1.0, atol=1e-6
    )
    assert "could not be checked" in read.warnings[0]


def test_lost_rows_become_gaps(session):
    kept = np.delete(at(), [10, 11, 20])
    stream = open_recording(session({"left_thigh": both(kept)})).streams[Segment.LEFT_THIGH]
    assert (len(stream.gaps()), stream.lost_samples()) == (2, 3)


def test_a_counter_of_32_bits_wraps(session):
    ticks = at(2**32 - 20 * STEP_US) % 2**32
    stream = open_recording(session({"left_thigh": both(ticks)})).streams[Segment.LEFT_THIGH]
    np.testing.assert_allclose(np.diff(stream.time_s), 0.01)


def test_late_and_repeated_rows_are_put_in_order_and_said(session):
    ticks = at()
    ticks[[5, 6]] = ticks[[6, 5]]
    ticks[30] = ticks[29]
    read = open_recording(session({"left_thigh": {"Inertial": inertial(ticks)}}))
    stream = read.streams[Segment.LEFT_THIGH]
    assert len(stream.time_s) == N - 1
    assert np.all(np.diff(stream.time_s) > 0)
    assert "1 rows came late" in read.warnings[0]
    assert "(1 in all)" in read.warnings[1]


def test_sensors_keep_their_common_clock(session):
    read = open_recording(
        session({"left_thigh": both(), "left_shin": both(at(START_US + 130_000))})
    )
    assert read.streams[Segment.LEFT_THIGH].time_s[0] == 0.0
    assert read.streams[Segment.LEFT_SHIN].time_s[0] == pytest.approx(0.13)


def test_clocks_with_nothing_in_common_are_refused(session):
    folder = session({"left_thigh": both(), "left_shin": both(at(START_US + 10**9))})
    with pytest.raises(RecordingError, match="not synchronised"):
        open_recording(folder)


def test_what_has_other_times_is_left_out_and_said(session):
    slower = at()[::4]
    files = {
        "Inertial": inertial(),
        "Quaternion": quaternion(slower),
        "Magnetometer": table(MAGNETOMETER, at(), (0.4, 0.1, -0.9)),
    }
    read = open_recording(session({"left_thigh": files}))
    stream = read.streams[Segment.LEFT_THIGH]
    assert stream.q_earth_sensor is None
    np.testing.assert_allclose(stream.mag_au[0], (0.4, 0.1, -0.9))
    assert "Quaternion.csv was left out" in read.warnings[0]


def test_one_sensor_alone_a_zip_and_names_with_serials(session, tmp_path):
    folder = session({"Left Thigh 655EEA01 (USB)": both(), "Right Foot 655EEA02 (USB)": both()})
    whole = open_recording(folder)
    assert list(whole.streams) == [Segment.LEFT_THIGH]
    assert whole.streams[Segment.LEFT_THIGH].sensor.serial == "655EEA01"
    assert "Right Foot" in whole.warnings[0]
    alone = open_recording(folder / "Left Thigh 655EEA01 (USB)")
    assert list(alone.streams) == [Segment.LEFT_THIGH]
    packed = tmp_path / "session.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.rglob("*.csv"):
            archive.write(file, file.relative_to(tmp_path))
    assert recognise(packed).name == "x-IMU3"
    assert list(open_recording(packed).streams) == [Segment.LEFT_THIGH]


def test_a_map_names_sensors_with_serials_only(session):
    folder = session({"x-IMU3 655EEA01 (USB)": both()})
    with pytest.raises(RecordingError, match="segment cannot be told"):
        open_recording(folder)
    (folder / "segments.csv").write_text("sensor,segment\n655EEA01,right_thigh\n")
    assert list(open_recording(folder).streams) == [Segment.RIGHT_THIGH]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Inertial": inertial(at(n=1))}, "fewer than 2 samples"),
        ({"Inertial": INERTIAL + "\n"}, "fewer than 2 samples"),
        ({"Inertial": ""}, "is empty"),
        ({"Inertial": inertial().replace("Gyroscope Y", "Y")}, "no column gyroscopey"),
        ({"Inertial": inertial().replace("30.000000", "fast", 1)}, "'fast' is not a number"),
        ({"Inertial": inertial().replace("30.000000", "", 1)}, "line 2, column Gyroscope X"),
        ({"Inertial": inertial()[:-20]}, "the file ends there"),
        ({"Inertial": inertial(at()[::-1] + 10**9 * np.arange(N)[::-1])}, "runs backward"),
        ({"Inertial": inertial().replace("(g)", "(m/s2)").replace("0.57", "5.7")}, "at rest"),
        ({"Quaternion": quaternion().replace("0.", "0.9")}, "orientation has length"),
    ],
)
def test_damage_is_one_sentence(session, files, words):
    folder = session({"left_thigh": files, "left_shin": both()})
    with pytest.raises(RecordingError, match=words.replace("(", r"\(")) as caught:
        open_recording(folder)
    assert "left_thigh" in str(caught.value) or "left thigh" in str(caught.value)


def test_a_folder_with_another_table_of_that_name_is_not_one(session):
    with pytest.raises((UnknownFormatError, RecordingError), match="no recording"):
        open_recording(session({"left_thigh": {"Inertial": "a,b\n1,2\n"}}))


def test_the_sensors_of_the_vendor_agree_with_gravity(reference_data):
    read = open_recording(reference_data / "ximu3_lower_body")
    assert list(read.streams) == list(Segment)
    for stream in read.streams.values():
        vertical = rotate(stream.q_earth_sensor, stream.acc_mps2).mean(axis=0)
        np.testing.assert_allclose(vertical, (0, 0, GRAVITY_MPS2), atol=0.15)
        assert stream.sampling_rate_hz == 50.0
        assert stream.lost_samples() < 30
