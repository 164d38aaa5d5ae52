"""Fetching a recording from a Movella DOT's memory, and repairing what was lost on the way.

A retransmission goes on from the packet asked for to the end of the file. So a gap is repaired by
jumping to it, taking what follows, and jumping again as soon as the next gap is farther away than
a jump costs. That cost, in packets, is measured on the link itself: packets that nobody needed
until the wanted ones came. Source: Movella DOT BLE Services Specifications XD0506P rev F, 5.2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, Keep, Pause
from imu_hip.bluetooth.drivers.movella_dot_exchange import (
    BUSY_PAUSE_S,
    command,
    leave_export,
    meaning,
    next_event,
    state,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Command,
    Event,
    Message,
    Result,
    parse_data,
)
from imu_hip.bluetooth.drivers.movella_dot_received import Received
from imu_hip.bluetooth.drivers.on_sensor import RecorderRefusedError
from imu_hip.bluetooth.drivers.samples import Skipped

DATA_TIMEOUT_S: Final = 3.0
MOST_FRUITLESS: Final = 8
FRUITLESS_JUMPS: Final = 3
# The last packets may be lost along with the fact that there were more: the end has to be heard
# three times, so that 1 % of losses hides a packet once in a million downloads.
END_CONFIRMATIONS: Final = 3
# A sensor that cannot jump has to send the whole file for each of them.
END_CONFIRMATIONS_WITHOUT_JUMPS: Final = 2
MOST_PACKETS: Final = 2**22  # 9.7 h at 120 Hz: a number beyond is damage that the checksum let pass
LEAST_JUMP_PACKETS: Final = 4.0
FIRST_JUMP_PACKETS: Final = 16.0


@dataclass(slots=True)
class Transfer:
    """One download while it runs.

    Parameters
    ----------
    position
        Number of the packet that should come next.
    landing
        Packet that was jumped to and did not come yet.
    useless
        Packets that nobody needed since the jump.
    jump_packets
        What a jump costs; endless where the sensor cannot jump.
    ends_heard
        How often the end was heard right behind the last packet that is there.
    fruitless
        Rounds without anything new.
    """

    index: int
    record_bytes: int
    received: Received
    position: int = 0
    landing: int | None = None
    useless: int = 0
    jump_packets: float = FIRST_JUMP_PACKETS
    ends_heard: int = 0
    fruitless: int = 0

    def run(self) -> Dialogue[int]:
        """Fetch everything that is missing; the number of packets of the file.

        Raises
        ------
        RecorderRefusedError
            If the sensor does not export the file.
        DialogueError
            If it stops sending, or some packets never arrive whole.
        """
        wanted = self.received.next_missing(0)
        yield from self._begin_at(min(wanted, max(0, self.received.end - 1)))
        while True:
            event = yield from next_event(DATA_TIMEOUT_S)
            if event is None:
                yield from self._go_on_after_silence()
            elif isinstance(event, Message):
                if event.kind == Event.DATA_DONE:
                    if (yield from self._is_complete()):
                        return self.received.end
                else:
                    yield from self._hear(event)

    def _hear(self, event: Message) -> Dialogue[None]:
        if event.kind == Event.DATA:
            yield from self._take(event.body)
        elif event.kind == Event.NO_FILE:
            raise RecorderRefusedError(f"it has no recording number {self.index}")
        elif event.kind == Event.EXPORT_STOPPED:
            yield from self._go_on_after_silence()
        elif event.kind == Event.FLASH_BUSY:
            yield Pause(BUSY_PAUSE_S)
            yield from self._go_on_after_silence()

    def _take(self, body: bytes) -> Dialogue[None]:
        packet = parse_data(body)
        if isinstance(packet, Skipped) or packet.number >= MOST_PACKETS:
            return
        if len(packet.record) != self.record_bytes:
            raise DialogueError(
                f"it sends {len(packet.record)} bytes a sample where {self.record_bytes} were "
                "asked for"
            )
        if self.received.add(packet.number):
            self.fruitless = 0
            # The end is where it was heard only as long as nothing comes after it.
            if packet.number == self.received.end - 1:
                self.ends_heard = 0
            yield Keep(packet.number, packet.record, self.record_bytes)
        elif packet.number != self.landing:
            self.useless += 1
        if self.landing is not None:
            if packet.number < self.landing:
                return
            self._land()
        self.position = packet.number + 1
        yield from self._jump_ahead()

    @property
    def _confirmations(self) -> int:
        jumps = self.jump_packets < math.inf
        return END_CONFIRMATIONS if jumps else END_CONFIRMATIONS_WITHOUT_JUMPS

    def _land(self) -> None:
        self.landing = None
        # Believed at once where a jump was dear: on a link slower than the sensor each jump leaves
        # a longer queue behind it.
        calmer = 0.75 * self.jump_packets + 0.25 * self.useless
        self.jump_packets = max(LEAST_JUMP_PACKETS, self.useless, calmer)

    def _jump_ahead(self) -> Dialogue[None]:
        """Jump to what is missing next where that is farther than a jump costs."""
        end = self.received.end
        wanted = self.received.next_missing(self.position)
        if wanted >= end:
            wanted = max(end - 1, self.position)
        if wanted - self.position > self.jump_packets:
            yield from self._retransmit(wanted)

    def _is_complete(self) -> Dialogue[bool]:
        """Whether everything is there, now that the sensor has sent the last packet."""
        self.landing = None
        end = self.received.end
        missing = self.received.next_missing(0)
        if self.position == end:
            self.ends_heard += 1
            if missing == end and self.ends_heard >= self._confirmations:
                return True
        if self.position != end or missing < end:
            self._count_fruitless()
        wanted = min(missing, max(0, end - 1))
        if not (yield from self._retransmit(wanted)):
            yield from self._begin_at(wanted)
        return False

    def _go_on_after_silence(self) -> Dialogue[None]:
        self._count_fruitless()
        now = yield from state()
        if now == Result.FLASH_BUSY:
            yield Pause(BUSY_PAUSE_S)
            return
        if now not in {Result.IDLE, Result.SENDING_DATA}:
            raise DialogueError(f"it stopped sending the recording: {meaning(now)}")
        if self.landing is not None and self.fruitless >= FRUITLESS_JUMPS:
            self.jump_packets = math.inf
        wanted = min(self.received.next_missing(self.position), max(0, self.received.end - 1))
        if now == Result.IDLE or not (yield from self._retransmit(wanted)):
            yield from self._begin_at(wanted)

    def _count_fruitless(self) -> None:
        self.fruitless += 1
        if self.fruitless <= MOST_FRUITLESS:
            return
        if missing := self.received.missing:
            raise DialogueError(
                f"{missing} of {self.received.end} samples of recording {self.index} do not "
                f"arrive whole, the first is number {self.received.next_missing(0)}"
            )
        raise DialogueError(f"it does not send recording {self.index} to its end")

    def _begin_at(self, number: int) -> Dialogue[None]:
        """Let the sensor send the file from a packet on, from the first where it must be."""
        ack = yield from command(Command.FILE_DATA, bytes([self.index]))
        if ack is not None and ack.result == Result.SENDING_DATA:
            yield from leave_export()
            ack = yield from command(Command.FILE_DATA, bytes([self.index]))
        if ack is not None and ack.result != Result.SUCCESS:
            raise RecorderRefusedError(meaning(ack.result))
        self.position = 0
        self.landing = None
        if number > self.jump_packets:
            yield from self._retransmit(number)

    def _retransmit(self, number: int) -> Dialogue[bool]:
        """Let the sensor go on from another packet; False where it does not."""
        if self.jump_packets == math.inf:
            return False
        ack = yield from command(Command.RETRANSMIT, number.to_bytes(4, "little"))
        if ack is not None and ack.result != Result.SUCCESS:
            # A sensor that has just ended its export is idle; one that refuses else cannot jump.
            if ack.result != Result.IDLE:
                self.jump_packets = math.inf
            return False
        self.position = self.landing = number
        self.useless = 0
        return True


def download(
    index: int, fields: bytes, record_bytes: int, held: Sequence[tuple[int, int]]
) -> Dialogue[int]:
    """Fetch what is missing of a file; the sensor is idle before and after it.

    Parameters
    ----------
    fields
        Ids of the fields to export, ascending.
    held
        Intervals `[start, end)` of packets that are there already.

    Raises
    ------
    RecorderRefusedError
        If the sensor does not export the file.
    DialogueError
        If it stops sending, or some packets never arrive whole.
    """
    yield from leave_export()
    ack = yield from command(Command.SELECT_FIELDS, fields)
    if ack is not None and ack.result != Result.SUCCESS:
        raise RecorderRefusedError(meaning(ack.result))
    packets = yield from Transfer(index, record_bytes, Received(held)).run()
    yield from leave_export()
    return packets
