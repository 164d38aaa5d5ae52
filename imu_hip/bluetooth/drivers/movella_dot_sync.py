"""How Movella DOTs synchronise their clocks by radio.

All are told the address of the one whose clock is followed, let go, and asked for the result once
they are connected again. Source: Movella DOT BLE Services Specifications XD0506P rev F, section 5.
"""

from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    DialogueError,
    Pause,
    expect,
    read,
    write,
)
from imu_hip.bluetooth.drivers.movella_dot_exchange import MOST_EVENTS
from imu_hip.bluetooth.drivers.movella_dot_gatt import (
    MESSAGE_ACKNOWLEDGEMENT,
    MESSAGE_CONTROL,
    MESSAGE_NOTIFICATION,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Ack,
    Channel,
    Message,
    parse,
)
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import (
    SyncKind,
    SyncResult,
    encode_sync,
    parse_sync_ack,
    sync_start_body,
)
from imu_hip.bluetooth.drivers.on_sensor import SyncGroup

# The sensors need 12 s; a connection before that may break it off.
SETTLE_S: Final = 14.0
REPLY_TIMEOUT_S: Final = 1.0
TRIES: Final = 3
RESULT_PAUSE_S: Final = 1.0

_FAILURES: Final[dict[int, str]] = {
    SyncResult.FEW_SAMPLES: "it heard too little of the others; put them closer together",
    SyncResult.SKEW: "its clock runs too differently from that of the others",
    SyncResult.START_TIME: "it began too early or too late",
    SyncResult.NOT_STARTED: "it did not begin; its connection may not have ended",
}


@dataclass(frozen=True, slots=True)
class DotSync:
    """Synchronisation of Movella DOTs."""

    def time_error_s(self, duration_s: float) -> float | None:
        """1 ppm for half an hour, 4 ppm for longer (Movella DOT User Manual XD0502P)."""
        return duration_s * (1e-6 if duration_s <= 1800.0 else 4e-6)

    @property
    def settle_s(self) -> float:
        """Seconds after which the sensors may be connected again."""
        return SETTLE_S

    @property
    def disconnects(self) -> bool:
        """DOTs synchronise only while nobody is connected to them."""
        return True

    def start(self, group: SyncGroup, own_address: str) -> Dialogue[None]:
        """Tell a sensor to join a group, leaving another one first.

        Raises
        ------
        DialogueError
            If the root's address is none.
        """
        try:
            # macOS has no radio addresses, so the one that the root tells of itself comes here.
            body = sync_start_body(group.root_address)
        except ValueError:
            raise DialogueError(
                f"the radio address {group.root_address or own_address!r} of the sensor to follow "
                "is not valid"
            ) from None
        if (yield from self.is_synchronised()):
            yield from self.stop()
        yield from write(MESSAGE_CONTROL, encode_sync(SyncKind.START, body))

    def result(self) -> Dialogue[str]:
        """After settling: empty where it worked, else why not, as part of a sentence."""
        # Nothing may be written before this: any command puts its own answer in the result's place.
        for attempt in range(TRIES):
            if attempt:
                yield Pause(RESULT_PAUSE_S)
            ack = parse_sync_ack((yield from read(MESSAGE_ACKNOWLEDGEMENT)))
            if isinstance(ack, Ack):
                return _meaning(ack.result)
        return "it does not say how it went"

    def is_synchronised(self) -> Dialogue[bool]:
        """Whether the sensor follows a common clock now; False where it does not say."""
        answer = yield from _ask(SyncKind.STATUS, SyncKind.STATUS_IS)
        return answer == SyncResult.SYNCHRONISED

    def stop(self) -> Dialogue[None]:
        """Leave the group.

        Raises
        ------
        DialogueError
            If the sensor does not say that it left.
        """
        answer = yield from _ask(SyncKind.STOP, SyncKind.STOPPED)
        if answer != SyncResult.OK:
            raise DialogueError("it does not leave the common clock")


def _ask(kind: SyncKind, wanted: SyncKind) -> Dialogue[int | None]:
    """First byte of the notified answer to a message, None where none comes."""
    for _ in range(TRIES):
        yield from write(MESSAGE_CONTROL, encode_sync(kind))
        for _ in range(MOST_EVENTS):
            raw = yield from expect(MESSAGE_NOTIFICATION, REPLY_TIMEOUT_S)
            if raw is None:
                break
            message = parse(raw)
            if (
                isinstance(message, Message)
                and (message.channel, message.kind) == (Channel.SYNC, wanted)
                and message.body
            ):
                return message.body[0]
    return None


def _meaning(result: int) -> str:
    if result == SyncResult.OK:
        return ""
    return _FAILURES.get(result, f"it answered 0x{result:02x}")
