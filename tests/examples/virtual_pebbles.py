"""The sensor of `own_sensor.py` from its own side, and two of them recorded on a virtual radio.

python virtual_pebbles.py [OUT.parquet]

Nothing but imu_hip with its extra `[virtual]` is needed. They feel what the left leg of a recorded
person felt.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
from own_sensor import (
    CONTROL,
    COUNTS_PER_DPS,
    COUNTS_PER_MPS2,
    DRIVER,
    PACKET,
    RATE_HZ,
    SAMPLES,
    SERVICE,
    WHO,
)

import imu_hip
from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.record_sensors import record_sensors
from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_backend import make_backends
from imu_hip.bluetooth.virtual.clockwork import Clockwork, Sampling
from imu_hip.bluetooth.virtual.movement import Movement, played
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    Characteristic,
    Notification,
    Service,
)
from imu_hip.bluetooth.virtual.radio import VirtualRadio
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment

SEATED = Path(__file__).parents[2] / "recordings" / "simulated_seated.parquet"
WORN = [Segment.LEFT_THIGH, Segment.LEFT_SHIN]
TABLE = (
    Characteristic(WHO, frozenset({"read"})),
    Characteristic(CONTROL, frozenset({"write"})),
    Characteristic(SAMPLES, frozenset({"notify"})),
)


class VirtualPebble:
    """It is asked what it has to say, at a true time; what it says are bytes."""

    advertisement = Advertisement("Pebble", (SERVICE,))
    services = (Service(SERVICE, TABLE),)

    def __init__(self, segment: Segment, movement: Movement, now_s: float) -> None:
        self._segment, self._movement = segment, movement
        self._clock = Clockwork(now_s, drift_ppm=20.0)
        self._sampling: Sampling | None = None

    def read(self, uuid: str, now_s: float) -> bytes:
        return f"PB-{self._segment}/{self._segment}".encode()

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        if value == b"\x00":
            self._sampling = None
        elif self._sampling is None:
            self._sampling = Sampling(self._clock, RATE_HZ, now_s)

    def notifications(self, now_s: float) -> list[Notification]:
        if self._sampling is None:
            return []
        due = list(self._sampling.due(now_s))
        # The person begins to move when somebody begins to measure.
        felt = self._movement.at(np.array([at_s - self._sampling.began_s for _, _, at_s in due]))
        wanted = np.hstack((felt.acc_mps2 * COUNTS_PER_MPS2, felt.gyr_dps * COUNTS_PER_DPS))
        # What is beyond the range stays at its end; it must not come back with the other sign.
        numbers = np.clip(np.rint(wanted), -32768, 32767).astype(int)
        return [
            Notification(SAMPLES, PACKET.pack(count % 2**16, int(clock_s * 1e6) % 2**32, *row))
            for (count, clock_s, _), row in zip(due, numbers, strict=True)
        ]

    def next_due_s(self, now_s: float) -> float | None:
        return self._sampling.next_s() if self._sampling else None

    def link_lost(self, now_s: float) -> None:
        """Go on counting: that is how losses are noticed."""

    def reboot(self, now_s: float) -> None:
        self._clock, self._sampling = self._clock.restarted(now_s), None


async def record(target: Path, person: imu_hip.Recording, duration_s: float) -> imu_hip.Recording:
    """Put Pebbles on a person who was recorded, on a radio of their own, and record them."""
    now_s = time.perf_counter
    radio, movements = VirtualRadio(), played(person)
    async with AsyncExitStack() as room:
        adapter = await room.enter_async_context(VirtualAdapter(radio))
        for number, segment in enumerate(WORN):
            pebble = VirtualPebble(segment, movements[segment], now_s())
            address = f"D4:22:CD:00:00:{number:02X}"
            await room.enter_async_context(VirtualPeripheral(radio, pebble, address, now_s))
        reach = make_backends(adapter)
        return await record_sensors(
            target,
            WORN,
            duration_s=duration_s,
            drivers=[DRIVER],
            backends=Backends(reach.scanner, reach.client),
            simulated=True,
        )


def main(target: str = "pebbles.parquet") -> None:
    recording = asyncio.run(record(Path(target), imu_hip.open_recording(SEATED), 3.0))
    for segment, stream in recording.streams.items():
        pull_mps2 = np.linalg.norm(stream.acc_mps2, axis=1).mean()
        print(f"{segment.words}: {stream.sampling_rate_hz:.0f} Hz, gravity {pull_mps2:.2f} m/s²")
    print(f"recorded: {target}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")
