"""A sensor that answers, refuses, echoes and counts, and the small worlds it lives in."""

import asyncio
import contextlib
import logging
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from bleak import BleakClient, BleakScanner

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_backend import Backends, make_backends
from imu_hip.bluetooth.virtual.link import LinkSettings
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttributeRefusedError,
    Characteristic,
    Notification,
    Service,
)
from imu_hip.bluetooth.virtual.radio import VirtualRadio

SERVICE = "5eb50001-7c54-4e6b-9a3b-0d3f5c1e0000"
VALUE = "5eb50002-7c54-4e6b-9a3b-0d3f5c1e0000"
ECHO = "5eb50003-7c54-4e6b-9a3b-0d3f5c1e0000"
STREAM = "5eb50004-7c54-4e6b-9a3b-0d3f5c1e0000"
REFUSING = "5eb50005-7c54-4e6b-9a3b-0d3f5c1e0000"
FIXED = "5eb50006-7c54-4e6b-9a3b-0d3f5c1e0000"
VALUE_NOT_ALLOWED = 0x13


@dataclass
class EchoProfile:
    """Stores a value, echoes what is written, counts in a stream, and refuses one thing."""

    name: str
    rate_hz: float = 60.0
    payload_bytes: int = 32
    value: bytes = b"stored"
    links_lost: int = 0
    reboots: int = 0
    counted: int = 0
    _began_s: float | None = None
    _echoes: list[bytes] = field(default_factory=list)

    services = (
        Service(
            SERVICE,
            (
                Characteristic(VALUE, frozenset({"read", "write"})),
                Characteristic(ECHO, frozenset({"write-without-response", "write", "notify"})),
                Characteristic(STREAM, frozenset({"notify", "write"})),
                Characteristic(REFUSING, frozenset({"read", "write"})),
                Characteristic(FIXED, frozenset({"read"})),
            ),
        ),
    )

    @property
    def advertisement(self) -> Advertisement:
        return Advertisement(self.name, (SERVICE,), (0x0886, b"\x01\x02"))

    def read(self, uuid: str, now_s: float) -> bytes:
        if uuid == REFUSING:
            raise AttributeRefusedError(VALUE_NOT_ALLOWED)
        return b"fixed" if uuid == FIXED else self.value

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        if uuid == REFUSING:
            raise AttributeRefusedError(VALUE_NOT_ALLOWED)
        if uuid == ECHO:
            self._echoes.append(value)
        elif uuid == STREAM:
            self._began_s = now_s if value == b"\x01" else None
        else:
            self.value = value

    def notifications(self, now_s: float) -> Sequence[Notification]:
        said = [Notification(ECHO, value) for value in self._echoes]
        self._echoes.clear()
        if self._began_s is not None:
            while self._began_s + (self.counted + 1) / self.rate_hz <= now_s:
                count = struct.pack("<I", self.counted).ljust(self.payload_bytes, b".")
                said.append(Notification(STREAM, count))
                self.counted += 1
        return said

    def next_due_s(self, now_s: float) -> float | None:
        if self._began_s is None:
            return None
        return self._began_s + (self.counted + 1) / self.rate_hz

    def link_lost(self, now_s: float) -> None:
        self.links_lost += 1

    def reboot(self, now_s: float) -> None:
        self.reboots += 1
        self.value, self._began_s, self.counted = b"stored", None, 0


class Received:
    """Collects notifications and reads the counts of a stream."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.arrivals_s: list[float] = []

    def __call__(self, characteristic, value: bytearray) -> None:
        self.values.append(bytes(value))
        self.arrivals_s.append(time.monotonic())

    @property
    def counts(self) -> list[int]:
        return [struct.unpack_from("<I", value)[0] for value in self.values]

    @property
    def gaps_s(self) -> list[float]:
        return [after - before for before, after in pairwise(self.arrivals_s)]


@dataclass
class World:
    """A radio, sensors that advertise on it, and bleak on the computer's adapter."""

    SERVICE = SERVICE
    VALUE = VALUE
    ECHO = ECHO
    STREAM = STREAM
    REFUSING = REFUSING
    FIXED = FIXED

    radio: VirtualRadio
    peripherals: list[VirtualPeripheral]
    adapter: VirtualAdapter
    backends: Backends

    def scanner(self, *args, **kwargs) -> BleakScanner:
        return BleakScanner(*args, backend=self.backends.scanner, **kwargs)

    def client(self, device, *args, **kwargs) -> BleakClient:
        return BleakClient(device, *args, backend=self.backends.client, **kwargs)

    def set_link(self, **settings) -> None:
        """Set the link of the first sensor."""
        self.radio.set_link(self.peripherals[0].address, LinkSettings(**settings))

    async def find(self, name: str, timeout_s: float = 5.0):
        device = await BleakScanner.find_device_by_name(
            name, timeout=timeout_s, backend=self.backends.scanner
        )
        assert device is not None
        return device

    async def find_all(self):
        names = {peripheral.profile.name for peripheral in self.peripherals}
        found = {}
        complete = asyncio.Event()

        def heard(device, advertisement):
            found[advertisement.local_name] = device
            if found.keys() == names:
                complete.set()

        async with self.scanner(heard):
            await asyncio.wait_for(complete.wait(), 5.0)
        return [found[peripheral.profile.name] for peripheral in self.peripherals]

    async def connected(self, name: str = "echo 0", **options) -> BleakClient:
        client = self.client(await self.find(name), **options)
        await client.connect()
        return client

    async def stream(self, client: BleakClient) -> Received:
        received = Received()
        await client.start_notify(STREAM, received)
        await client.write_gatt_char(STREAM, b"\x01", response=True)
        return received

    async def stop_stream(self, client: BleakClient) -> None:
        await client.write_gatt_char(STREAM, b"\x00", response=True)


@contextlib.asynccontextmanager
async def world_of(count: int = 1, *, settings=None, **profile_options):
    radio = VirtualRadio(settings)
    async with contextlib.AsyncExitStack() as stack:
        peripherals = [
            await stack.enter_async_context(
                VirtualPeripheral(
                    radio,
                    EchoProfile(f"echo {index}", **profile_options),
                    f"D4:22:CD:00:00:{index:02X}",
                    time.monotonic,
                    advertising_interval_s=0.04,
                )
            )
            for index in range(count)
        ]
        adapter = await stack.enter_async_context(VirtualAdapter(radio))
        yield World(radio, peripherals, adapter, make_backends(adapter))


@pytest.fixture
def echo_world(caplog):
    """Make a world, as in `async with echo_world(5) as world`; nobody in it may complain."""
    yield world_of
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.fixture
def received():
    """A collector of notifications."""
    return Received()
