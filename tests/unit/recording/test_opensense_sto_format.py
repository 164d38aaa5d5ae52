import sys
from types import ModuleType

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from imu_hip.errors import OutputError, RecordingError
from imu_hip.kinematics.quaternion import rotate
from imu_hip.names import OPENSIM_NAME, Segment
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.recording.formats.opensense_sto import write_sto
from imu_hip.recording.recording import Recording, SensorStream

N = 20


def sto_text(
    *columns, cell="0.6,0,0.8,0", kind="DataType=Quaternion", start="\nDataRate=100.000000\n"
):
    head = f"{start}{kind}\nversion=3\nendheader\n"
    rows = ["\t".join((f"{417 + i / 100:.2f}", *([cell] * len(columns)))) for i in range(N)]
    return head + "\n".join(("\t".join(("time", *columns)), *rows, ""))


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "a.sto"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def of(*streams):
    return Recording({stream.segment: stream for stream in streams})


@pytest.mark.parametrize("start", ["", "\nDataRate=100.000000\n"])
def test_orientations_are_read(write, start):
    read = open_recording(write(sto_text(*OPENSIM_NAME.values(), start=start)))
    assert list(read.streams) == list(Segment)
    shin = read.streams[Segment.LEFT_SHIN]
    assert shin.sampling_rate_hz == 100.0
    np.testing.assert_allclose(shin.time_s[[0, -1]], [417.0, 417.19])
    np.testing.assert_array_equal(shin.q_earth_sensor, np.tile([0.6, 0, 0.8, 0], (N, 1)))


def test_longer_column_names_and_other_sensors(write):
    read = open_recording(write(sto_text("torso_imu", "femur_r_imu_offset_imu", "toes_l_imu", "x")))
    assert list(read.streams) == [Segment.RIGHT_THIGH]
    assert read.warnings == (
        "Sensors on other body parts were left out: torso_imu, toes_l_imu.",
        "Sensors of unknown place were left out: x.",
    )


def test_a_lost_sample_written_as_nan_is_a_gap(write):
    lines = sto_text("pelvis_imu").split("\n")
    lines[10] = lines[10].replace("0.6,0,0.8,0", "nan,nan,nan,nan")
    stream = open_recording(write("\n".join(lines))).streams[Segment.PELVIS]
    assert stream.lost_samples() == 1


def test_sign_flips_are_accepted(write):
    lines = sto_text("pelvis_imu").split("\n")
    lines[10] = lines[10].replace("0.6,0,0.8,0", "-0.6,0,-0.8,0")
    stream = open_recording(write("\n".join(lines))).streams[Segment.PELVIS]
    assert np.ptp(stream.q_earth_sensor, axis=0).max() == 0.0


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        (sto_text("pelvis_imu", cell="0.6,0,0.8,0.3"), "orientation has length 1.044"),
        (sto_text("pelvis_imu", cell="0.6,0,0.8"), "line 7 has 4 columns"),
        (sto_text("pelvis_imu", cell="0.6,0,x,0"), r"line 7, column pelvis_imu\.y: 'x'"),
        (sto_text("pelvis_imu", cell="0.6,0,nan,0"), r"column pelvis_imu\.y is empty"),
        (sto_text("pelvis_imu", cell="nan,nan,nan,nan"), "pelvis"),
        (sto_text("pelvis_imu", kind="DataType=double"), "type double, not of sensor orient"),
        (sto_text("pelvis_imu", "pelvis"), "pelvis_imu and pelvis both mean the pelvis"),
        (sto_text("torso_imu"), "no sensor of the pelvis, a thigh or a shin, only torso_imu"),
        ("DataType=Quaternion\nendheader\n", "no table after an endheader line"),
    ],
)
def test_a_wrong_file_is_refused(write, text, pattern):
    with pytest.raises(RecordingError, match=pattern) as caught:
        open_recording(write(text))
    assert "a.sto" in str(caught.value)


def test_streams_on_one_clock_are_written_as_they_are(make_stream, tmp_path, assert_same_samples):
    recording = of(
        *(make_stream(segment, raw=False) for segment in (Segment.PELVIS, Segment.LEFT_SHIN))
    )
    path = tmp_path / "b.sto"
    write_recording(recording, path)
    assert_same_samples(recording, open_recording(path))
    assert path.read_text(encoding="utf-8").split("\n")[:5] == [
        "DataRate=100.000000",
        "DataType=Quaternion",
        "version=3",
        "endheader",
        "time\tpelvis_imu\ttibia_l_imu",
    ]


