import zipfile

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.errors import RecordingError, UnknownFormatError
from imu_hip.kinematics.quaternion import normalise
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats import open_recording, zip_limits

N = 30
TICK_US = 16667
Q = normalise(np.array([0.8, 0.3, -0.4, 0.2]))
FREE_ACC = np.array([0.3, -0.2, 0.1])
ACC = np.array([1.0, 2.0, 9.0])
GYR = np.array([30.0, -60.0, 90.0])
MAG = np.array([0.4, 0.1, -0.9])
EULER = np.array([20.0, -35.0, 110.0])
RATE_HZ = 60.0
DQ = Rotation.from_rotvec(GYR / RATE_HZ, degrees=True).as_quat()[[3, 0, 1, 2]]
DV = ACC / RATE_HZ

Q_EULER = Rotation.from_euler("ZYX", EULER[::-1], degrees=True).as_quat()[[3, 0, 1, 2]]


def specific_force(q):
    rotation = Rotation.from_quat(q[[1, 2, 3, 0]])
    return rotation.inv().apply(FREE_ACC + np.array([0, 0, GRAVITY_MPS2]))


COLUMNS = {
    "quat": ("Quat_W,Quat_X,Quat_Y,Quat_Z", Q),
    "quat_lower": ("Quat_w,Quat_x,Quat_y,Quat_z", Q),
    "euler": ("Euler_X,Euler_Y,Euler_Z", EULER),
    "free": ("FreeAcc_X,FreeAcc_Y,FreeAcc_Z", FREE_ACC),
    "free_enu": ("FreeAcc_E,FreeAcc_N,FreeAcc_U", FREE_ACC),
    "acc": ("Acc_X,Acc_Y,Acc_Z", ACC),
    "acc_lower": ("acc_x,acc_y,acc_z", ACC),
    "gyr": ("Gyr_X,Gyr_Y,Gyr_Z", GYR),
    "mag": ("Mag_X,Mag_Y,Mag_Z", MAG),
    "dq": ("dq_W,dq_X,dq_Y,dq_Z", DQ),
    "dq_number": ("dq[1],dq[2],dq[3],dq[4]", DQ),
    "dv": ("dv[1],dv[2],dv[3]", DV),
    "dv_letter": ("dv_X,dv_Y,dv_Z", DV),
    "status": ("Status", np.array([0])),
    "clips": ("ClipCountAcc,ClipCountGyr", np.array([0, 0])),
}

MODES = {
    "Extended(Quaternion)": (("quat", "free", "status"), Q, specific_force(Q), None),
    "Extended with clipping": (("quat", "free", "status", "clips"), Q, specific_force(Q), None),
    "Complete(Quaternion)": (("quat", "free"), Q, specific_force(Q), None),
    "Orientation(Euler)": (("euler",), Q_EULER, None, None),
    "Orientation(Quaternion)": (("quat",), Q, None, None),
    "Extended(Euler)": (("euler", "free", "status"), Q_EULER, specific_force(Q_EULER), None),
    "Complete(Euler)": (("euler", "free"), Q_EULER, specific_force(Q_EULER), None),
    "Delta quantities with mag": (("dq", "dv", "mag"), None, ACC, GYR),
    "Delta quantities": (("dq", "dv"), None, ACC, GYR),
    "Rate quantities with mag": (("acc", "gyr", "mag"), None, ACC, GYR),
    "Rate quantities": (("acc", "gyr"), None, ACC, GYR),
    "Custom 1": (("euler", "free", "gyr"), Q_EULER, specific_force(Q_EULER), GYR),
    "Custom 2": (("euler", "free", "mag"), Q_EULER, specific_force(Q_EULER), None),
    "Custom 3": (("quat", "gyr"), Q, None, GYR),
    "Custom 4": (("quat", "dq", "dv", "mag", "status"), Q, ACC, GYR),
    "Custom 5": (("quat", "acc", "gyr"), Q, ACC, GYR),
    "High fidelity": (("dq", "dv", "mag", "status"), None, ACC, GYR),
    "High fidelity with fusion": (("dq", "dv", "mag", "quat", "free", "status"), Q, ACC, GYR),
    "other spelling": (("quat_lower", "free_enu"), Q, specific_force(Q), None),
    "other spelling of increments": (("dq_number", "dv_letter"), None, ACC, GYR),
    "other spelling of rates": (("acc_lower", "gyr"), None, ACC, GYR),
}


