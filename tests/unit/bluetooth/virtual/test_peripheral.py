"""A profile on the air: its advertisement, its table, its pump, and its power."""

import asyncio
import time

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError, BleakGATTProtocolError

from imu_hip.bluetooth.virtual.gatt_table import advertising_data, bumble_uuid
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.profile import Advertisement, Notification
from imu_hip.bluetooth.virtual.radio import VirtualRadio

FLAGS = bytes.fromhex("020106")
LONG_UUID = "15171000-4947-11e9-8646-d663bd873d93"


def test_an_assigned_uuid_takes_its_short_form():
    assert bytes(bumble_uuid("0000180f-0000-1000-8000-00805f9b34fb")) == b"\x0f\x18"
    assert len(bytes(bumble_uuid(LONG_UUID))) == 16


def test_a_short_advertisement_needs_no_scan_response():
    # Flags, 16-bit services, company 0x0886 little-endian, complete name.
    advertisement = Advertisement(
        "dot", ("0000180f-0000-1000-8000-00805f9b34fb",), (0x0886, b"\x07")
    )
    expected = FLAGS + bytes.fromhex("03030f18 04ff860807 0409") + b"dot"
    assert advertising_data(advertisement) == (expected, b"")


def test_a_name_that_does_not_fit_goes_into_the_scan_response():
    # 3 bytes of flags and 18 of the service leave 10; the name needs 13.
    data, scan_response = advertising_data(Advertisement("eleven char", (LONG_UUID,)))
    assert len(data) == 21
    assert scan_response == b"\x0c\x09eleven char"


def test_a_name_that_fits_nowhere_is_cut_short_between_characters():
    # A scan response holds 29 bytes of name; each of these takes two, so 14 of them fit.
    _, scan_response = advertising_data(Advertisement("é" * 20, (LONG_UUID,)))
    assert scan_response == b"\x1d\x08" + ("é" * 14).encode()


def test_data_that_fit_nowhere_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        advertising_data(Advertisement("x", (), (0x0886, bytes(28))))


async def test_what_is_heard_is_what_the_profile_advertises(echo_world):
    async with echo_world(1) as world:
        found = await BleakScanner.discover(0.15, return_adv=True, backend=world.backends.scanner)
        [(device, advertisement)] = found.values()
        assert device.address == world.peripherals[0].address
        assert device.name == advertisement.local_name == "echo 0"
        assert advertisement.service_uuids == [world.SERVICE]
        assert advertisement.manufacturer_data == {0x0886: b"\x01\x02"}