def test_other_streams_are_interpolated_on_what_all_cover(tmp_path):
    angles = {Segment.PELVIS: (0.0, 60.0), Segment.LEFT_THIGH: (0.05, 100.0)}
    streams = []
    for segment, (start_s, rate_hz) in angles.items():
        time_s = start_s + np.arange(round(rate_hz)) / rate_hz
        rotation = Rotation.from_rotvec(np.outer(3 * time_s, [0.0, 0.6, 0.8]))
        q = rotation.as_quat()[:, [3, 0, 1, 2]]
        streams.append(SensorStream(segment, time_s, rate_hz, q))
    write_sto(of(*streams), tmp_path / "b.sto")
    read = open_recording(tmp_path / "b.sto")
    time_s = read.streams[Segment.PELVIS].time_s
    assert time_s[0] == 0.05
    assert read.streams[Segment.PELVIS].sampling_rate_hz == 100.0
    assert streams[0].time_s[-1] - 0.011 < time_s[-1] <= streams[0].time_s[-1]
    for stream in streams:
        slerp = Slerp(stream.time_s, Rotation.from_quat(stream.q_earth_sensor[:, [1, 2, 3, 0]]))
        expected = slerp(np.clip(time_s, stream.time_s[0], stream.time_s[-1]))
        dots = np.sum(
            read.streams[stream.segment].q_earth_sensor * expected.as_quat()[:, [3, 0, 1, 2]], 1
        )
        np.testing.assert_allclose(np.abs(dots), 1.0, atol=1e-9)


def test_short_gaps_are_filled(make_stream, tmp_path):
    write_sto(of(make_stream(Segment.PELVIS, drop=(50, 51))), tmp_path / "b.sto")
    read = open_recording(tmp_path / "b.sto").streams[Segment.PELVIS]
    assert (len(read.time_s), read.gaps()) == (200, ())


def test_long_gaps_are_refused(make_stream, tmp_path):
    stream = make_stream(Segment.LEFT_SHIN, drop=range(50, 61))
    with pytest.raises(OutputError, match=r"left shin has a gap of 0\.12 s at 0\.49 s"):
        write_sto(of(stream), tmp_path / "b.sto")
    assert list(tmp_path.iterdir()) == []


def test_streams_without_common_time_are_refused(tmp_path):
    q = np.tile([1.0, 0, 0, 0], (5, 1))
    early = SensorStream(Segment.PELVIS, np.arange(5) / 50, 50.0, q)
    late = SensorStream(Segment.LEFT_SHIN, 9 + np.arange(5) / 50, 50.0, q)
    with pytest.raises(OutputError, match="no time in common"):
        write_sto(of(early, late), tmp_path / "b.sto")


def test_no_orientation_and_no_way_to_it_is_refused(make_stream, tmp_path):
    stream = make_stream(Segment.PELVIS, q=False)
    object.__setattr__(stream, "gyr_dps", None)
    with pytest.raises(OutputError, match="pelvis has no orientation"):
        write_sto(of(stream), tmp_path / "b.sto")


def test_raw_streams_are_filtered_on_a_regular_clock(make_stream, tmp_path, monkeypatch):
    seen = {}

    def orient_offline(acc_mps2, gyr_dps, sampling_rate_hz):
        seen.update(acc=acc_mps2, gyr=gyr_dps, rate=sampling_rate_hz)
        return np.tile([0.0, 0.6, 0.8, 0.0], (len(acc_mps2), 1))

    module = ModuleType("imu_hip.kinematics.orientation")
    module.orient_offline = orient_offline
    monkeypatch.setitem(sys.modules, module.__name__, module)
    stream = make_stream(Segment.PELVIS, q=False, drop=(50,))
    write_sto(of(stream), tmp_path / "b.sto")
    assert seen["acc"].shape == seen["gyr"].shape == (200, 3)
    assert seen["rate"] == 100.0
    np.testing.assert_allclose(seen["gyr"][50], stream.gyr_dps[49:51].mean(axis=0), atol=1e-9)
    read = open_recording(tmp_path / "b.sto").streams[Segment.PELVIS]
    np.testing.assert_allclose(read.q_earth_sensor, np.tile([0, 0.6, 0.8, 0], (200, 1)))


def test_the_filter_finds_up(make_stream, tmp_path):
    stream = make_stream(Segment.PELVIS, q=False)
    still = SensorStream(
        Segment.PELVIS,
        stream.time_s,
        100.0,
        acc_mps2=np.tile([0.0, 9.81, 0.0], (200, 1)),
        gyr_dps=np.zeros((200, 3)),
    )
    write_sto(of(still), tmp_path / "b.sto")
    q = open_recording(tmp_path / "b.sto").streams[Segment.PELVIS].q_earth_sensor
    up = rotate(q, np.array([0.0, 1.0, 0.0]))
    np.testing.assert_allclose(up[-1], [0, 0, 1], atol=1e-2)


def test_reference_files_are_read(reference_data):
    swing = next((reference_data / "leg_swing").glob("*RHJCSwinger.sto"))
    read = open_recording(swing)
    assert list(read.streams) == list(Segment)
    assert read.duration_s == pytest.approx(14.0)
    assert read.streams[Segment.PELVIS].sampling_rate_hz == 100.0


def test_the_corrupt_reference_file_is_refused(reference_data):
    path = next((reference_data / "walk_marker_ik").glob("*Orientations.sto"))
    with pytest.raises(RecordingError, match=r"Orientations\.sto.*left thigh.*length 0\.965"):
        open_recording(path)
