import json
import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyarrow import parquet

from imu_hip.errors import OutputError, RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.parquet import read_parquet, write_parquet
from imu_hip.recording.recording import Recording, SensorStream


@pytest.fixture
def written(recording, tmp_path):
    path = tmp_path / "a.parquet"
    write_parquet(recording, path)
    return path


def rewritten(path, metadata=None):
    """The same table saved by another tool, with one row group."""
    table = parquet.read_table(path)
    if metadata is not None:
        stored = {b"imu_hip": json.dumps(metadata).encode()} if metadata else {}
        table = table.replace_schema_metadata(stored)
    parquet.write_table(table, path)
    return path


def test_everything_comes_back(recording, written, assert_same_samples):
    read = open_recording(written)
    assert_same_samples(recording, read)
    for field in ("markers", "source", "simulated", "warnings", "log"):
        assert getattr(read, field) == getattr(recording, field)
    for segment, stream in recording.streams.items():
        assert read.streams[segment].sensor == stream.sensor
        assert read.streams[segment].gaps() == stream.gaps()


def test_a_segment_is_a_row_group_and_what_was_not_measured_is_null(recording, written):
    file = parquet.ParquetFile(written)
    assert file.num_row_groups == len(recording.streams)
    thigh = file.read_row_group(list(recording.streams).index(Segment.RIGHT_THIGH))
    assert set(thigh.column("segment").to_pylist()) == {"right_thigh"}
    assert thigh.column("acc_x_mps2").null_count == len(thigh)
    file.close()


def test_a_quantity_that_no_sensor_measured_has_no_column(make_stream, tmp_path):
    path = tmp_path / "a.parquet"
    write_parquet(Recording({Segment.PELVIS: make_stream(Segment.PELVIS, q=False)}), path)
    names = parquet.read_schema(path).names
    assert "gyr_x_dps" in names
    assert not {"q_w", "mag_x_au"} & set(names)


def test_a_file_that_another_tool_saved_again_is_read(recording, written, assert_same_samples):
    assert_same_samples(recording, read_parquet(rewritten(written)))


def test_numpy_values_in_the_log_are_written(recording, tmp_path):
    entry = recording.log[0]
    log = (type(entry)("fit", "1", {"angle_deg": np.float64(2.5), "axis": np.arange(3)}),)
    path = tmp_path / "a.parquet"
    write_parquet(Recording(recording.streams, log=log), path)
    assert read_parquet(path).log[0].details == {"angle_deg": 2.5, "axis": [0, 1, 2]}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(2, 40).flatmap(
        lambda n: hnp.arrays(float, (n, 6), elements=st.floats(-1e5, 1e5, allow_subnormal=True))
    )
)
def test_any_numbers_come_back_exactly(tmp_path, values):
    time_s = np.arange(len(values)) / 7.0
    stream = SensorStream(Segment.LEFT_SHIN, time_s, 7.0, None, values[:, :3], values[:, 3:])
    path = tmp_path / "a.parquet"
    write_parquet(Recording({Segment.LEFT_SHIN: stream}), path)
    read = read_parquet(path).streams[Segment.LEFT_SHIN]
    np.testing.assert_array_equal(read.time_s, time_s)
    np.testing.assert_array_equal(read.acc_mps2, values[:, :3])
    np.testing.assert_array_equal(read.gyr_dps, values[:, 3:])


@pytest.mark.parametrize("keep", [5, 100, 5000])
def test_a_truncated_file_is_refused(written, keep):
    written.write_bytes(written.read_bytes()[:keep])
    with pytest.raises(RecordingError, match=r"a\.parquet is truncated.*Copy the file again"):
        open_recording(written)


def test_damage_inside_a_file_is_refused(written):
    data = bytearray(written.read_bytes())
    data[200:4000] = bytes(3800)
    written.write_bytes(bytes(data))
    with pytest.raises(RecordingError, match=r"a\.parquet is damaged"):
        open_recording(written)


def test_a_foreign_table_is_refused(tmp_path):
    path = tmp_path / "b.parquet"
    parquet.write_table(pa.table({"x": [1.0]}), path)
    with pytest.raises(RecordingError, match="not a recording of imu_hip"):
        open_recording(path)


def test_a_newer_version_is_refused(written):
    rewritten(written, {"schema_version": 2})
    with pytest.raises(RecordingError, match=r"version 2 .*Update imu_hip"):
        open_recording(written)


def test_metadata_that_do_not_fit_are_refused(written):
    rewritten(written, {"schema_version": 1, "sensors": [], "markers": []})
    with pytest.raises(RecordingError, match="do not fit its table"):
        open_recording(written)


def test_a_folder_that_does_not_exist_is_named(recording, tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        write_parquet(recording, tmp_path / "no" / "a.parquet")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(recording, written, monkeypatch):
    before = written.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_table", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_parquet(recording, written)
    assert written.read_bytes() == before
    assert list(written.parent.iterdir()) == [written]


def test_reading_costs_little_more_than_pyarrow(tmp_path):
    n, rng = 60_000, np.random.default_rng(1)
    q = np.tile([0.5, 0.5, 0.5, 0.5], (n, 1))
    streams = {
        segment: SensorStream(
            segment, np.arange(n) / 100, 100.0, q, rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
        )
        for segment in Segment
    }
    path = tmp_path / "a.parquet"
    write_parquet(Recording(streams), path)

    def cpu_s(read):
        costs = []
        for _ in range(5):
            start = time.process_time()
            read(path)
            costs.append(time.process_time() - start)
        return min(costs)

    # About 1.5 on a quiet machine, of which the checks of the streams are a third.
    assert cpu_s(read_parquet) < 5.0 * cpu_s(parquet.read_table)