async def test_it_is_silent_while_connected_and_advertises_again_afterwards(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        scanner = world.backends.scanner
        assert await BleakScanner.discover(0.15, backend=scanner) == []
        await client.disconnect()
        await world.find("echo 0")
        assert world.peripherals[0].profile.links_lost == 1


async def test_a_new_name_is_advertised_after_the_connection(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.peripherals[0].profile.name = "left shin"
        await client.disconnect()
        await world.find("left shin")


async def test_reads_and_writes_reach_the_profile(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.write_gatt_char(world.VALUE, b"new", response=True)
        assert world.peripherals[0].profile.value == b"new"
        assert await client.read_gatt_char(world.VALUE) == bytearray(b"new")


async def test_a_value_longer_than_a_packet_is_read_and_written_whole(echo_world):
    long = bytes(range(250)) * 2
    async with echo_world(1) as world:
        client = await world.connected()
        await client.write_gatt_char(world.VALUE, long, response=True)
        assert await client.read_gatt_char(world.VALUE) == long


async def test_a_refusal_is_the_att_error_of_the_profile(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        with pytest.raises(BleakGATTProtocolError) as read:
            await client.read_gatt_char(world.REFUSING)
        with pytest.raises(BleakGATTProtocolError) as written:
            await client.write_gatt_char(world.REFUSING, b"x", response=True)
        # Value Not Allowed: Core Specification, Vol 3, Part F, 3.4.1.1.
        assert read.value.code == written.value.code == 0x13
        assert await client.read_gatt_char(world.VALUE) == b"stored"


async def test_what_a_characteristic_does_not_offer_is_not_permitted(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        with pytest.raises(BleakGATTProtocolError) as read:
            await client.read_gatt_char(world.STREAM)
        with pytest.raises(BleakGATTProtocolError) as written:
            await client.write_gatt_char(world.FIXED, b"x", response=True)
        assert (read.value.code, written.value.code) == (0x02, 0x03)


async def test_what_nobody_listens_to_is_lost(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.write_gatt_char(world.STREAM, b"\x01", response=True)
        await asyncio.sleep(0.2)
        await client.start_notify(world.STREAM, received)
        await asyncio.sleep(0.2)
        # 0.2 s at 60 Hz went by before.
        assert received.counts[0] >= 10
        await client.stop_notify(world.STREAM)
        heard = len(received.values)
        await asyncio.sleep(0.2)
        assert len(received.values) == heard
        assert world.peripherals[0].profile.counted > received.counts[-1] + 5


async def test_a_subscription_ends_with_its_connection(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        received = await world.stream(client)
        await client.disconnect()
        await client.connect()
        heard = len(received.values)
        await asyncio.sleep(0.2)
        assert len(received.values) == heard
        sent = world.radio.counts(world.peripherals[0].address).sent
        assert world.peripherals[0].profile.counted > sent


async def test_a_notification_longer_than_the_mtu_is_cut(echo_world):
    async with echo_world(1, payload_bytes=300) as world:
        received = await world.stream(await world.connected())
        await asyncio.sleep(0.1)
        # An MTU of 247 leaves 244 bytes: Core Specification, Vol 3, Part F, 3.4.7.1.
        assert {len(value) for value in received.values} == {244}


async def test_losing_power_ends_the_link_and_forgets(echo_world):
    async with echo_world(1) as world:
        ended = asyncio.Event()
        client = await world.connected(disconnected_callback=lambda _: ended.set())
        await client.write_gatt_char(world.VALUE, b"volatile", response=True)
        reboot = asyncio.create_task(world.peripherals[0].reboot(0.3))
        await asyncio.wait_for(ended.wait(), 0.2)
        assert not world.peripherals[0].is_on
        assert await BleakScanner.discover(0.15, backend=world.backends.scanner) == []
        await reboot
        assert world.peripherals[0].is_on
        profile = world.peripherals[0].profile
        assert (profile.reboots, profile.links_lost) == (1, 1)
        await client.connect()
        assert await client.read_gatt_char(world.VALUE) == b"stored"


async def test_it_falls_silent_without_power(echo_world):
    async with echo_world(1) as world:
        await world.stream(await world.connected())
        await world.peripherals[0].power_off()
        counted = world.peripherals[0].profile.counted
        await asyncio.sleep(0.1)
        assert world.peripherals[0].profile.counted == counted


async def test_power_can_be_switched_twice_either_way(echo_world):
    async with echo_world(1) as world:
        await world.peripherals[0].power_on()
        assert world.peripherals[0].profile.reboots == 0
        await world.peripherals[0].power_off()
        await world.peripherals[0].power_off()
        await world.peripherals[0].power_on()
        assert world.peripherals[0].profile.reboots == 1
        await world.find("echo 0")


async def test_losing_power_in_the_middle_of_a_request_ends_it(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.set_link(connection_interval_s=600.0)
        reading = asyncio.create_task(client.read_gatt_char(world.VALUE))
        await asyncio.sleep(0.05)
        await world.peripherals[0].power_off()
        with pytest.raises(BleakError, match="lost"):
            await reading


class Overdue:
    """A profile whose next notification is always overdue."""

    services = ()
    advertisement = Advertisement("overdue")

    def __init__(self) -> None:
        self.asked = 0

    def notifications(self, now_s: float) -> list[Notification]:
        self.asked += 1
        return []

    def next_due_s(self, now_s: float) -> float:
        return now_s - 1.0


async def test_an_overdue_profile_does_not_keep_the_loop_busy():
    profile = Overdue()
    async with VirtualPeripheral(VirtualRadio(), profile, "D4:22:CD:00:00:01", time.monotonic):
        await asyncio.sleep(0.2)
    # Once a millisecond at most.
    assert 10 < profile.asked <= 220
