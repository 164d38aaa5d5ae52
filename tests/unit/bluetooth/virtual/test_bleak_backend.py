"""bleak, unchanged, on the virtual adapter: scanning, connecting, errors, and closing down."""

import asyncio
import time

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
)
from bleak_retry_connector import establish_connection
from blockbuster import BlockingError, blockbuster_ctx

ABSENT_UUID = "0000ffff-0000-1000-8000-00805f9b34fb"


async def test_a_scan_by_service_finds_all_five_and_only_those(echo_world):
    async with echo_world(5) as world:
        scanner = world.backends.scanner
        found = await BleakScanner.discover(0.2, service_uuids=[world.SERVICE], backend=scanner)
        assert sorted(device.name for device in found) == [f"echo {n}" for n in range(5)]
        assert await BleakScanner.discover(0.15, service_uuids=[ABSENT_UUID], backend=scanner) == []


async def test_a_scan_by_name_finds_the_sensor_or_nothing(echo_world):
    async with echo_world(2) as world:
        device = await world.find("echo 1")
        assert device.address == world.peripherals[1].address
        absent = await BleakScanner.find_device_by_name(
            "nobody", timeout=0.3, backend=world.backends.scanner
        )
        assert absent is None


async def test_a_passive_scan_hears_no_scan_response(echo_world):
    # Flags, a 128-bit service and 6 bytes of manufacturer's data leave 4 bytes: the name of
    # 6 bytes is in the scan response.
    async with echo_world(1) as world:
        found = await BleakScanner.discover(
            0.15, return_adv=True, scanning_mode="passive", backend=world.backends.scanner
        )
        [(_, advertisement)] = found.values()
        assert advertisement.local_name is None
        assert advertisement.service_uuids == [world.SERVICE]


async def test_two_scanners_share_the_adapter(echo_world):
    async with echo_world(1) as world:
        names = []
        passive = {"scanning_mode": "passive"}
        async with world.scanner(lambda device, _: names.append(device.address), **passive):
            found = await BleakScanner.discover(0.15, backend=world.backends.scanner)
            assert [device.address for device in found] == [world.peripherals[0].address]
            names.clear()
            await asyncio.sleep(0.15)
            assert names
        names.clear()
        await asyncio.sleep(0.15)
        assert names == []


async def test_five_sensors_connect_at_the_same_time(echo_world):
    async with echo_world(5) as world:
        clients = [world.client(device) for device in await world.find_all()]
        await asyncio.gather(*(client.connect() for client in clients))
        assert all(client.is_connected for client in clients)
        assert {client.mtu_size for client in clients} == {247}


async def test_five_sensors_at_60_hz_arrive_complete_and_in_order(echo_world):
    async with echo_world(5) as world:
        clients = [world.client(device) for device in await world.find_all()]
        for client in clients:
            await client.connect()
        streams = [await world.stream(client) for client in clients]
        await asyncio.sleep(2.0)
        for client in clients:
            await world.stop_stream(client)
        for stream, peripheral in zip(streams, world.peripherals, strict=True):
            assert stream.counts == list(range(peripheral.profile.counted))
            assert len(stream.counts) >= 115


