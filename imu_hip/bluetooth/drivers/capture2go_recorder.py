"""Recording on a Capture2Go: named files of frames, fetched by offset.

Source: Capture2Go Communication Protocol, "Offline Measurement (Recording) of Full Data" and the
packages `DataRecordingConfig` to `DataFsSize`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_columns import packed_columns
from imu_hip.bluetooth.drivers.capture2go_data import data_kind, decode_data
from imu_hip.bluetooth.drivers.capture2go_download import download_bytes
from imu_hip.bluetooth.drivers.capture2go_exchange import ErrorReplyError, Exchange, NoReplyError
from imu_hip.bluetooth.drivers.capture2go_frames import split_file
from imu_hip.bluetooth.drivers.capture2go_packages import (
    RATE_CODES,
    ErrorCode,
    Header,
    RecordingConfig,
    SensorState,
    encode_name,
)
from imu_hip.bluetooth.drivers.capture2go_plan import check_plan, recording_mode, settle_clock
from imu_hip.bluetooth.drivers.capture2go_replies import FileEntry
from imu_hip.bluetooth.drivers.dialogue import Dialogue
from imu_hip.bluetooth.drivers.on_sensor import (
    RecorderCapabilities,
    RecorderRefusedError,
    RecorderState,
    RecorderStatus,
    RecordingPlan,
    StoredFile,
)
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns, columns_of

FORMAT_TIMEOUT_S: Final = 60.0
LIST_TRIES: Final = 4

_STATES: Final[Mapping[int, RecorderState]] = {
    SensorState.IDLE: RecorderState.IDLE,
    SensorState.STREAMING: RecorderState.STREAMING,
    SensorState.RECORDING: RecorderState.RECORDING,
}
_OCCUPATIONS: Final[Mapping[int, str]] = {
    SensorState.STREAMING: "it is streaming, which has to be stopped first",
    SensorState.RECORDING: "it is recording already",
}


class Capture2GoRecorder:
    """How it records on its own.

    Recordings are packages of eight raw samples without magnetic field: complete, and small to
    fetch. Orientation is computed from them afterwards.
    """

    @property
    def capabilities(self) -> RecorderCapabilities:
        """What it can do."""
        return RecorderCapabilities(
            sampling_rates_hz=tuple(RATE_CODES),
            longest_timer_s=None,
            names_files=True,
            exact_sizes=True,
            erases_single_files=True,
            downloads_while_recording=True,
            absolute_time=True,
        )

    @property
    def unit_bytes(self) -> int:
        """Downloads are counted in bytes."""
        return 1

    def status(self) -> Dialogue[RecorderStatus]:
        """Ask what it does."""
        status = yield from Exchange().status()
        return RecorderStatus(
            _STATES.get(status.state, RecorderState.BUSY),
            used_fraction=1.0 - min(status.free_percent, 100) / 100.0,
            synchronised=status.synchronized,
        )

    def prepare(self, sampling_rate_hz: float) -> Dialogue[None]:
        """Nothing has to be set before the clocks are made one; the rate comes with the start."""
        yield from ()

    def start(self, plan: RecordingPlan) -> Dialogue[None]:
        """Set the time where it leads or is alone, and record.

        Raises
        ------
        RecorderRefusedError
            Where it is not idle, its memory is full, or the plan is not possible.
        """
        check_plan(plan)
        exchange = Exchange()
        status = yield from exchange.status()
        if status.state != SensorState.IDLE:
            raise RecorderRefusedError(_OCCUPATIONS.get(status.state, "it is not ready"))
        if status.free_percent == 0:
            raise RecorderRefusedError("its memory is full")
        with _refusals():
            present = yield from exchange.mode()
            part = yield from settle_clock(exchange, status, present, plan)
            yield from exchange.set_mode(recording_mode(plan, present, part))
            config = RecordingConfig(
                round((plan.duration_s or 0.0) * 1e9), plan.duration_s is not None, plan.name
            )
            yield from exchange.ask(
                Header.SET_RECORDING_CONFIG, Header.RECORDING_CONFIG, config.encode()
            )
            yield from exchange.begin(
                Header.START_RECORDING, Header.STARTED_RECORDING, SensorState.RECORDING
            )

    def stop(self) -> Dialogue[bool]:
        """Stop the recording; False where none ran."""
        exchange = Exchange()
        if (yield from exchange.status()).state != SensorState.RECORDING:
            return False
        try:
            yield from exchange.ask(Header.STOP_RECORDING, Header.STOPPED_RECORDING)
        except ErrorReplyError as error:
            # It ended by itself meanwhile, or a first try was heard and only its reply lost.
            if error.code != ErrorCode.WRONG_STATE:
                raise
        if (yield from exchange.status()).state == SensorState.RECORDING:
            raise RecorderRefusedError("it goes on recording although it was told to stop")
        return True

    def list(self) -> Dialogue[tuple[StoredFile, ...]]:
        """List its files in the order of their index."""
        exchange = Exchange()
        for _ in range(LIST_TRIES):
            entries = yield from _listed(exchange)
            if entries is not None:
                return tuple(
                    StoredFile(entry.name, None, None, entry.size)
                    for entry in sorted(entries, key=lambda entry: entry.index)
                )
        raise NoReplyError("its list of files does not come complete")

    def download(self, file: StoredFile, held: Sequence[tuple[int, int]]) -> Dialogue[int]:
        """Fetch what is missing of a file, and return its size in bytes."""
        return (yield from download_bytes(file.key, held))

    def erase(self, file: StoredFile | None) -> Dialogue[None]:
        """Delete one file, or format the memory.

        Raises
        ------
        RecorderRefusedError
            Where it is recording, or cannot.
        """
        exchange = Exchange()
        if (yield from exchange.status()).state == SensorState.RECORDING:
            raise RecorderRefusedError(_OCCUPATIONS[SensorState.RECORDING])
        with _refusals():
            if file is None:
                yield from exchange.ask(
                    Header.FORMAT, Header.FORMATTED, tries=1, timeout_s=FORMAT_TIMEOUT_S
                )
            else:
                # Once: a second try after a lost reply would find no such file and seem to fail.
                name = encode_name(file.key)
                yield from exchange.ask(Header.DELETE_FILE, Header.DELETED_FILE, name, tries=1)

    def samples(self, data: bytes) -> Sequence[Sample | Skipped]:
        """Read a file: all packages of the kind that comes first; usually there is one."""
        samples: list[Sample | Skipped] = []
        header: int | None = None
        for item in split_file(data):
            if isinstance(item, Skipped):
                samples.append(item)
            elif data_kind(item.header) is not None:
                # Two kinds hold the same samples twice, at their own times.
                header = header or item.header
                if item.header == header:
                    samples.extend(decode_data(item))
                else:
                    samples.append(Skipped("a package of a second kind in one file", item.size))
        return samples

    def columns(self, data: bytes) -> StoredColumns:
        """Read the same at once, fast where all is packed as `start` asks for it."""
        columns = packed_columns(data)
        return columns_of(self.samples(data)) if columns is None else columns


@contextmanager
def _refusals() -> Iterator[None]:
    """What the sensor refuses, the recorder refuses."""
    try:
        yield
    except ErrorReplyError as error:
        raise RecorderRefusedError(error.what) from error


def _listed(exchange: Exchange) -> Dialogue[list[FileEntry] | None]:
    """All entries, None where some did not come."""
    payload = yield from exchange.ask(Header.LIST_FILES, Header.FILE_COUNT)
    entries = []
    for _ in range(int.from_bytes(payload, "little")):
        try:
            payload = yield from exchange.reply(Header.LIST_FILES, Header.FILE)
        except NoReplyError:
            return None
        entries.append(FileEntry.decode(payload))
    return entries
