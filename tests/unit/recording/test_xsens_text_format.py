import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import rotate
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording

N = 20
ROTATION = Rotation.from_euler("ZYX", [110.0, -35.0, 20.0], degrees=True)
MATRIX = [ROTATION.as_matrix()[i, j] for j in range(3) for i in range(3)]
MATRIX_NAMES = [f"Mat[{i}][{j}]" for j in (1, 2, 3) for i in (1, 2, 3)]
QUATERNION = ROTATION.as_quat()[[3, 0, 1, 2]]

XML = """<?xml version="1.0"?>
<OpenSimDocument><XsensDataReaderSettings><ExperimentalSensors>
<ExperimentalSensor name="_00B1"><name_in_model>femur_r_imu</name_in_model></ExperimentalSensor>
<ExperimentalSensor name="_00B2"><name_in_model>torso_imu</name_in_model></ExperimentalSensor>
</ExperimentalSensors></XsensDataReaderSettings></OpenSimDocument>
"""


def xsens_text(names=MATRIX_NAMES, values=MATRIX, counters=None, rate="// Update Rate: 50.0Hz"):
    counters = range(472, 472 + N) if counters is None else counters
    head = ["// Start Time: Unknown", rate, "// Firmware Version: 4.0.2"]
    columns = ["PacketCounter", "SampleTimeFine", "Acc_X", "Acc_Y", "Acc_Z", *names]
    row = "\t".join(map(repr, map(float, (1, 2, 9.5, *values))))
    return "\n".join(
        (*head, "\t".join(columns), *(f"{count:05d}\t\t{row}" for count in counters), "")
    )


@pytest.fixture
def folder(tmp_path):
    def folder(**files):
        for name, text in files.items():
            suffix = ".xml" if text.lstrip().startswith("<") else ".txt"
            suffix = ".csv" if text.startswith("sensor,") else suffix
            (tmp_path / f"{name}{suffix}").write_text(text, encoding="utf-8")
        return tmp_path

    return folder


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (MATRIX_NAMES, MATRIX),
        (["Quat_q0", "Quat_q1", "Quat_q2", "Quat_q3"], QUATERNION),
        (["Roll", "Pitch", "Yaw"], [20.0, -35.0, 110.0]),
    ],
)
def test_the_orientation_is_read_in_each_form(folder, names, values):
    path = folder(t_00B1=xsens_text(names, values), myIMUMappings=XML)
    read = open_recording(path)
    stream = read.streams[Segment.RIGHT_THIGH]
    assert stream.sampling_rate_hz == 50.0
    np.testing.assert_allclose(np.abs(stream.q_earth_sensor @ QUATERNION), 1.0, atol=1e-12)
    np.testing.assert_array_equal(stream.acc_mps2[0], [1, 2, 9.5])
    assert (stream.sensor.serial, stream.sensor.firmware) == ("00B1", "4.0.2")


def test_angular_velocity_is_in_radians(folder):
    text = xsens_text(["Gyr_X", "Gyr_Y", "Gyr_Z"], np.radians([10, 20, 30]))
    stream = open_recording(folder(t_00B1=text, myIMUMappings=XML)).streams[Segment.RIGHT_THIGH]
    np.testing.assert_allclose(stream.gyr_dps[0], [10, 20, 30])
    assert stream.q_earth_sensor is None


def test_counters_wrap_and_skip_and_are_common(folder):
    first = (2**16 - 5 + np.delete(np.arange(N), [9, 10])) % 2**16
    later = (2**16 - 5 + np.arange(8, N)) % 2**16
    read = open_recording(
        folder(
            t_A=xsens_text(counters=first),
            t_B=xsens_text(counters=later),
            segments="sensor,segment\n_A,left_thigh\n_B,left_shin\n",
        )
    )
    thigh, shin = read.streams[Segment.LEFT_THIGH], read.streams[Segment.LEFT_SHIN]
    assert thigh.lost_samples() == 2
    assert thigh.time_s[0] == 0.0
    np.testing.assert_allclose(shin.time_s, np.arange(8, N) / 50, atol=1e-12)


def test_sensors_elsewhere_are_left_out_with_a_warning(folder):
    read = open_recording(folder(t_00B1=xsens_text(), t_00B2=xsens_text(), myIMUMappings=XML))
    assert list(read.streams) == [Segment.RIGHT_THIGH]
    assert "t_00B2.txt" in read.warnings[0]


def test_files_named_after_segments_need_no_map(folder):
    assert list(open_recording(folder(left_thigh=xsens_text())).streams) == [Segment.LEFT_THIGH]


def test_without_a_map_the_way_out_is_told(folder):
    with pytest.raises(RecordingError, match=r"segments\.csv.*00B1,left_thigh.*myIMUMappings"):
        open_recording(folder(t_00B1=xsens_text()))


@pytest.mark.parametrize(
    ("xml", "pattern"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
        ("<x>", "not readable XML"),
        ("<x/>", "names no sensor"),
        (XML.replace("00B1", "00B9"), "has no sensor of t_00B1.txt"),
    ],
)
def test_a_wrong_map_is_refused(folder, xml, pattern):
    with pytest.raises(RecordingError, match=pattern):
        open_recording(folder(t_00B1=xsens_text(), myIMUMappings=xml))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(folder, encoding):
    path = folder(t_00B1=xsens_text(), myIMUMappings=XML)
    hostile = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode(encoding)
    (path / "myIMUMappings.xml").write_bytes(hostile)
    with pytest.raises(RecordingError, match="DOCTYPE"):
        open_recording(path)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        (xsens_text(rate="// no rate"), "does not state its update rate"),
        (xsens_text(values=[2 * value for value in MATRIX]), "sample 1 is not a rotation"),
        (xsens_text(counters=[1]), "fewer than 2 samples"),
        (xsens_text(counters=[5, 6, 6]), "time repeats"),
        (xsens_text(counters=[5, 6, 3]), "time runs backward"),
        (xsens_text().replace("9.5", "x", 1), "line 5, column Acc_Z: 'x'"),
    ],
)
def test_a_wrong_file_is_refused_by_name(folder, text, pattern):
    with pytest.raises(RecordingError, match=pattern) as caught:
        open_recording(folder(t_00B1=text, myIMUMappings=XML))
    assert "t_00B1.txt" in str(caught.value)


def test_two_files_of_a_sensor_are_refused(folder):
    with pytest.raises(RecordingError, match=r"a_00B1\.txt and b_00B1\.txt are both"):
        open_recording(folder(a_00B1=xsens_text(), b_00B1=xsens_text(), myIMUMappings=XML))


def test_the_reference_session_has_gravity_up(reference_data):
    read = open_recording(reference_data / "opensense_gait")
    assert list(read.streams) == list(Segment)
    for stream in read.streams.values():
        assert stream.sampling_rate_hz == 100.0
        force = rotate(stream.q_earth_sensor, stream.acc_mps2)[:200].mean(axis=0)
        np.testing.assert_allclose(force, [0, 0, 9.81], atol=0.1)
    # The .sto in the same folder is the same session as OpenSense converted it.
    (converted,) = (reference_data / "opensense_gait").glob("*.sto")
    for segment, stream in open_recording(converted).streams.items():
        q = read.streams[segment].q_earth_sensor[: len(stream.time_s)]
        np.testing.assert_allclose(np.abs(np.sum(q * stream.q_earth_sensor, 1)), 1.0, atol=1e-9)
