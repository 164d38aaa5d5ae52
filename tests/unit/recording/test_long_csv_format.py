import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imu_hip.errors import OutputError, RecordingError
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.recording.formats.long_csv import read_long_csv, write_long_csv
from imu_hip.recording.recording import Marker, Recording, SensorStream

RAW = "segment,time_s,acc_x_mps2,acc_y_mps2,acc_z_mps2,gyr_x_dps,gyr_y_dps,gyr_z_dps"


def raw_lines(segment="left_thigh", n=40, acc="0,0,9.81", step_s=0.01):
    return [f"{segment},{i * step_s:.5f},{acc},1,2,3" for i in range(n)]


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="a.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def refused(path, pattern):
    with pytest.raises(RecordingError, match=pattern) as caught:
        open_recording(path)
    assert path.name in str(caught.value)


def test_rows_of_segments_may_alternate(write):
    left, right = raw_lines("left_thigh"), raw_lines("right_shin", acc="9.81,0,0")
    mixed = [line for pair in zip(left, right, strict=True) for line in pair]
    read = open_recording(write(RAW, *mixed))
    assert list(read.streams) == [Segment.LEFT_THIGH, Segment.RIGHT_SHIN]
    shin = read.streams[Segment.RIGHT_SHIN]
    assert shin.sampling_rate_hz == 100.0
    np.testing.assert_array_equal(shin.acc_mps2, np.tile([9.81, 0, 0], (40, 1)))
    np.testing.assert_array_equal(shin.gyr_dps, np.tile([1.0, 2, 3], (40, 1)))
    assert read.source == "a.csv"
    assert read.log[0].details["format"] == "long CSV"


def test_columns_in_any_order_and_others_ignored_with_a_warning(write):
    lines = ["q_z,q_y,q_x,q_w,comment,time_s,segment"]
    lines += [f"0,0,0,1,well,{i / 60:.3f},pelvis" for i in range(90)]
    read = open_recording(write(*lines))
    assert read.streams[Segment.PELVIS].sampling_rate_hz == 60.0
    assert read.streams[Segment.PELVIS].acc_mps2 is None
    assert "comment" in read.warnings[0]


def test_a_spreadsheet_with_semicolons_and_decimal_commas_is_read(write):
    lines = [line.replace(",", ";").replace(".", ",") for line in (RAW, *raw_lines())]
    read = open_recording(write(*lines, encoding="utf-8-sig"))
    assert read.streams[Segment.LEFT_THIGH].acc_mps2[0, 2] == 9.81


def test_a_quantity_that_is_empty_for_a_segment_is_none(write):
    lines = [f"left_thigh,{i / 100},0,0,9.81,1,2,3,,,," for i in range(60)]
    lines += [f"pelvis,{i / 100},,,,,,,1,0,0,0" for i in range(60)]
    read = open_recording(write(f"{RAW},q_w,q_x,q_y,q_z", *lines))
    assert read.streams[Segment.LEFT_THIGH].q_earth_sensor is None
    assert read.streams[Segment.PELVIS].acc_mps2 is None


def test_acceleration_in_g_is_converted_and_said(write):
    read = open_recording(write(RAW, *raw_lines(acc="0,0,-1.0")))
    assert read.streams[Segment.LEFT_THIGH].acc_mps2[0, 2] == pytest.approx(-9.80665)
    assert "in g" in read.warnings[0]
    assert read.log[0].details["warnings"] == list(read.warnings)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("left_thigh,0.02,abc,0,9.81,1,2,3", "line 4, column acc_x_mps2: 'abc' is not a number"),
        ("left_thigh,0.02,0,,9.81,1,2,3", "line 4, column acc_y_mps2 is empty"),
        ("left_thigh,0.02,0,NaN,9.81,1,2,3", "line 4, column acc_y_mps2 is empty"),
        ("left_thigh,0.02,0,inf,9.81,1,2,3", "line 4, column acc_y_mps2 is infinite"),
        ("left_thigh,,0,0,9.81,1,2,3", "line 4, column time_s is empty"),
        (",0.02,0,0,9.81,1,2,3", "line 4, column segment is empty"),
        ("left_thigh,0.02,0,0,9.81,1,2", "line 4 has 7 columns where the header has 8"),
        ("left_thigh,0.01,0,0,9.81,1,2,3", "time repeats at 0.010 s, sample 3"),
        ("left_thigh,0.005,0,0,9.81,1,2,3", "time runs backward at 0.005 s"),
        ("left_foot,0.02,0,0,9.81,1,2,3", r"'left_foot'.*pelvis, left_thigh, left_shin"),
    ],
)
def test_the_wrong_line_is_named(write, line, pattern):
    lines = raw_lines()
    refused(write(RAW, *lines[:2], line, *lines[3:]), pattern)


def test_a_file_cut_short_is_told(write):
    path = write(RAW, *raw_lines())
    path.write_bytes(path.read_bytes()[:-10])
    refused(path, "line 41 has 5 columns where the header has 8; the file ends there")


def test_an_unclosed_quotation_mark_is_refused(write):
    lines = raw_lines(n=9000)
    refused(write(RAW, '"' + lines[0], *lines[1:]), "sensor|columns|segment|CSV parse error")


def test_line_numbers_count_empty_lines(write):
    refused(write(RAW, "", *raw_lines(n=3), "", "left_thigh,1,x,0,9.81,1,2,3"), "line 7, column")


def test_a_second_block_that_goes_back_in_time_is_refused(write):
    refused(write(RAW, *raw_lines(), *raw_lines()), "left thigh.*runs backward")


