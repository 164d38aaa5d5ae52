"""What the journal of a recording is made of: a header, then batches of samples and events.

It is an Apache Arrow IPC stream. A batch is written at once and whole or not at all, so a program
or computer that dies leaves a file whose batches before the last can be read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from imu_hip import __version__
from imu_hip.names import Segment
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


def header_json(header: JournalHeader) -> str:
    """The header as it stands in the journal's schema."""
    return json.dumps(
        {"journal_version": JOURNAL_VERSION, "imu_hip": __version__, **asdict(header)}
    )


def schema_of(header: JournalHeader) -> "pa.Schema":
    """Columns of a journal, with its header."""
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


def batch_of(
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