async def test_services_are_described_as_the_profile_has_them(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        echo = client.services.get_characteristic(world.ECHO)
        assert sorted(echo.properties) == ["notify", "write", "write-without-response"]
        assert echo.service_uuid == world.SERVICE
        assert echo.max_write_without_response_size == 244
        with pytest.raises(BleakCharacteristicNotFoundError):
            await client.read_gatt_char(ABSENT_UUID)


async def test_only_the_services_asked_for_are_discovered(echo_world):
    async with echo_world(1) as world:
        client = await world.connected(services=[world.SERVICE])
        assert [service.uuid for service in client.services] == [world.SERVICE]


async def test_a_write_without_response_arrives(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.start_notify(world.ECHO, received)
        await client.write_gatt_char(world.ECHO, b"ping", response=False)
        await asyncio.sleep(0.05)
        assert received.values == [b"ping"]


async def test_a_write_without_response_that_does_not_fit_is_an_error(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        with pytest.raises(BleakError, match="do not fit"):
            await client.write_gatt_char(world.ECHO, bytes(245), response=False)


async def test_a_descriptor_tells_whether_notifications_are_on(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        [descriptor] = client.services.get_characteristic(world.ECHO).descriptors
        assert await client.read_gatt_descriptor(descriptor.handle) == b"\x00\x00"
        await client.start_notify(world.ECHO, received)
        assert await client.read_gatt_descriptor(descriptor.handle) == b"\x01\x00"


async def test_notifications_start_once_and_only_where_offered(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.start_notify(world.ECHO, received)
        with pytest.raises(BleakError, match="already"):
            await client.start_notify(world.ECHO, received)
        with pytest.raises(BleakError, match="does not notify"):
            await client.start_notify(world.VALUE, received)


async def test_the_callback_comes_once_for_a_requested_disconnect(echo_world):
    async with echo_world(1) as world:
        ended = []
        client = await world.connected(disconnected_callback=ended.append)
        await client.disconnect()
        await client.disconnect()
        await asyncio.sleep(0.02)
        assert ended == [client]


async def test_an_error_in_the_callback_leaves_the_sensor_reachable(echo_world):
    async with echo_world(1) as world:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        client = await world.connected(disconnected_callback=lambda _: 1 / 0)
        world.radio.drop_link(world.peripherals[0].address)
        await asyncio.sleep(0.05)
        await client.connect()
        assert await client.read_gatt_char(world.VALUE) == b"stored"


async def test_a_disconnected_client_refuses_requests(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        characteristic = client.services.get_characteristic(world.VALUE)
        await client.disconnect()
        for specifier in (world.VALUE, characteristic):
            with pytest.raises(BleakError):
                await client.read_gatt_char(specifier)
            with pytest.raises(BleakError):
                await client.write_gatt_char(specifier, b"x", response=False)
            with pytest.raises(BleakError):
                await client.start_notify(specifier, received)


async def test_the_same_client_connects_again(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        for _ in range(3):
            with pytest.raises(BleakError, match="already"):
                await client.connect()
            await client.disconnect()
            await client.connect()
        stream = await world.stream(client)
        await asyncio.sleep(0.2)
        assert len(stream.values) > 5


async def test_an_address_is_enough_to_connect(echo_world):
    async with echo_world(2) as world, world.client(world.peripherals[1].address) as client:
        assert client.name == "echo 1"
        assert world.peripherals[1].is_connected


async def test_an_absent_address_is_not_found(echo_world):
    async with echo_world(1) as world:
        client = world.client("D4:22:CD:00:00:77", timeout=0.3)
        with pytest.raises(BleakDeviceNotFoundError) as refused:
            await client.connect()
        assert refused.value.identifier == "D4:22:CD:00:00:77"


async def test_a_vanished_sensor_times_out_and_the_adapter_goes_on(echo_world):
    async with echo_world(2) as world:
        vanished, present = await world.find_all()
        await world.peripherals[0].power_off()
        began_s = time.monotonic()
        with pytest.raises(TimeoutError):
            await world.client(vanished, timeout=0.4).connect()
        assert 0.4 <= time.monotonic() - began_s < 1.5
        async with world.client(present, timeout=1.0) as client:
            assert client.is_connected


async def test_attempts_wait_for_one_another(echo_world):
    async with echo_world(2) as world:
        vanished, present = await world.find_all()
        await world.peripherals[0].power_off()
        first = asyncio.create_task(world.client(vanished, timeout=0.4).connect())
        await asyncio.sleep(0.05)
        # The time that it waits for its turn is not taken from the 0.3 s.
        second = world.client(present, timeout=0.3)
        await second.connect()
        assert first.done()
        assert isinstance(first.exception(), TimeoutError)


async def test_a_cancelled_attempt_leaves_the_adapter_free(echo_world):
    async with echo_world(2) as world:
        vanished, present = await world.find_all()
        await world.peripherals[0].power_off()
        attempt = asyncio.create_task(world.client(vanished, timeout=30.0).connect())
        await asyncio.sleep(0.1)
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        async with world.client(present, timeout=1.0) as client:
            assert client.is_connected


async def test_attempts_cancelled_at_any_moment_leave_nothing_behind(echo_world):
    async with echo_world(1) as world:
        device = await world.find("echo 0")
        # Connecting takes up to 0.04 s for the advertisement, and a few ms for the services.
        for wait_ms in range(0, 72, 3):
            client = world.client(device, timeout=5.0)
            attempt = asyncio.create_task(client.connect())
            await asyncio.sleep(1e-3 * wait_ms)
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
            await client.disconnect()
            await asyncio.sleep(0.01)
            assert not world.peripherals[0].is_connected
        async with world.client(device, timeout=5.0) as client:
            assert await client.read_gatt_char(world.VALUE) == b"stored"


async def test_a_link_lost_in_the_middle_of_requests_fails_them_all_at_once(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.radio.stall(world.peripherals[0].address, 60.0)
        reads = [asyncio.create_task(client.read_gatt_char(world.VALUE)) for _ in range(3)]
        await asyncio.sleep(0.05)
        assert not any(read.done() for read in reads)
        world.radio.drop_link(world.peripherals[0].address)
        began_s = time.monotonic()
        outcomes = await asyncio.gather(*reads, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [BleakError] * 3
        assert time.monotonic() - began_s < 0.5


@pytest.mark.parametrize("turns", range(12))
async def test_a_link_lost_at_any_moment_of_a_long_read_ends_it(echo_world, turns):
    # 700 bytes take three requests; bumble would send the next one into a link that has ended.
    async with echo_world(1) as world:
        loop = asyncio.get_running_loop()
        profile = world.peripherals[0].profile

        def drop_after(turns: int) -> None:
            if turns:
                loop.call_soon(drop_after, turns - 1)
            else:
                world.radio.drop_link(world.peripherals[0].address)

        def read_and_drop(uuid: str, now_s: float) -> bytes:
            loop.call_soon(drop_after, turns)
            return bytes(700)

        client = await world.connected()
        profile.read = read_and_drop
        with pytest.raises(BleakError, match="lost"):
            await asyncio.wait_for(client.read_gatt_char(world.VALUE), 1.0)


async def test_a_cancelled_request_does_not_answer_the_next(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.radio.stall(world.peripherals[0].address, 0.1)
        reading = asyncio.create_task(client.read_gatt_char(world.VALUE))
        await asyncio.sleep(0.02)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await client.read_gatt_char(world.FIXED) == b"fixed"


async def test_the_retry_connector_reaches_a_sensor_that_reappears(echo_world):
    async with echo_world(1) as world:
        device = await world.find("echo 0")
        address = world.peripherals[0].address
        world.radio.out_of_range(address, True)
        asyncio.get_running_loop().call_later(1.0, world.radio.out_of_range, address, False)
        began_s = time.monotonic()
        client = await establish_connection(
            BleakClient, device, "echo 0", backend=world.backends.client
        )
        assert 1.0 <= time.monotonic() - began_s < 3.0
        assert await client.read_gatt_char(world.VALUE) == b"stored"


@pytest.mark.parametrize(
    "reason",
    [
        BleakBluetoothNotAvailableReason.POWERED_OFF,
        BleakBluetoothNotAvailableReason.NO_BLUETOOTH,
        BleakBluetoothNotAvailableReason.DENIED_BY_USER,
    ],
)
async def test_bluetooth_switched_off_tells_why(echo_world, reason):
    async with echo_world(1) as world:
        ended = asyncio.Event()
        client = await world.connected(disconnected_callback=lambda _: ended.set())
        world.adapter.switch_off(reason)
        await asyncio.wait_for(ended.wait(), 0.5)
        with pytest.raises(BleakBluetoothNotAvailableError) as scanning:
            await BleakScanner.discover(0.1, backend=world.backends.scanner)
        with pytest.raises(BleakBluetoothNotAvailableError) as connecting:
            await client.connect()
        assert scanning.value.reason is connecting.value.reason is reason
        world.adapter.switch_on()
        await client.connect()


async def test_nothing_in_the_virtual_world_blocks_the_loop(echo_world):
    with blockbuster_ctx("imu_hip.bluetooth.virtual"):
        async with echo_world(2) as world:
            client = await world.connected("echo 1")
            stream = await world.stream(client)
            await asyncio.sleep(0.2)
            await world.peripherals[0].reboot(0.05)
            await client.disconnect()
            assert stream.values


async def test_a_profile_that_blocks_the_loop_would_be_noticed(echo_world):
    with blockbuster_ctx("imu_hip.bluetooth.virtual"):
        async with echo_world(1) as world:
            world.peripherals[0].profile.reboot = lambda _: time.sleep(0.01)
            with pytest.raises(BlockingError):
                await world.peripherals[0].reboot(0.0)


async def test_closing_the_adapter_ends_an_attempt_to_connect(echo_world):
    async with echo_world(1) as world:
        device = await world.find("echo 0")
        await world.peripherals[0].power_off()
        attempt = asyncio.create_task(world.client(device, timeout=30.0).connect())
        await asyncio.sleep(0.05)
    with pytest.raises(BleakError):
        await attempt


async def test_a_closed_world_leaves_no_task_and_no_timer(echo_world):
    async with echo_world(3) as world:
        client = await world.connected()
        await world.stream(client)
        world.set_link(connection_interval_s=600.0)
        asking = asyncio.create_task(client.read_gatt_char(world.VALUE))
        await asyncio.sleep(0.05)
    assert isinstance(await asyncio.gather(asking, return_exceptions=True), list)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    counted = [peripheral.profile.counted for peripheral in world.peripherals]
    await asyncio.sleep(0.1)
    assert [peripheral.profile.counted for peripheral in world.peripherals] == counted
    assert world.radio.controllers == set()


def test_worlds_are_made_and_closed_on_several_loops(echo_world):
    async def once(index: int) -> bytes:
        async with echo_world(2) as world:
            client = await world.connected(f"echo {index % 2}")
            stream = await world.stream(client)
            await asyncio.sleep(0.1)
            assert stream.counts == list(range(len(stream.counts)))
            return bytes(await client.read_gatt_char(world.VALUE))

    assert [asyncio.run(once(index), debug=True) for index in range(4)] == [b"stored"] * 4


async def test_a_scan_that_is_cancelled_while_it_begins_ends_and_another_works(echo_world):
    async with echo_world(1) as world:
        for turns in range(40):
            scanner = BleakScanner(backend=world.backends.scanner)
            starting = asyncio.ensure_future(scanner.start())
            for _ in range(turns):
                await asyncio.sleep(0)
            if starting.done():
                await scanner.stop()
                continue
            starting.cancel()
            await asyncio.wait({starting})
            assert starting.cancelled()
        found = await BleakScanner.discover(1.0, backend=world.backends.scanner)
        assert len(found) == 1
