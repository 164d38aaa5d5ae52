"""Our own format: one Parquet file, a row group for each segment, metadata in the footer.

The columns are those of the long CSV. A quantity that no sensor measured has no columns; one that
only some sensors measured is null for the others. The footer holds JSON under the key `imu_hip`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Segment
from imu_hip.recording.formats.columns import GROUPS, measured_columns, stream_columns
from imu_hip.recording.formats.files import naming, read_head, replacing
from imu_hip.recording.formats.parquet_metadata import (
    METADATA_KEY,
    from_json,
    recording_of,
    sensors_of,
    to_json,
)
from imu_hip.recording.recording import Recording, SensorInfo, SensorStream

if TYPE_CHECKING:
    from pyarrow import Array, ChunkedArray, DictionaryArray
    from pyarrow.parquet import ParquetFile

USUAL_ROWS: Final = 1_000_000
"""As many samples as four sensors make in an hour at 60 Hz."""

_MAGIC: Final = b"PAR1"
_MEASURED: Final = frozenset({"time_s", *(name for names in GROUPS.values() for name in names)})


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet files do."""
    return path.is_file() and read_head(path).startswith(_MAGIC)


def read_parquet(path: Path) -> Recording:
    """Read a recording that `write_parquet` wrote.

    Raises
    ------
    RecordingError
        Where the file is truncated or damaged, written by a newer version, or not a recording.
    """
    # pyarrow takes 0.1 s to import, which a command that reads no recording must not pay.
    from pyarrow import parquet  # noqa: PLC0415

    _check_end(path)
    with (
        naming(path.name),
        _damage(path),
        parquet.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file,
    ):
        _require_honest(path, file.metadata.num_rows)
        metadata = from_json(path.name, file.schema_arrow.metadata)
        sensors = sensors_of(metadata)
        streams = {
            segment: _stream(segment, *sensors[segment], columns)
            for segment, columns in _read_blocks(file).items()
        }
        return recording_of(metadata, streams)


def write_parquet(recording: Recording, path: Path) -> None:
    """Write a recording with everything it holds.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    # Only a command that writes a recording pays for this import.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    columns = measured_columns(recording)
    schema = pa.schema(
        [("segment", pa.dictionary(pa.int8(), pa.string())), ("time_s", pa.float64())]
        + [(name, pa.float64()) for name in columns],
        metadata={METADATA_KEY: to_json(recording)},
    )
    segments = pa.array([str(segment) for segment in recording.streams])
    with (
        replacing(path) as unfinished,
        parquet.ParquetWriter(
            unfinished,
            schema,
            compression="zstd",
            use_dictionary=["segment"],
            write_page_checksum=True,
        ) as writer,
    ):
        for i, stream in enumerate(recording.streams.values()):
            n = len(stream.time_s)
            codes = pa.array(np.full(n, i, dtype=np.int8))
            arrays = [pa.DictionaryArray.from_arrays(codes, segments), pa.array(stream.time_s)]
            arrays += [
                pa.nulls(n, pa.float64()) if values is None else pa.array(values)
                for values in stream_columns(stream, columns)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=n)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    import pyarrow as pa  # noqa: PLC0415

    advice = "Copy the file again or convert the original recording once more."
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = (str(error) or "unreadable").splitlines()[0]
        raise RecordingError(f"{path.name} is damaged: {reason}.", advice) from error
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise RecordingError(
            f"{path.name}: the metadata in its footer do not fit its table ({error}).", advice
        ) from error


def _check_end(path: Path) -> None:
    read_head(path)
    with path.open("rb") as file:
        file.seek(-min(4, path.stat().st_size), 2)
        whole = file.read() == _MAGIC
    if not whole:
        raise RecordingError(
            f"{path.name} is truncated: its end is missing.",
            "Copy the file again or convert the original recording once more.",
        )


def _require_honest(path: Path, rows: int) -> None:
    """Refuse a file made to fill a memory: samples that are measured take many bytes each.

    Raises
    ------
    RecordingError
        Where there are more rows than bytes.
    """
    if rows > USUAL_ROWS and rows > path.stat().st_size:
        raise RecordingError(
            f"{path.name} states {rows:,} samples, more than it can hold.",
            "Copy the file again or convert the original recording once more.",
        )


def _read_blocks(file: "ParquetFile") -> dict[Segment, dict[str, FloatArray]]:
    """Columns of each segment; tools may have rewritten the row groups, so each is looked at."""
    parts: dict[Segment, dict[str, list[FloatArray]]] = {}
    for i in range(file.num_row_groups):
        table = file.read_row_group(i)
        segments = _segments(table.column("segment"))
        codes = _numpy(segments.indices)
        for code in codes[:1] if (codes == codes[:1]).all() else np.unique(codes):
            rows = None if (codes == code).all() else codes == code
            columns = parts.setdefault(Segment(segments.dictionary[int(code)].as_py()), {})
            for name in _MEASURED.intersection(table.column_names):
                column = table.column(name) if rows is None else table.column(name).filter(rows)
                if column.null_count < len(column):
                    columns.setdefault(name, []).append(_numbers(column))
    return {
        segment: {
            name: part[0] if len(part) == 1 else np.concatenate(part)
            for name, part in columns.items()
        }
        for segment, columns in parts.items()
    }


def _segments(column: "ChunkedArray") -> "DictionaryArray":
    """The column of segments as codes; tools may have written it as plain text."""
    import pyarrow as pa  # noqa: PLC0415 (as in `read_parquet`)

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    segments = column.unify_dictionaries().combine_chunks()
    if segments.null_count:
        raise ValueError("it has rows without a segment")
    return segments


def _numpy(array: "Array") -> NDArray[Any]:
    # pyarrow's own to_numpy imports pandas wherever it is installed, which takes 0.3 s.
    return np.from_dlpack(array)


def _numbers(column: "ChunkedArray") -> FloatArray:
    # Tools may have made whole numbers or shorter ones of them.
    array = column.combine_chunks().cast("float64")
    return _numpy(array.fill_null(float("nan")) if array.null_count else array)


def _stream(
    segment: Segment, rate_hz: float, sensor: SensorInfo, columns: Mapping[str, FloatArray]
) -> SensorStream:
    values = {
        field: np.column_stack([columns[name] for name in names])
        if columns.keys() & set(names)
        else None
        for field, names in GROUPS.items()
    }
    return SensorStream(
        segment,
        columns["time_s"],
        rate_hz,
        values["q_earth_sensor"],
        values["acc_mps2"],
        values["gyr_dps"],
        values["mag_au"],
        sensor,
    )
