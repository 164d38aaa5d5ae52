"""Exchanges over the Movella DOT's message service: one command, one acknowledgement at a time.

Only the last acknowledgement can be read, so it is read right after each write and matched with
what was written. Source: Movella DOT BLE Services Specifications XD0506P rev F, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, Pause, expect, read, write
from imu_hip.bluetooth.drivers.movella_dot_gatt import (
    MESSAGE_ACKNOWLEDGEMENT,
    MESSAGE_CONTROL,
    MESSAGE_NOTIFICATION,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Ack,
    Channel,
    Command,
    Event,
    Message,
    Result,
    encode_command,
    parse,
    parse_ack,
)
from imu_hip.bluetooth.drivers.on_sensor import RecorderRefusedError
from imu_hip.bluetooth.drivers.samples import Skipped

# Waits are not documented: these are far longer than a connection event and its repetitions.
REPLY_TIMEOUT_S: Final = 2.0
STATE_PAUSE_S: Final = 0.25
ACK_READS: Final = 3
ACK_PAUSE_S: Final = 0.05
BUSY_PAUSE_S: Final = 0.5
BUSY_TRIES: Final = 20
REPLY_TRIES: Final = 3
MOST_EVENTS: Final = 4000
"""While it exports, a sensor is never silent; so many are ten seconds of it at 400 a second."""

# A state in answer to anything but a question for it is a refusal because of that state.
_STATES: Final[dict[int, str]] = {
    Result.INVALID: "it does not take that command now",
    Result.FLASH_BUSY: "its memory is busy",
    Result.IDLE: "it is idle",
    Result.ERASING: "it is erasing its memory",
    Result.RECORDING: "it is recording",
    Result.SENDING_FLASH_INFO: "it is sending what its memory holds",
    Result.SENDING_FILE_INFO: "it is sending what its memory holds",
    Result.SENDING_DATA: "it is sending a recording",
}
EXPORTING: Final = frozenset(
    {Result.SENDING_FLASH_INFO, Result.SENDING_FILE_INFO, Result.SENDING_DATA}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command brought: the notification that ended it, and the blocks before it."""

    end: int
    blocks: Sequence[bytes]


def meaning(result: int) -> str:
    """What a result says, as part of a sentence."""
    return _STATES.get(result, f"it answered 0x{result:02x}")


def ask(kind: Command, body: bytes = b"") -> Dialogue[Ack | None]:
    """Write a command and read its acknowledgement, None where only others are to be read."""
    yield from write(MESSAGE_CONTROL, encode_command(kind, body))
    # The sensor may not have replaced the acknowledgement of an earlier command yet.
    for attempt in range(ACK_READS):
        if attempt:
            yield Pause(ACK_PAUSE_S)
        ack = parse_ack((yield from read(MESSAGE_ACKNOWLEDGEMENT)))
        if isinstance(ack, Ack) and ack.answers(kind, body):
            return ack
    return None


def command(kind: Command, body: bytes = b"") -> Dialogue[Ack | None]:
    """Ask, and ask again while memory is busy.

    Raises
    ------
    DialogueError
        If memory stays busy.
    """
    for _ in range(BUSY_TRIES):
        ack = yield from ask(kind, body)
        if ack is None or ack.result != Result.FLASH_BUSY:
            return ack
        yield Pause(BUSY_PAUSE_S)
    raise DialogueError(f"its memory was busy for {BUSY_TRIES * BUSY_PAUSE_S:.0f} s")


def state() -> Dialogue[int]:
    """Ask what the recorder does now.

    Raises
    ------
    DialogueError
        If there is no answer.
    """
    for _ in range(REPLY_TRIES):
        ack = yield from ask(Command.GET_STATE)
        if ack is not None:
            return ack.result
    raise DialogueError("it does not say what its recorder does")


def state_behind_busy() -> Dialogue[int]:
    """Ask for the state until memory is not busy any more, which hides what else it does."""
    for _ in range(BUSY_TRIES):
        now = yield from state()
        if now != Result.FLASH_BUSY:
            return now
        yield Pause(BUSY_PAUSE_S)
    raise DialogueError(f"its memory was busy for {BUSY_TRIES * BUSY_PAUSE_S:.0f} s")


def wait_for(wanted: int, timeout_s: float) -> Dialogue[int]:
    """Ask for the state until it is the wanted one; the last state after `timeout_s`."""
    waited_s = 0.0
    while (now := (yield from state())) != wanted and waited_s < timeout_s:
        yield Pause(STATE_PAUSE_S)
        waited_s += STATE_PAUSE_S
    return now


def next_event(timeout_s: float) -> Dialogue[Message | Skipped | None]:
    """Wait for a notification of the recorder; those of the clock sync are passed over."""
    while (raw := (yield from expect(MESSAGE_NOTIFICATION, timeout_s))) is not None:
        message = parse(raw)
        if isinstance(message, Skipped) or message.channel == Channel.RECORDING:
            return message
    return None


def leave_export() -> Dialogue[None]:
    """Make a sensor idle that was left exporting, as by a link that was lost; else do nothing.

    Raises
    ------
    RecorderRefusedError
        If it does something else and is not to be disturbed, or does not become idle.
    """
    now = yield from state()
    if now == Result.SENDING_DATA:
        # Samples keep coming until the sensor has read this, so the event is waited for among them.
        yield from write(MESSAGE_CONTROL, encode_command(Command.STOP_EXPORT))
        yield from _until_stopped()
    if now in EXPORTING or now == Result.FLASH_BUSY:
        now = yield from wait_for(Result.IDLE, BUSY_TRIES * BUSY_PAUSE_S)
    if now != Result.IDLE:
        raise RecorderRefusedError(meaning(now))


def _until_stopped() -> Dialogue[None]:
    for _ in range(MOST_EVENTS):
        event = yield from next_event(REPLY_TIMEOUT_S)
        if event is None or (isinstance(event, Message) and event.kind == Event.EXPORT_STOPPED):
            return


def fetch(kind: Command, body: bytes, block: Event, ends: Sequence[Event]) -> Dialogue[Reply]:
    """Ask for blocks of information and collect them; asked again where one was lost.

    Raises
    ------
    RecorderRefusedError
        If the sensor refuses, or its memory has no valid format.
    DialogueError
        If the answer never comes whole.
    """
    for _ in range(REPLY_TRIES):
        ack = yield from command(kind, body)
        if ack is not None and ack.result != Result.SUCCESS:
            raise RecorderRefusedError(meaning(ack.result))
        reply = yield from _collect(block, ends)
        if reply is not None:
            return reply
    raise DialogueError("it does not say what its memory holds")


def _collect(block: Event, ends: Sequence[Event]) -> Dialogue[Reply | None]:
    """Collect blocks until the end, None where one of them or the end did not come."""
    blocks: list[bytes] = []
    whole = True
    for _ in range(MOST_EVENTS):
        event = yield from next_event(REPLY_TIMEOUT_S)
        if event is None:
            break
        if isinstance(event, Skipped):
            # Blocks carry no number: after a damaged one nothing tells which of them is missing.
            whole = False
        elif event.kind == block:
            blocks.append(event.body)
        elif event.kind in ends:
            return Reply(event.kind, blocks) if whole else None
        elif event.kind == Event.FORMAT_INVALID:
            raise RecorderRefusedError(
                "its memory has no valid format and has to be erased before it can record"
            )
        elif event.kind == Event.FLASH_BUSY:
            yield Pause(BUSY_PAUSE_S)
            return None
    return None
