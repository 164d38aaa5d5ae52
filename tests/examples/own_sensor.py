"""A driver for a sensor of one's own, in one file: an invented sensor called Pebble.

Every command of imu-hip knows Pebbles once this file is installed with these lines in its
`pyproject.toml`; `virtual_pebbles.py` records two of them that are not there:

    [project.entry-points."imu_hip.drivers"]
    pebble = "own_sensor:DRIVER"

A Pebble notifies packets of 18 bytes, little-endian: u16 count, u32 clock in microseconds,
3 x i16 acceleration in 1/200 m/s2, 3 x i16 angular velocity in 1/16 deg/s. It streams at 100 Hz
after a 1 was written to its control, until a 0 is.
"""

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from imu_hip.bluetooth.drivers.dialogue import Dialogue, read, write
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock, Skipped

SERVICE = "5eb1e000-0000-4000-8000-000000000001"
WHO = "5eb1e000-0000-4000-8000-000000000002"
CONTROL = "5eb1e000-0000-4000-8000-000000000003"
SAMPLES = "5eb1e000-0000-4000-8000-000000000004"

RATE_HZ = 100.0
PACKET = struct.Struct("<HI6h")
COUNTS_PER_MPS2, COUNTS_PER_DPS = 200.0, 16.0


def decode(packet: bytes) -> Sample | Skipped:
    """One packet; bytes that are none are left out with the reason, never an exception."""
    if len(packet) != PACKET.size:
        return Skipped("not 18 bytes long", len(packet))
    count, clock, ax, ay, az, gx, gy, gz = PACKET.unpack(packet)
    acc_mps2 = (ax / COUNTS_PER_MPS2, ay / COUNTS_PER_MPS2, az / COUNTS_PER_MPS2)
    gyr_dps = (gx / COUNTS_PER_DPS, gy / COUNTS_PER_DPS, gz / COUNTS_PER_DPS)
    return Sample(clock, count, acc_mps2=acc_mps2, gyr_dps=gyr_dps)


class PebbleDecoder:
    """One connection; a packet is never split, so nothing has to be held back."""

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        return [decode(value)] if uuid == SAMPLES else []


class Pebble:
    """What imu_hip has to know of a Pebble. Dialogues say what to read and write, not how."""

    name = "pebble"
    model = "Pebble"
    clock = SensorClock(tick_s=1e-6, tick_modulus=2**32, sequence_modulus=2**16)
    sampling_rates_hz = (RATE_HZ,)
    modes: Mapping[str, str] = MappingProxyType({"raw": "acceleration and angular velocity"})
    caveat = ""
    sync = None
    recorder = None
    reply_characteristics = ()

    def recognises(self, advertised: Advertised) -> bool:
        return SERVICE in advertised.service_uuids

    def identify(self) -> Dialogue[Identity]:
        serial, _, tag = (yield from read(WHO)).decode(errors="replace").partition("/")
        return Identity(self.model, serial, tag)

    def battery(self) -> Dialogue[Battery | None]:
        yield from ()
        return None

    def light(self) -> Dialogue[bool]:
        yield from ()
        return False

    def reset_heading(self) -> Dialogue[bool]:
        yield from ()
        return False

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        return (SAMPLES,)

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        yield from write(CONTROL, b"\x01")

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        yield from self.start(settings)

    def stop(self) -> Dialogue[None]:
        yield from write(CONTROL, b"\x00")

    def decoder(self, settings: StreamSettings) -> PebbleDecoder:
        return PebbleDecoder()


DRIVER = Pebble()
