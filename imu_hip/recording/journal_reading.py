"""Reading a journal, whole or torn."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.formats.files import read_bytes
from imu_hip.recording.journal import (
    JOURNAL_KEY,
    JOURNAL_VERSION,
    VECTORS,
    JournalEvent,
    JournalHeader,
)
from imu_hip.recording.journal_messages import is_plain
from imu_hip.recording.stream_faults import LARGEST_RATE_HZ

if TYPE_CHECKING:
    import pyarrow as pa
    from pydantic import TypeAdapter

LONGEST_TICK_S: Final = 1.0

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SensorRows:
    """The samples of one sensor in the order in which they were sent.

    Parameters
    ----------
    epoch, tick, arrival_ns, clipping
        Shape (n,); `tick` is None where the sensor has no clock.
    vectors
        Quantities by the name of `VECTORS`, shape (n, width), those that every sample has.
    partial
        Quantities that only some samples have and that are therefore left out.
    """

    epoch: Int64Array
    tick: Int64Array | None
    arrival_ns: Int64Array
    clipping: Int64Array
    vectors: Mapping[str, FloatArray]
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Journal:
    """What a journal holds.

    Parameters
    ----------
    rows
        One for each sensor of the header; sensors that sent nothing are absent.
    torn
        Whether the end was cut off or is damaged, and is left out.
    """

    header: JournalHeader
    rows: Mapping[int, SensorRows]
    events: tuple[JournalEvent, ...]
    torn: bool


def read_journal(path: Path) -> Journal:
    """Read all whole batches of a journal.

    Raises
    ------
    RecordingError
        Where the file is absent, empty, damaged or not a journal of this version or an older one.
    """
    import pyarrow as pa  # noqa: PLC0415

    data = read_bytes(path)
    try:
        reader = pa.ipc.open_stream(io.BytesIO(data))
        header = _header(path.name, reader.schema.metadata or {})
    except (
        pa.ArrowException,
        OSError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise _no_journal(path.name) from error
    if not is_plain(data):
        raise RecordingError(
            f"{path.name} holds packed data, which no journal of imu_hip does.",
            "Open the recording that was made from it.",
        )
    try:
        return _content(reader, header)
    except (pa.ArrowException, LookupError, TypeError, ValueError) as error:
        raise RecordingError(
            f"{path.name} is damaged: {error}.",
            "Copy it again from where it was recorded.",
        ) from error


def _content(reader: "pa.RecordBatchReader", header: JournalHeader) -> Journal:
    import pyarrow as pa  # noqa: PLC0415

    batches, torn = _whole_batches(reader)
    table = pa.Table.from_batches(batches, schema=reader.schema).combine_chunks()
    is_event = np.asarray(table.column("event").is_valid())
    samples = table.filter(pa.array(~is_event))
    sensor = _integers(samples.column("sensor"))
    rows = {
        int(place): _sensor_rows(samples.filter(pa.array(sensor == place)), header, int(place))
        for place in np.unique(sensor)
    }
    return Journal(header, rows, _events(table.filter(pa.array(is_event))), torn)


def _whole_batches(reader: "pa.RecordBatchReader") -> tuple[list["pa.RecordBatch"], bool]:
    import pyarrow as pa  # noqa: PLC0415

    found: list[pa.RecordBatch] = []
    while True:
        try:
            batch = reader.read_next_batch()
            # Arrow believes the offsets of a damaged batch, and would read beyond its memory.
            batch.validate(full=True)
        except StopIteration:
            return found, False
        except (pa.ArrowException, OSError, ValueError):
            return found, True
        found.append(batch)


def _no_journal(name: str) -> RecordingError:
    return RecordingError(
        f"{name} is not a journal of imu_hip, or nothing of it was saved.",
        "Journals end with .journal and lie beside the recording that was asked for.",
    )


def _header(name: str, metadata: Mapping[bytes, bytes]) -> JournalHeader:
    text = metadata.get(JOURNAL_KEY)
    if text is None:
        raise _no_journal(name)
    content: dict[str, Any] = json.loads(text)
    version = content["journal_version"]
    if version > JOURNAL_VERSION:
        raise RecordingError(
            f"{name} has version {version} of the journal, this imu_hip reads up to "
            f"{JOURNAL_VERSION}.",
            "Update imu_hip.",
        )
    header: JournalHeader = _headers().validate_python(content)
    for sensor in header.sensors:
        if not 0.0 < sensor.sampling_rate_hz <= LARGEST_RATE_HZ:
            raise ValueError(f"a sampling rate of {sensor.sampling_rate_hz} Hz")
        if sensor.tick_s is not None and not 0.0 < sensor.tick_s <= LONGEST_TICK_S:
            raise ValueError(f"ticks of {sensor.tick_s} s")
    return header


@cache
def _headers() -> "TypeAdapter[JournalHeader]":
    # Imported here, as it takes 0.1 s; it also tells a text where a number should be.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(JournalHeader)


def _integers(column: "pa.ChunkedArray") -> Int64Array:
    import pyarrow as pa  # noqa: PLC0415

    # pyarrow's own to_numpy imports pandas wherever it is installed, which takes 0.3 s.
    array = column.cast(pa.int64()).combine_chunks()
    return np.from_dlpack(array).astype(np.int64, copy=False)


def _sensor_rows(table: "pa.Table", header: JournalHeader, place: int) -> SensorRows:
    if not 0 <= place < len(header.sensors):
        raise ValueError(f"it has no sensor number {place}")
    vectors: dict[str, FloatArray] = {}
    partial: list[str] = []
    for name, width in VECTORS.items():
        column = table.column(name).combine_chunks()
        if not column.null_count:
            flat = np.from_dlpack(column.flatten()).astype(np.float64, copy=False)
            vectors[name] = flat.reshape(-1, width)
        elif column.null_count < len(column):
            partial.append(name)
    has_clock = header.sensors[place].tick_s is not None
    epoch = _integers(table.column("epoch"))
    tick = _integers(table.column("tick")) if has_clock else None
    goes_back = np.diff(epoch) < 0
    if tick is not None:
        goes_back |= (np.diff(tick) <= 0) & (np.diff(epoch) == 0)
    if goes_back.any():
        raise ValueError(f"the clock of sensor number {place} goes back")
    return SensorRows(
        epoch,
        tick,
        _integers(table.column("arrival_ns")),
        _integers(table.column("clipping")),
        vectors,
        tuple(partial),
    )


def _events(table: "pa.Table") -> tuple[JournalEvent, ...]:
    columns: Sequence[list[Any]] = [
        table.column(name).to_pylist() for name in ("arrival_ns", "sensor", "event")
    ]
    if any(arrival_ns is None for arrival_ns in columns[0]):
        raise ValueError("it tells of something without its time")
    return tuple(JournalEvent(*values) for values in zip(*columns, strict=True))