def test_every_missing_column_is_named(write):
    header = "segment,time_s,acc_x_mps2,acc_y_mps2,gyr_x_dps"
    refused(write(header, "pelvis,0,0,0,0"), "no column acc_z_mps2, gyr_y_dps, gyr_z_dps")
    refused(write("segment,time_s", "pelvis,0"), "no column acc_x_mps2.*gyr_z_dps")


def test_a_repeated_column_is_refused(write):
    refused(write(f"{RAW},acc_x_mps2", *(f"{line},0" for line in raw_lines())), "more than once")


@pytest.mark.parametrize("lines", [(), ("left_thigh,0,0,0,9.81,1,2,3",)])
def test_too_few_samples_are_refused(write, lines):
    refused(write(RAW, *lines), "no samples|1 sample")


def test_neither_g_nor_metres_is_refused(write):
    refused(write(RAW, *raw_lines(acc="0,0,981")), "at rest measures an acceleration of 981")


def test_a_rate_that_is_not_whole_or_lost_samples_are_told(write):
    lines = [f"pelvis,{i / 120:.5f},0,0,9.81,1,2,3" for i in range(400)]
    assert open_recording(write(RAW, *lines)).streams[Segment.PELVIS].sampling_rate_hz == 120.0
    del lines[100:110]
    stream = open_recording(write(RAW, *lines)).streams[Segment.PELVIS]
    assert stream.sampling_rate_hz == 120.0
    assert stream.lost_samples() == 10


def test_round_trip_with_markers(recording, tmp_path, assert_same_samples):
    path = tmp_path / "b.csv"
    write_recording(recording, path)
    read = open_recording(path)
    assert_same_samples(recording, read)
    assert read.markers == recording.markers


def test_foreign_markers_beside_the_output_are_not_adopted(make_stream, tmp_path):
    (tmp_path / "b.markers.csv").write_text("label,side,start_s,end_s\n", encoding="utf-8")
    bare = Recording({Segment.PELVIS: make_stream(Segment.PELVIS)})
    with pytest.raises(OutputError, match=r"b\.markers\.csv already lies"):
        write_long_csv(bare, tmp_path / "b.csv")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(2, 30).flatmap(
        lambda n: hnp.arrays(float, (n, 3), elements=st.floats(-1e6, 1e6, allow_subnormal=False))
    )
)
def test_any_numbers_come_back_exactly(tmp_path, gyr):
    n = len(gyr)
    acc = np.tile([0.0, 0.0, 9.81], (n, 1))
    stream = SensorStream(Segment.LEFT_SHIN, np.arange(n) / 50, 50.0, None, acc, gyr)
    path = tmp_path / "a.csv"
    write_long_csv(Recording({Segment.LEFT_SHIN: stream}), path)
    read = read_long_csv(path).streams[Segment.LEFT_SHIN]
    np.testing.assert_array_equal(read.gyr_dps, gyr)
    np.testing.assert_array_equal(read.time_s, stream.time_s)


class TestMarkers:
    def test_labels_and_sides(self, write):
        path = write(RAW, *raw_lines())
        write(
            "label,side,start_s,end_s",
            "Cross-legged,left,0.1,0.2",
            "stand,,0,0.1",
            "run,both,0.2,0.3",
            "walk,right,5,6",
            name="a.markers.csv",
        )
        read = open_recording(path)
        assert read.markers == (
            Marker(MarkerLabel.STAND, 0.0, 0.1),
            Marker(MarkerLabel.CROSS_LEGGED, 0.1, 0.2, Side.LEFT),
            Marker(MarkerLabel.RUN, 0.2, 0.3),
            Marker(MarkerLabel.WALK, 5.0, 6.0, Side.RIGHT),
        )
        assert read.warnings == ("The marker walk from 5 to 6 s lies outside the recording.",)

    def test_every_wrong_line_is_named(self, write):
        path = write(RAW, *raw_lines())
        write(
            "label,side,start_s,end_s",
            "jump,left,0.1,0.2",
            "stand,up,0,0.1",
            "run,both,x,0.3",
            "walk,right,6,5",
            name="a.markers.csv",
        )
        with pytest.raises(RecordingError) as caught:
            open_recording(path)
        message = str(caught.value)
        for part in ("line 2: 'jump'", "line 3: side 'up'", "line 4: start_s 'x'", "line 5: the"):
            assert part in message

    def test_markers_alone_are_not_a_recording(self, write):
        path = write("label,side,start_s,end_s", name="a.markers.csv")
        refused(path, "not a recording but belongs to one")

    @pytest.mark.parametrize(
        ("lines", "pattern"),
        [
            (("label,start_s,end_s", "run,0,1"), "no column side"),
            (("label,side,start_s,end_s", "run,0,1"), "line 2 has 3 columns"),
        ],
    )
    def test_a_wrong_shape_is_named(self, write, lines, pattern):
        path = write(RAW, *raw_lines())
        write(*lines, name="a.markers.csv")
        with pytest.raises(RecordingError, match=pattern):
            open_recording(path)


def test_the_reference_walk_and_run_are_read(reference_data):
    walk = open_recording(reference_data / "walk_marker_ik" / "sensors.csv")
    assert list(walk.streams) == list(Segment)
    assert {stream.sampling_rate_hz for stream in walk.streams.values()} == {100.0}
    assert walk.warnings == ()
    run = open_recording(reference_data / "running_virtual")
    assert {stream.sampling_rate_hz for stream in run.streams.values()} == {120.0}
    assert all(not stream.gaps() for stream in run.streams.values())
