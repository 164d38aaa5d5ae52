"""A small Parquet file cannot ask for a large memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imu_hip.errors import RecordingError
from imu_hip.recording.formats.registry import open_recording

RECORDED = Path(__file__).parents[3] / "recordings" / "simulated_seated.parquet"


def test_a_file_that_unpacks_a_thousandfold_is_refused_before_it_is_read(tmp_path):
    table = pq.read_table(RECORDED)
    count = 2_000_000
    # The same sample again and again: runs of equal values take no room (Parquet, RLE).
    alike = {
        field.name: pa.array(np.zeros(count))
        if pa.types.is_floating(field.type)
        else pa.DictionaryArray.from_arrays(np.zeros(count, np.int8), ["left_thigh"])
        for field in table.schema
    }
    bomb = pa.table(alike).replace_schema_metadata(table.schema.metadata)
    path = tmp_path / "bomb.parquet"
    pq.write_table(bomb, path, compression="zstd")
    unpacked = bomb.nbytes
    del bomb, alike
    assert unpacked > 1000 * path.stat().st_size
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    with pytest.raises(RecordingError, match=r"states 2,000,000 samples, more than it can hold"):
        open_recording(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak + pa.total_allocated_bytes() - before < 5_000_000


def test_what_is_measured_is_far_from_the_limit():
    file = pq.ParquetFile(RECORDED)
    assert RECORDED.stat().st_size > 10 * file.metadata.num_rows
