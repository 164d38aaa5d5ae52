"""The port for sensors that record on their own memory, and for clocks synchronised by radio."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns


class RecorderState(StrEnum):
    """What a sensor's recorder does now."""

    IDLE = "idle"
    STREAMING = "streaming"
    RECORDING = "recording"
    EXPORTING = "exporting"
    ERASING = "erasing"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class RecorderCapabilities:
    """What a kind of recorder can do.

    Parameters
    ----------
    longest_timer_s
        Longest time after which it can stop by itself; None where there is no such limit.
    names_files, exact_sizes
        Whether files carry a name that was given at the start, and whether their size is known
        before the download.
    erases_single_files
        Else only everything at once.
    downloads_while_recording, absolute_time
        Whether a running recording can be read, and whether samples carry a time of day.
    """

    sampling_rates_hz: tuple[float, ...]
    longest_timer_s: float | None
    names_files: bool
    exact_sizes: bool
    erases_single_files: bool
    downloads_while_recording: bool
    absolute_time: bool


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What a sensor is asked to record on its own.

    Parameters
    ----------
    started_utc_s
        Time of day by the host's clock, whole seconds since 1970.
    duration_s
        None records until it is stopped.
    name
        Name of the file, where files have names; at most 64 characters `A-Z a-z 0-9 _ -`.
    """

    sampling_rate_hz: float
    started_utc_s: int
    duration_s: float | None
    name: str


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """What a sensor says of its recorder; None is what it does not say.

    Parameters
    ----------
    used_fraction
        Part of the memory that is full, 0 to 1.
    synchronised
        Whether its clock is one with those of the others.
    trouble
        Why it cannot record although it is idle, as part of a sentence; empty where it can.
    """

    state: RecorderState
    started_utc_s: int | None = None
    used_fraction: float | None = None
    memory_bytes: int | None = None
    synchronised: bool | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One recording in a sensor's memory; None is what the sensor does not say.

    Parameters
    ----------
    key
        How the sensor knows the file: an index or a name.
    """

    key: str
    started_utc_s: int | None
    duration_s: float | None
    size_bytes: int | None


class RecorderRefusedError(DialogueError):
    """The recorder cannot do that now, and why."""


class OnSensorRecorder(Protocol):
    """How one kind of sensor records on its own. Stateless."""

    @property
    def capabilities(self) -> RecorderCapabilities:
        """What it can do."""

    @property
    def unit_bytes(self) -> int:
        """Size of the units in which a download is counted; samples or bytes."""

    def status(self) -> Dialogue[RecorderStatus]:
        """Ask what it does; valid in every state."""

    def prepare(self, sampling_rate_hz: float) -> Dialogue[None]:
        """Set what cannot be changed any more once the clocks are synchronised.

        Raises
        ------
        DialogueError
            Where the sensor does not take it.
        """

    def start(self, plan: RecordingPlan) -> Dialogue[None]:
        """Start a recording and make sure that it runs.

        Raises
        ------
        RecorderRefusedError
            Where it is not idle, memory is full or its format is broken.
        """

    def stop(self) -> Dialogue[bool]:
        """Stop the recording; False where none ran."""

    def list(self) -> Dialogue[tuple[StoredFile, ...]]:
        """List what its memory holds, oldest first."""

    def download(self, file: StoredFile, held: Sequence[tuple[int, int]]) -> Dialogue[int]:
        """Fetch what is missing of a file, yielding each piece as `Keep`.

        It repairs gaps itself, a bounded number of times, and returns the number of units of the
        whole file. It may be begun anew after a lost link with what was held then.

        Parameters
        ----------
        held
            Intervals `[start, end)` of units that are there already, ascending.

        Raises
        ------
        DialogueError
            Where the sensor stops sending and does not go on.
        """

    def erase(self, file: StoredFile | None) -> Dialogue[None]:
        """Erase one file, or everything where `file` is None.

        Raises
        ------
        RecorderRefusedError
            Where the sensor can only erase everything and a file was given.
        """

    def samples(self, data: bytes) -> Sequence[Sample | Skipped]:
        """Read the bytes of a complete download, with the reason for each piece that is none."""

    def columns(self, data: bytes) -> StoredColumns:
        """Read the same at once; a file may hold millions of samples."""


@dataclass(frozen=True, slots=True)
class SyncGroup:
    """Which sensors share a clock.

    Parameters
    ----------
    root_address
        Radio address of the sensor whose clock is followed.
    group_id
        Fresh random number, 64 bits.
    """

    root_address: str
    group_id: int


class HardwareSync(Protocol):
    """How one kind of sensor synchronises clocks by its own radio. Stateless."""

    @property
    def settle_s(self) -> float:
        """How long the sensors need; they must be left disconnected where `disconnects`."""

    @property
    def disconnects(self) -> bool:
        """Whether the host must let go of all sensors while they synchronise."""

    def time_error_s(self, duration_s: float) -> float | None:
        """How far synchronised clocks may be apart after a time, as the maker states it.

        None where the maker states nothing.
        """

    def start(self, group: SyncGroup, own_address: str) -> Dialogue[None]:
        """Tell a sensor to join a group."""

    def result(self) -> Dialogue[str]:
        """After settling: empty where it worked, else why not, as part of a sentence."""

    def is_synchronised(self) -> Dialogue[bool]:
        """Whether the sensor is in a group now."""

    def stop(self) -> Dialogue[None]:
        """Leave the group; no error where there is none."""