def dot_text(
    groups=("quat", "free", "status"),
    *,
    ticks=None,
    synced="Synced",
    start="2021-08-20_20:21:13_829 GMT+8",
    tag="dot 1",
    rate="60Hz",
    counters=None,
):
    ticks = 1_000_000 + TICK_US * np.arange(N) if ticks is None else ticks
    counters = range(1, len(ticks) + 1) if counters is None else counters
    head = [
        "sep=,",
        f"DeviceTag:,{tag}",
        "FirmwareVersion:,2.0.0",
        "AppVersion:,2021.0",
        f"SyncStatus:,{synced}",
        f"OutputRate:,{rate}",
        "FilterProfile:,General",
        "Measurement Mode:,Sensor fusion Mode",
        f"StartTime: ,{start}",
        "© Xsens Technologies B. V. 2005-2021",
        "",
        ",".join(("PacketCounter,SampleTimeFine", *(COLUMNS[group][0] for group in groups))),
    ]
    row = ",".join(repr(float(value)) for group in groups for value in COLUMNS[group][1])
    rows = [f"{count},{int(tick)},{row}" for count, tick in zip(counters, ticks, strict=True)]
    return "\n".join((*head, *rows))


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder: name and text."""

    def folder(encoding="utf-8", **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding=encoding)
        return tmp_path

    return folder


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_every_payload_mode_is_read(folder, mode, encoding):
    groups, q, acc, gyr = MODES[mode]
    path = folder(encoding, LFemur_1=dot_text(groups)) / "LFemur_1.csv"
    stream = open_recording(path).streams[Segment.LEFT_THIGH]
    assert stream.sampling_rate_hz == RATE_HZ
    expected = {"acc_mps2": acc, "gyr_dps": gyr, "mag_au": MAG if "mag" in groups else None}
    for field, value in expected.items():
        measured = getattr(stream, field)
        assert (measured is None) == (value is None)
        if value is not None:
            np.testing.assert_allclose(measured, np.tile(value, (N, 1)), atol=1e-9)
    assert (stream.q_earth_sensor is None) == (q is None)
    if q is not None:
        np.testing.assert_allclose(np.abs(stream.q_earth_sensor @ q), 1.0, atol=1e-12)


def test_what_the_file_says_about_the_sensor_is_kept(folder):
    read = open_recording(folder(left_shin=dot_text(tag="A7")))
    sensor = read.streams[Segment.LEFT_SHIN].sensor
    assert (sensor.model, sensor.serial, sensor.firmware) == ("Movella DOT", "A7", "2.0.0")
    assert "free acceleration plus gravity" in read.log[0].details["acceleration"]["left_shin"]


def test_free_acceleration_alone_is_refused(folder):
    with pytest.raises(RecordingError, match=r"left_shin\.csv tells neither.*Record in a mode"):
        open_recording(folder(left_shin=dot_text(("free",))))


def test_time_is_unwrapped_within_and_between_sensors(folder):
    start = 2**32 - 10 * TICK_US
    thigh = (start + TICK_US * np.arange(N)) % 2**32
    shin = (start + TICK_US * (12 + np.arange(N))) % 2**32
    read = open_recording(folder(left_thigh=dot_text(ticks=thigh), left_shin=dot_text(ticks=shin)))
    thigh, shin = read.streams[Segment.LEFT_THIGH], read.streams[Segment.LEFT_SHIN]
    expected = np.arange(N) * TICK_US / 1e6
    np.testing.assert_allclose(thigh.time_s, expected, atol=1e-9)
    np.testing.assert_allclose(shin.time_s, expected + 12 * TICK_US / 1e6, atol=1e-9)
    assert read.warnings == ()


def test_lost_samples_are_gaps(folder):
    keep = np.delete(np.arange(N), [5, 6, 20])
    text = dot_text(ticks=1000 + TICK_US * keep, counters=keep + 1)
    stream = open_recording(folder(left_thigh=text)).streams[Segment.LEFT_THIGH]
    assert [round(gap.duration_s * 60) for gap in stream.gaps()] == [3, 2]
    assert stream.lost_samples() == 3


def test_rows_written_twice_are_dropped_with_a_warning(folder):
    lines = dot_text().split("\n")
    read = open_recording(folder(left_thigh="\n".join((*lines[:20], lines[19], *lines[20:]))))
    assert len(read.streams[Segment.LEFT_THIGH].time_s) == N
    assert "1 in all" in read.warnings[0]


def test_the_same_time_with_other_numbers_is_refused(folder):
    ticks = 1000 + TICK_US * np.arange(N)
    ticks[9] = ticks[8]
    lines = dot_text(ticks=ticks).split("\n")
    lines[21] = lines[21].replace("0.3,", "0.4,", 1)
    with pytest.raises(RecordingError, match=r"left_thigh\.csv.*time repeats"):
        open_recording(folder(left_thigh="\n".join(lines)))


def test_time_that_runs_backward_is_refused_with_its_line(folder):
    ticks = 1000 + TICK_US * np.arange(N)
    ticks[9] = ticks[7]
    with pytest.raises(RecordingError, match=r"left_thigh\.csv: time runs backward at line 22"):
        open_recording(folder(left_thigh=dot_text(ticks=ticks)))


def test_sensors_that_are_not_synced_start_by_their_start_time(folder):
    read = open_recording(
        folder(
            left_thigh=dot_text(synced="Unsynced", start="2021-08-20_20:21:13_829 GMT+8"),
            left_shin=dot_text(synced="Unsynced", start="2021-08-20_20:21:14_079 GMT+8"),
        )
    )
    assert read.streams[Segment.LEFT_SHIN].time_s[0] == pytest.approx(0.25)
    assert "not synchronised; their StartTime was used" in read.warnings[0]


def test_sensors_without_sync_or_start_time_start_together(folder):
    other = 7_000_000 + TICK_US * np.arange(N)
    read = open_recording(
        folder(
            left_thigh=dot_text(synced="Unsynced", start=""),
            left_shin=dot_text(synced="Unsynced", start="", ticks=other),
        )
    )
    assert {stream.time_s[0] for stream in read.streams.values()} == {0.0}
    assert "no StartTime" in read.warnings[0]


@pytest.mark.parametrize(
    ("rate", "expected", "warned"), [("", 60.0, 0), ("20Hz", 60.0, 1), ("30Hz", 60.0, 1)]
)
def test_a_rate_that_contradicts_the_time_stamps_is_not_believed(folder, rate, expected, warned):
    read = open_recording(folder(left_thigh=dot_text(rate=rate)))
    assert read.streams[Segment.LEFT_THIGH].sampling_rate_hz == expected
    assert len(read.warnings) == warned


def test_the_segment_may_stand_in_the_device_tag(folder):
    read = open_recording(folder(D422CD=dot_text(tag="Right Shank")))
    assert list(read.streams) == [Segment.RIGHT_SHIN]


def test_a_file_of_unknown_segment_is_refused_by_name(folder):
    with pytest.raises(RecordingError, match=r"for D422CD\.csv.*left_thigh\.csv"):
        open_recording(folder(left_thigh=dot_text(), D422CD=dot_text()))


def test_two_files_of_a_segment_are_refused_by_name(folder):
    with pytest.raises(RecordingError, match=r"LFemur_1\.csv and LFemur_2\.csv are both"):
        open_recording(folder(LFemur_1=dot_text(), LFemur_2=dot_text()))


def test_other_body_parts_are_left_out_with_a_warning(folder):
    read = open_recording(folder(left_thigh=dot_text(), left_foot=dot_text()))
    assert list(read.streams) == [Segment.LEFT_THIGH]
    assert "left_foot.csv" in read.warnings[0]
    (folder() / "left_thigh.csv").unlink()
    with pytest.raises(RecordingError, match=r"no file is of the pelvis.*left_foot\.csv"):
        open_recording(folder())


def test_a_rotation_increment_that_is_not_unit_is_refused(folder, monkeypatch):
    monkeypatch.setitem(COLUMNS, "dq", (COLUMNS["dq"][0], 2 * DQ))
    with pytest.raises(RecordingError, match=r"dq of sample 1 has length 2\.000"):
        open_recording(folder(left_thigh=dot_text(("dq", "dv"))))


def test_a_wrong_cell_is_named_with_its_line(folder):
    lines = dot_text().split("\n")
    lines[14] = lines[14].replace("0.3,", "oops,", 1)
    with pytest.raises(RecordingError, match=r"left_thigh\.csv: line 15, column .*'oops'"):
        open_recording(folder(left_thigh="\n".join(lines)))


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_samples_are_refused(folder, rows):
    text = dot_text(ticks=1000 + TICK_US * np.arange(rows))
    with pytest.raises(RecordingError, match=r"left_thigh\.csv"):
        open_recording(folder(left_thigh=text))


def test_markers_of_a_folder_are_read(folder):
    path = folder(left_thigh=dot_text(), markers="label,side,start_s,end_s\nstand,,0,0.2")
    assert open_recording(path).markers[0].end_s == 0.2


class TestZip:
    @pytest.fixture
    def archive(self, tmp_path):
        def archive(**members):
            path = tmp_path / "session.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                for name, text in members.items():
                    file.writestr(name, text)
            return path

        return archive

    def test_files_are_read_in_memory(self, archive):
        path = archive(
            **{
                "day 1/LFemur.csv": dot_text(),
                "../../RTibia.csv": dot_text(),
                "__MACOSX/day 1/._LFemur.csv": "junk",
                "notes.txt": "x",
            }
        )
        read = open_recording(path)
        assert list(read.streams) == [Segment.LEFT_THIGH, Segment.RIGHT_SHIN]
        assert list(path.parent.iterdir()) == [path]

    def test_two_sessions_in_one_zip_are_refused(self, archive):
        path = archive(**{"a/LFemur.csv": dot_text(), "b/LFemur.csv": dot_text()})
        with pytest.raises(RecordingError, match=r"a/LFemur\.csv and b/LFemur\.csv"):
            open_recording(path)

    def test_a_zip_without_recordings_is_refused(self, archive):
        with pytest.raises(RecordingError, match="holds no CSV file of a Movella DOT"):
            open_recording(archive(**{"a.csv": "x,y\n1,2\n"}))

    def test_a_zip_that_unpacks_too_large_is_refused(self, archive, monkeypatch):
        monkeypatch.setattr(zip_limits, "LARGEST_ZIP_BYTES", 1000)
        with pytest.raises(RecordingError, match="would unpack to"):
            open_recording(archive(**{"LFemur.csv": dot_text()}))

    def test_a_truncated_zip_is_refused(self, archive):
        path = archive(**{"LFemur.csv": dot_text()})
        path.write_bytes(path.read_bytes()[:200])
        with pytest.raises(RecordingError, match=r"session\.zip cannot be unpacked"):
            open_recording(path)

    def test_another_zip_based_file_is_unknown(self, archive):
        path = archive(**{"xl/workbook.xml": "x"})
        with pytest.raises(UnknownFormatError):
            open_recording(path.rename(path.with_suffix(".xlsx")))


def test_the_reference_session_is_read(reference_data):
    read = open_recording(reference_data / "movella_dot_csv")
    assert list(read.streams) == list(Segment)
    thigh = read.streams[Segment.LEFT_THIGH]
    # 352 packets were sent, 195 arrived.
    assert (len(thigh.time_s), thigh.lost_samples(), len(thigh.gaps())) == (195, 157, 138)
    assert read.streams[Segment.PELVIS].gaps() == ()
    assert min(stream.time_s[0] for stream in read.streams.values()) == 0.0
    assert max(stream.time_s[0] for stream in read.streams.values()) < 0.05
    for stream in read.streams.values():
        assert np.linalg.norm(stream.acc_mps2[:10], axis=1) == pytest.approx(9.8, abs=0.3)
