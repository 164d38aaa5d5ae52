"""The journal of a recording that is being made: readable up to its last whole second.

It is an Apache Arrow IPC stream. A batch is written at once and whole or not at all, so a program
or computer that dies leaves a file whose batches before the last can be read.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from imu_hip import __version__
from imu_hip.errors import OutputError
from imu_hip.names import Segment
from imu_hip.recording.locks import lock_file
from imu_hip.recording.private_files import new_file
from imu_hip.recording.recording import SensorInfo

if TYPE_CHECKING:
    import pyarrow as pa

JOURNAL_VERSION: Final = 1
JOURNAL_KEY: Final = b"imu_hip_journal"
VECTORS: Final = {"q_earth_sensor": 4, "acc_mps2": 3, "gyr_dps": 3, "mag_au": 3}
"""Columns that hold vectors, and how long those are."""


@dataclass(frozen=True, slots=True)
class JournalSensor:
    """One sensor of a journal.

    Parameters
    ----------
    tick_s
        Seconds of one tick of its clock, None where it has none.
    clock_group
        Sensors with the same name here had their clocks synchronised by radio; empty where not.
    caveat
        What a person must know about its data.
    """

    segment: Segment
    sampling_rate_hz: float
    info: SensorInfo
    tick_s: float | None
    clock_group: str = ""
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """What is known when a recording begins.

    Parameters
    ----------
    started_utc
        Time of day, ISO 8601, for people; samples are timed by a clock that nobody can set.
    details
        How it was recorded, for the recording's log.
    """

    started_utc: str
    sensors: tuple[JournalSensor, ...]
    source: str
    simulated: bool = False
    details: Mapping[str, object] | None = None


class JournalRow(NamedTuple):
    """One sample; what the sensor did not send is None.

    Parameters
    ----------
    sensor
        Place of the sensor in the header.
    epoch
        Counts the restarts of the sensor's clock.
    tick
        Unwrapped reading of the sensor's clock, rising within an epoch.
    arrival_ns
        The host's monotonic clock when the sample arrived.
    clipping
        Bits of the quantities that reached the end of their range; 0 is none.
    """

    sensor: int
    epoch: int
    tick: int | None
    sequence: int | None
    arrival_ns: int
    q_earth_sensor: tuple[float, float, float, float] | None
    acc_mps2: tuple[float, float, float] | None
    gyr_dps: tuple[float, float, float] | None
    mag_au: tuple[float, float, float] | None
    clipping: int = 0


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """Something that happened while recording, told in a sentence.

    Parameters
    ----------
    sensor
        Place of the sensor in the header, None where it concerns all.
    """

    arrival_ns: int
    sensor: int | None
    text: str


class JournalWriter:
    """Appends samples and events to a journal, whole batches only.

    While it is open the file is locked: nobody may recover a recording that goes on.

    Parameters
    ----------
    path
        A file that must not exist yet: a journal is never written over.

    Raises
    ------
    OutputError
        Where the file exists or cannot be written.
    """

    def __init__(self, path: Path, header: JournalHeader) -> None:
        self.path = path
        self._schema = _schema(header)
        self._whole_bytes = 0
        # The first array imports pandas: over a second in which no sample would be safe.
        _batch(self._schema, (), ())
        try:
            # It holds what a person did, and nobody but this program reads it.
            self._file = os.fdopen(new_file(path), "wb", buffering=0)
        except FileExistsError:
            raise OutputError(
                f"There is already a journal {path}.",
                f"Turn it into a recording with: imu-hip recover {path}",
            ) from None
        except OSError as error:
            raise OutputError(
                f"{path} cannot be written: {error.strerror or error}.",
                "Choose a folder that you may write to and that has space left.",
            ) from error
        # Where a folder knows no locks, a recording is still worth more than none.
        with suppress(OSError):
            lock_file(self._file.fileno())
        try:
            self._append(self._schema.serialize().to_pybytes())
        except OutputError:
            # An empty journal would stand in the way of the next try.
            self.close()
            with suppress(OSError):
                path.unlink()
            raise

    def write(self, rows: Sequence[JournalRow], events: Sequence[JournalEvent] = ()) -> None:
        """Write samples and events and wait until the disk has them.

        Raises
        ------
        OutputError
            Where that is not possible now; the journal then ends before them and they may be
            written again later.
        """
        if rows or events:
            self._append(_batch(self._schema, rows, events).serialize().to_pybytes())

    def close(self) -> None:
        """End the journal."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, message: bytes) -> None:
        try:
            written = 0
            while written < len(message):
                written += self._file.write(message[written:]) or 0
            os.fsync(self._file.fileno())
        except OSError as error:
            self._cut()
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror or error}.",
                "Free space on this disk, or check that it is still connected.",
            ) from error
        self._whole_bytes += len(message)

    def _cut(self) -> None:
        # A torn batch in the middle would hide every batch after it.
        # Where the disk is gone, there is nothing to keep tidy.
        with suppress(OSError):
            self._file.seek(self._whole_bytes)
            self._file.truncate()


def header_json(header: JournalHeader) -> str:
    """The header as it stands in the journal's schema."""
    return json.dumps(
        {"journal_version": JOURNAL_VERSION, "imu_hip": __version__, **asdict(header)}
    )


def _schema(header: JournalHeader) -> "pa.Schema":
    # pyarrow takes 0.1 s to import, which only a command that records must pay.
    import pyarrow as pa  # noqa: PLC0415

    return pa.schema(
        [
            ("sensor", pa.int8()),
            ("epoch", pa.int16()),
            ("tick", pa.int64()),
            ("sequence", pa.int64()),
            ("arrival_ns", pa.int64()),
            *((name, pa.list_(pa.float64(), width)) for name, width in VECTORS.items()),
            ("clipping", pa.int8()),
            ("event", pa.string()),
        ],
        metadata={JOURNAL_KEY: header_json(header)},
    )


def _batch(
    schema: "pa.Schema", rows: Sequence[JournalRow], events: Sequence[JournalEvent]
) -> "pa.RecordBatch":
    """Samples, then events, which are rows with a text and without a sample."""
    import pyarrow as pa  # noqa: PLC0415

    table: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in rows] + [None] * len(events)
        for name in JournalRow._fields
    }
    none = len(rows)
    table["sensor"][none:] = [event.sensor for event in events]
    table["arrival_ns"][none:] = [event.arrival_ns for event in events]
    table["event"] = [None] * len(rows) + [event.text for event in events]
    arrays = [pa.array(table[field.name], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
