"""How a Movella DOT records on its own memory: state, start, stop, list, download and erase.

A DOT tells no sampling rate, sample count or name of a file, so whoever starts a recording has to
remember them. Nothing here erases, stops or starts anything that was not asked for. Source:
Movella DOT BLE Services Specifications XD0506P rev F, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError
from imu_hip.bluetooth.drivers.movella_dot_control import RECORDING_RATES_HZ
from imu_hip.bluetooth.drivers.movella_dot_dialogues import set_output_rate
from imu_hip.bluetooth.drivers.movella_dot_download import download
from imu_hip.bluetooth.drivers.movella_dot_exchange import (
    command,
    leave_export,
    meaning,
    state,
    state_behind_busy,
    wait_for,
)
from imu_hip.bluetooth.drivers.movella_dot_export import (
    MOTION_FIELDS,
    MOTION_FIELDS_WITH_MAG,
    decode_columns,
    decode_file,
    record_type,
)
from imu_hip.bluetooth.drivers.movella_dot_flash import MOST_FILES
from imu_hip.bluetooth.drivers.movella_dot_memory import (
    check_space,
    file_info,
    flash_info,
    is_streaming,
    recording_time,
    wait_for_erased,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import Command, Result, start_body
from imu_hip.bluetooth.drivers.movella_dot_sync import DotSync
from imu_hip.bluetooth.drivers.on_sensor import (
    RecorderCapabilities,
    RecorderRefusedError,
    RecorderState,
    RecorderStatus,
    RecordingPlan,
    StoredFile,
)
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.drivers.stored_columns import StoredColumns

LONGEST_TIMER_S: Final = 5280
SETTLE_S: Final = 5.0
BUSY_S: Final = 1.0
UTC_LIMIT_S: Final = 2**32

_STATES: Final[dict[int, RecorderState]] = {
    Result.FLASH_BUSY: RecorderState.BUSY,
    Result.IDLE: RecorderState.IDLE,
    Result.ERASING: RecorderState.ERASING,
    Result.RECORDING: RecorderState.RECORDING,
    Result.SENDING_FLASH_INFO: RecorderState.EXPORTING,
    Result.SENDING_FILE_INFO: RecorderState.EXPORTING,
    Result.SENDING_DATA: RecorderState.EXPORTING,
}


@dataclass(frozen=True, slots=True)
class DotRecorder:
    """The recorder of a Movella DOT.

    Parameters
    ----------
    magnetometer
        Whether downloads hold the magnetic field as well.
    """

    magnetometer: bool = False

    @property
    def capabilities(self) -> RecorderCapabilities:
        """What a DOT can do."""
        return RecorderCapabilities(
            sampling_rates_hz=RECORDING_RATES_HZ,
            longest_timer_s=LONGEST_TIMER_S,
            names_files=False,
            exact_sizes=False,
            erases_single_files=False,
            downloads_while_recording=False,
            absolute_time=False,
        )

    @property
    def fields(self) -> bytes:
        """Ids of the fields that are downloaded."""
        return MOTION_FIELDS_WITH_MAG if self.magnetometer else MOTION_FIELDS

    @property
    def unit_bytes(self) -> int:
        """Bytes of one downloaded sample."""
        return record_type(self.fields).itemsize

    def status(self) -> Dialogue[RecorderStatus]:
        """Ask what it does; how full it is and whether it is synchronised it says only idle."""
        now = yield from state()
        if now == Result.RECORDING:
            time = yield from recording_time()
            started_utc_s = None if time is None else time.started_utc_s
            return RecorderStatus(RecorderState.RECORDING, started_utc_s)
        if now != Result.IDLE:
            return RecorderStatus(_STATES.get(now, RecorderState.BUSY))
        if (yield from is_streaming()):
            return RecorderStatus(RecorderState.STREAMING)
        try:
            flash = yield from flash_info()
        except RecorderRefusedError as error:
            return RecorderStatus(RecorderState.IDLE, trouble=error.what)
        return RecorderStatus(
            RecorderState.IDLE,
            used_fraction=flash.used_fraction,
            memory_bytes=flash.memory_bytes,
            synchronised=(yield from DotSync().is_synchronised()),
        )

    def prepare(self, sampling_rate_hz: float) -> Dialogue[None]:
        """Set the rate, which is locked once the clocks are synchronised.

        Raises
        ------
        RecorderRefusedError
            Where no DOT can record at that rate, or this one is not idle.
        DialogueError
            Where it keeps another rate.
        """
        _check_rate(sampling_rate_hz)
        if (now := (yield from wait_for(Result.IDLE, BUSY_S))) != Result.IDLE:
            raise RecorderRefusedError(meaning(now))
        if (yield from is_streaming()):
            raise RecorderRefusedError("it is streaming, which has to stop first")
        yield from set_output_rate(sampling_rate_hz)

    def start(self, plan: RecordingPlan) -> Dialogue[None]:
        """Start a recording and make sure that it runs.

        Raises
        ------
        RecorderRefusedError
            Where the plan is beyond a DOT, it is not idle, memory is full or its format is broken.
        """
        timer_s = _timer_s(plan)
        yield from self.prepare(plan.sampling_rate_hz)
        yield from check_space(plan)
        ack = yield from command(Command.START, start_body(plan.started_utc_s, timer_s))
        now = yield from wait_for(Result.RECORDING, SETTLE_S if ack is None else 1.0)
        if now == Result.RECORDING:
            return
        if ack is not None and ack.result != Result.SUCCESS:
            now = ack.result
        raise RecorderRefusedError(f"the recording did not start: {meaning(now)}")

    def stop(self) -> Dialogue[bool]:
        """Stop the recording; False where none ran."""
        if (yield from state_behind_busy()) != Result.RECORDING:
            return False
        ack = yield from command(Command.STOP)
        if (yield from wait_for(Result.IDLE, SETTLE_S)) == Result.RECORDING:
            raise DialogueError("it does not stop recording")
        return ack is None or ack.result != Result.IDLE

    def list(self) -> Dialogue[tuple[StoredFile, ...]]:
        """List the recordings, oldest first; keys are numbers from 1 that an erase reassigns."""
        yield from leave_export()
        yield from flash_info()
        files: list[StoredFile] = []
        for index in range(1, MOST_FILES + 1):
            info = yield from file_info(index)
            if info is None:
                break
            files.append(StoredFile(str(index), info.started_utc_s, info.duration_s, None))
        return tuple(files)

    def download(self, file: StoredFile, held: Sequence[tuple[int, int]]) -> Dialogue[int]:
        """Fetch what is missing of a file, yielding each sample as `Keep`.

        Raises
        ------
        RecorderRefusedError
            Where the sensor is recording, or the file is not the one that was listed.
        DialogueError
            Where the sensor stops sending and does not go on.
        """
        index = _index(file)
        yield from leave_export()
        info = yield from file_info(index)
        if info is None or file.started_utc_s not in {None, info.started_utc_s}:
            raise RecorderRefusedError(
                f"recording {file.key} is not there any more; what it holds has changed"
            )
        return (yield from download(index, self.fields, self.unit_bytes, held))

    def erase(self, file: StoredFile | None) -> Dialogue[None]:
        """Erase everything.

        Raises
        ------
        RecorderRefusedError
            Where a single file was given, or it is not idle.
        """
        if file is not None:
            raise RecorderRefusedError("it can only erase all of its recordings at once")
        yield from leave_export()
        # A driver knows no time of day; the sensor only gives back what it is told here.
        ack = yield from command(Command.ERASE, bytes(4))
        if ack is not None and ack.result not in {Result.SUCCESS, Result.ERASING}:
            raise RecorderRefusedError(meaning(ack.result))
        yield from wait_for_erased()

    def samples(self, data: bytes) -> Sequence[Sample | Skipped]:
        """Read the bytes of a complete download."""
        return decode_file(data, self.fields)

    def columns(self, data: bytes) -> StoredColumns:
        """Read the same at once."""
        return decode_columns(data, self.fields)


def _check_rate(sampling_rate_hz: float) -> None:
    if sampling_rate_hz not in RECORDING_RATES_HZ:
        raise RecorderRefusedError(f"it cannot record at {sampling_rate_hz:g} Hz")


def _timer_s(plan: RecordingPlan) -> int | None:
    _check_rate(plan.sampling_rate_hz)
    if not 0 <= plan.started_utc_s < UTC_LIMIT_S:
        raise RecorderRefusedError("the time of day does not fit into its clock")
    if plan.duration_s is None:
        return None
    if not 1 <= plan.duration_s <= LONGEST_TIMER_S:
        raise RecorderRefusedError(
            f"its timer reaches from 1 s to {LONGEST_TIMER_S} s; longer recordings have to be "
            "stopped by hand"
        )
    return round(plan.duration_s)


def _index(file: StoredFile) -> int:
    if not (file.key.isdecimal() and 1 <= int(file.key) <= MOST_FILES):
        raise RecorderRefusedError(f"it has no recording {file.key!r}")
    return int(file.key)
