"""A small journal cannot ask for a large memory, whatever compresses it."""

import io

import pyarrow as pa
import pytest

from imu_hip.errors import RecordingError
from imu_hip.recording.journal_messages import is_plain
from imu_hip.recording.journal_reading import read_journal
from tests.unit.recording.test_journal import row, write

SCHEMA = pa.schema([("value", pa.float64())])
BATCH = pa.record_batch([pa.array([0.0] * 1_000_000)], schema=SCHEMA)


def stream(compression=None, schema=SCHEMA, batch=BATCH):
    written = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(written, schema, options=options) as writer:
        writer.write_batch(batch)
    return written.getvalue()


def test_what_is_not_packed_is_plain():
    assert is_plain(stream())
    assert is_plain(b"")
    assert is_plain(b"\xff" * 100)


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_what_is_packed_is_seen_without_unpacking_it(compression):
    data = stream(compression)
    assert len(data) < 100_000
    before = pa.total_allocated_bytes()
    assert not is_plain(data)
    assert pa.total_allocated_bytes() - before < 100_000


def test_dictionaries_are_of_no_journal():
    words = pa.array(["left", "right"] * 10).dictionary_encode()
    schema = pa.schema([("word", words.type)])
    assert not is_plain(stream(None, schema, pa.record_batch([words], schema=schema)))


def test_every_cut_and_changed_byte_is_looked_at_without_a_fault():
    small = pa.record_batch([pa.array([1.0, 2.0])], schema=SCHEMA)
    data = stream("zstd", batch=small)
    for place in range(len(data)):
        is_plain(data[:place])
        for value in (0, 1, 0x7F, 0xFF):
            is_plain(data[:place] + bytes([value]) + data[place + 1 :])


def test_a_packed_journal_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "walk.parquet.journal"
    write(path, [[row(0, n) for n in range(3)]])
    plain = read_journal(path)
    with pa.ipc.open_stream(path.read_bytes()) as reader:
        schema, batch = reader.schema, reader.read_next_batch()
    assert plain.rows
    path.write_bytes(stream("zstd", schema, batch))
    with pytest.raises(RecordingError, match="holds packed data"):
        read_journal(path)
