"""The link of a virtual sensor: events, queues, misses, losses, range."""

import asyncio
import math
from itertools import pairwise

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError
from bumble import ll

from imu_hip.bluetooth.virtual.link import LinkSettings, NotificationCounts, is_notification


@pytest.mark.parametrize(
    "wrong",
    [
        {"connection_interval_s": -0.01},
        {"connection_interval_s": math.nan},
        {"packets_per_event": 0},
        {"queue_packets": -1},
        {"missed_event_fraction": 1.0},
        {"lost_fraction": 1.5},
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LinkSettings(**wrong)


def test_dropped_is_the_sum_of_all_that_never_arrives():
    counts = NotificationCounts(sent=10, delivered=4, overflowed=3, lost=2, cut_off=1)
    assert counts.dropped == 6


@pytest.mark.parametrize(
    ("pdu", "expected"),
    [
        # length, channel 4 (attributes), opcode, handle
        (b"\x03\x00\x04\x00\x1b\x09\x00", True),
        (b"\x03\x00\x04\x00\x0b\x09\x00", False),
        (b"\x03\x00\x05\x00\x1b\x09\x00", False),
        (b"\x00\x00\x04\x00", False),
    ],
)
def test_a_notification_is_told_by_channel_and_opcode(pdu, expected):
    assert is_notification(pdu) is expected


async def test_notifications_of_one_connection_interval_arrive_together(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.set_link(connection_interval_s=0.1, packets_per_event=20)
        received = await world.stream(client)
        await asyncio.sleep(1.2)
        # 60 Hz leaves 17 ms between samples; only events are further apart. 12 fit into 1.2 s.
        events = 1 + sum(gap > 0.04 for gap in received.gaps_s)
        assert 8 <= events <= 13
        assert received.counts == list(range(len(received.counts)))
        assert len(received.counts) >= 60


async def test_an_event_carries_no_more_packets_than_set(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.start_notify(world.ECHO, received)
        world.set_link(connection_interval_s=0.06, packets_per_event=1)
        # Six commands go down one an event, and so do their echoes come up.
        for number in range(6):
            await client.write_gatt_char(world.ECHO, bytes([number]), response=False)
        await asyncio.sleep(0.8)
        assert received.values == [bytes([number]) for number in range(6)]
        # Five gaps of one interval each; the first may be shorter where the machine was busy.
        assert received.arrivals_s[-1] - received.arrivals_s[0] > 4 * 0.06


async def test_missed_events_delay_but_lose_nothing(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.set_link(connection_interval_s=0.02, missed_event_fraction=0.6)
        received = await world.stream(client)
        await asyncio.sleep(1.2)
        await world.stop_stream(client)
        await asyncio.sleep(0.4)
        counts = world.radio.counts(world.peripherals[0].address)
        assert received.counts == list(range(counts.sent))
        assert counts.dropped == 0
        # Two events in a row are missed with probability 0.36, so this happens in 1.2 s.
        assert max(received.gaps_s) > 0.05


async def test_a_full_queue_drops_the_newest_and_counts_them(echo_world):
    async with echo_world(1, rate_hz=120) as world:
        client = await world.connected()
        received = await world.stream(client)
        address = world.peripherals[0].address
        world.set_link(connection_interval_s=0.2, packets_per_event=4, queue_packets=4)
        await asyncio.sleep(1.0)
        world.set_link()
        await world.stop_stream(client)
        await asyncio.sleep(0.1)
        counts = world.radio.counts(address)
        # 24 samples an interval and room for 4: about 20 of 24 are dropped in one second.
        assert counts.overflowed > 50
        assert len(received.counts) + counts.dropped == counts.sent
        assert all(after > before for before, after in pairwise(received.counts))
        # What is kept is what came first after an event: four neighbours, then a jump.
        jumps = [at for at, (a, b) in enumerate(pairwise(received.counts)) if b - a > 10]
        assert len(jumps) >= 2
        assert all(after - before == 4 for before, after in pairwise(jumps))


async def test_lost_notifications_are_counted_exactly(echo_world):
    settings = LinkSettings(lost_fraction=0.3)
    async with echo_world(1, rate_hz=400, settings=settings) as world:
        client = await world.connected()
        received = await world.stream(client)
        await asyncio.sleep(1.0)
        await world.stop_stream(client)
        await asyncio.sleep(0.1)
        counts = world.radio.counts(world.peripherals[0].address)
        assert len(received.counts) == counts.delivered == counts.sent - counts.lost
        assert all(after > before for before, after in pairwise(received.counts))
        # Binomial; five standard deviations.
        spread = 5 * math.sqrt(counts.sent * 0.3 * 0.7)
        assert counts.lost == pytest.approx(0.3 * counts.sent, abs=spread)


async def test_the_same_seed_loses_the_same_notifications(echo_world):
    async def survivors() -> list[bytes]:
        async with echo_world(1, settings=LinkSettings(lost_fraction=0.5, seed=11)) as world:
            client = await world.connected()
            values: list[bytes] = []
            await client.start_notify(world.ECHO, lambda _, value: values.append(bytes(value)))
            for number in range(60):
                await client.write_gatt_char(world.ECHO, bytes([number]), response=True)
            await asyncio.sleep(0.05)
            return values

    first = await survivors()
    assert 10 < len(first) < 50
    assert await survivors() == first


async def test_requests_and_responses_are_never_lost(echo_world):
    async with echo_world(1, settings=LinkSettings(lost_fraction=1.0)) as world:
        client = await world.connected()
        received = await world.stream(client)
        for number in range(20):
            await client.write_gatt_char(world.VALUE, bytes([number]), response=True)
            assert await client.read_gatt_char(world.VALUE) == bytes([number])
        assert received.values == []


async def test_a_notification_does_not_overtake_the_response_before_it(echo_world, received):
    async with echo_world(1) as world:
        client = await world.connected()
        await client.start_notify(world.ECHO, received)
        world.set_link(connection_interval_s=0.05, packets_per_event=1)
        await client.write_gatt_char(world.ECHO, b"said", response=True)
        # One packet an event: the response has come, and the echo is the next.
        assert received.values == []
        await asyncio.sleep(0.2)
        assert received.values == [b"said"]


async def test_a_stall_delays_but_loses_nothing(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        received = await world.stream(client)
        await asyncio.sleep(0.2)
        world.radio.stall(world.peripherals[0].address, 0.5)
        await asyncio.sleep(1.0)
        assert max(received.gaps_s) > 0.45
        assert received.counts == list(range(len(received.counts)))
        assert len(received.counts) > 60


async def test_settings_change_while_running_and_keep_what_is_queued(echo_world):
    async with echo_world(1) as world:
        received = await world.stream(await world.connected())
        world.set_link(connection_interval_s=600.0)
        await asyncio.sleep(0.1)
        before = len(received.values)
        await asyncio.sleep(0.3)
        assert len(received.values) == before
        world.set_link()
        await asyncio.sleep(0.1)
        assert len(received.values) > before + 15
        assert received.counts == list(range(len(received.counts)))


async def test_links_of_several_sensors_have_their_own_settings(echo_world):
    async with echo_world(2) as world:
        world.set_link(lost_fraction=1.0)
        streams = [await world.stream(await world.connected(f"echo {n}")) for n in (0, 1)]
        await asyncio.sleep(0.3)
        assert streams[0].values == []
        assert len(streams[1].values) > 10


async def test_a_dropped_link_ends_on_both_sides(echo_world):
    async with echo_world(1) as world:
        ended = []
        client = await world.connected(disconnected_callback=ended.append)
        world.radio.drop_link(world.peripherals[0].address)
        await asyncio.sleep(0.05)
        assert ended == [client]
        assert not client.is_connected
        assert not world.peripherals[0].is_connected
        assert world.peripherals[0].profile.links_lost == 1
        # It advertises again at once.
        await world.find("echo 0")


async def test_what_is_queued_when_the_link_ends_is_counted_as_cut_off(echo_world):
    async with echo_world(1) as world:
        received = await world.stream(await world.connected())
        address = world.peripherals[0].address
        world.set_link(connection_interval_s=600.0)
        await asyncio.sleep(0.3)
        world.radio.drop_link(address)
        counts = world.radio.counts(address)
        assert counts.cut_off >= 15
        await asyncio.sleep(0.05)
        assert len(received.values) == counts.delivered == counts.sent - counts.cut_off


async def test_a_sensor_out_of_range_is_gone_until_it_is_back(echo_world):
    async with echo_world(1) as world:
        ended = []
        device = await world.find("echo 0")
        client = world.client(device, ended.append, timeout=0.4)
        await client.connect()
        world.radio.out_of_range(world.peripherals[0].address, True)
        await asyncio.sleep(0.05)
        assert ended == [client]
        scanner = world.backends.scanner
        assert await BleakScanner.discover(0.2, backend=scanner) == []
        with pytest.raises(TimeoutError):
            await client.connect()
        world.radio.out_of_range(world.peripherals[0].address, False)
        await client.connect()
        assert await client.read_gatt_char(world.VALUE) == b"stored"


async def test_a_sensor_that_stops_while_it_is_called_ends_the_attempt_in_an_error(echo_world):
    async with echo_world(1) as world:
        client = world.client(await world.find("echo 0"), timeout=2.0)
        send = world.radio.send_advertising_pdu

        def stop_all_and_send(sender, packet):
            if isinstance(packet, ll.ConnectInd):
                for controller in world.radio.controllers:
                    controller.le_legacy_advertiser.stop()
            send(sender, packet)

        world.radio.send_advertising_pdu = stop_all_and_send
        with pytest.raises(BleakError):
            await client.connect()
        assert not client.is_connected
        assert not world.peripherals[0].is_connected


async def test_a_command_written_just_before_disconnecting_arrives(echo_world):
    async with echo_world(1) as world:
        client = await world.connected()
        world.set_link(connection_interval_s=0.1)
        await client.write_gatt_char(world.VALUE, b"last", response=False)
        await client.disconnect()
        await asyncio.sleep(0.05)
        assert world.peripherals[0].profile.value == b"last"


async def test_signal_strength_is_as_set(echo_world):
    async with echo_world(1, settings=LinkSettings(rssi_dbm=-83)) as world:
        found = await BleakScanner.discover(0.15, return_adv=True, backend=world.backends.scanner)
        assert [advertisement.rssi for _, advertisement in found.values()] == [-83]
