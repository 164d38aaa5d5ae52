"""What a Movella DOT is asked about its memory and its recorder."""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, RefusedError, write
from imu_hip.bluetooth.drivers.movella_dot_dialogues import measuring_mode
from imu_hip.bluetooth.drivers.movella_dot_exchange import (
    REPLY_TIMEOUT_S,
    REPLY_TRIES,
    fetch,
    next_event,
    state,
)
from imu_hip.bluetooth.drivers.movella_dot_flash import (
    MOST_FILES,
    FileInfo,
    FlashInfo,
    parse_file_info,
    parse_flash_info,
    seconds_left,
)
from imu_hip.bluetooth.drivers.movella_dot_gatt import MESSAGE_CONTROL
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Command,
    Event,
    Message,
    RecordingTime,
    Result,
    encode_command,
    parse_recording_time,
)
from imu_hip.bluetooth.drivers.on_sensor import RecorderRefusedError, RecordingPlan
from imu_hip.bluetooth.drivers.samples import Skipped

FULLEST_FRACTION: Final = 0.9
STORED_BYTES_PER_SAMPLE: Final = 52
# Less room than this is a full memory to a person who wants to record without a timer.
LEAST_RECORDING_S: Final = 60.0
ERASE_TIMEOUT_S: Final = 180.0
FLASH_READS: Final = 6


def is_streaming() -> Dialogue[bool]:
    """Whether it measures for a host; False where it does not say."""
    try:
        return (yield from measuring_mode()) is not None
    except RefusedError:
        # Then the sensor itself says no to the recording, if it has to.
        return False


def check_space(plan: RecordingPlan) -> Dialogue[None]:
    """Make sure that a recording fits into memory.

    Raises
    ------
    RecorderRefusedError
        Where it does not, or the format of memory is broken.
    """
    flash = yield from flash_info()
    if len(flash.file_units) >= MOST_FILES:
        raise RecorderRefusedError(f"its memory holds {MOST_FILES} recordings and takes no more")
    pace = plan.sampling_rate_hz * STORED_BYTES_PER_SAMPLE
    left_s = seconds_left(flash, pace, FULLEST_FRACTION)
    if left_s < (plan.duration_s or LEAST_RECORDING_S):
        raise RecorderRefusedError(
            f"its memory is {100 * flash.used_fraction:.0f} % full with {len(flash.file_units)} "
            f"recordings and has room for {left_s / 60:.0f} min more"
        )


def flash_info() -> Dialogue[FlashInfo]:
    """How full memory is.

    Blocks carry no number, so a lost one looks like another memory, or like one whose format is
    broken. What the sensor says is believed once it says the same twice.

    Raises
    ------
    RecorderRefusedError
        Where the sensor does not say it now, or the format of memory is broken.
    DialogueError
        Where it says something else each time.
    """
    blocks: Sequence[bytes] | None = None
    for _ in range(FLASH_READS):
        before = blocks
        reply = yield from fetch(
            Command.FLASH_INFO, b"", Event.FLASH_INFO, (Event.FLASH_INFO_DONE,)
        )
        blocks = reply.blocks
        if blocks == before:
            break
    else:
        raise DialogueError("it says something else of its memory each time")
    info = parse_flash_info(blocks)
    if isinstance(info, Skipped):
        raise RecorderRefusedError(f"{info.reason}; it has to be erased before it can record")
    return info


def file_info(index: int) -> Dialogue[FileInfo | None]:
    """What the sensor says of a file, None where there is none."""
    for _ in range(REPLY_TRIES):
        reply = yield from fetch(
            Command.FILE_INFO,
            bytes([index]),
            Event.FILE_INFO,
            (Event.FILE_INFO_DONE, Event.NO_FILE),
        )
        if reply.end == Event.NO_FILE:
            return None
        info = parse_file_info(reply.blocks[0]) if reply.blocks else Skipped("", 0)
        if isinstance(info, FileInfo):
            return info
    raise DialogueError(f"it does not say what its recording {index} is")


def recording_time() -> Dialogue[RecordingTime | None]:
    """Since when it records, None where it does not say."""
    for _ in range(REPLY_TRIES):
        yield from write(MESSAGE_CONTROL, encode_command(Command.RECORDING_TIME))
        event = yield from next_event(REPLY_TIMEOUT_S)
        if isinstance(event, Message) and event.kind == Event.RECORDING_TIME:
            time = parse_recording_time(event.body)
            return None if isinstance(time, Skipped) else time
    return None


def wait_for_erased() -> Dialogue[None]:
    """Wait until memory is erased.

    Raises
    ------
    DialogueError
        Where that takes longer than three minutes.
    """
    waited_s = 0.0
    while waited_s < ERASE_TIMEOUT_S:
        event = yield from next_event(REPLY_TIMEOUT_S)
        if isinstance(event, Message) and event.kind in {Event.ERASED, Event.ERASED_ALSO}:
            return
        # The notification may be lost, so the state decides.
        if (yield from state()) == Result.IDLE:
            return
        waited_s += REPLY_TIMEOUT_S
    raise DialogueError(f"it was still erasing after {ERASE_TIMEOUT_S:.0f} s")
