"""The reader against virtual sensors: bleak's API, a real host stack, imperfect links."""

import asyncio
import logging
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import numpy as np
import pytest
from blockbuster import BlockBuster

from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.capture import Capture, Placed
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers import registry
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.open_profile import OpenProfile
from imu_hip.bluetooth.errors import (
    AmbiguousSensorsError,
    BluetoothError,
    NotStreamingError,
    SensorsMissingError,
)
from imu_hip.bluetooth.events import EventKind
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.roster import find_wanted, meet_all
from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_backend import make_backends
from imu_hip.bluetooth.virtual.link import LinkSettings
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.open_profile import VirtualOpenSensor
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.profiles import Neighbourhood, make_profile
from imu_hip.bluetooth.virtual.radio import VirtualRadio
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.stranger import Stranger
from imu_hip.bluetooth.wanted import Wanted
from imu_hip.names import Segment

pytestmark = pytest.mark.slow

LEFT_THIGH, LEFT_SHIN, RIGHT_THIGH = Segment.LEFT_THIGH, Segment.LEFT_SHIN, Segment.RIGHT_THIGH
DRIVERS = (OpenProfile(),)
SETTINGS = StreamSettings(60.0, "full")
RADIO_LINK = LinkSettings(connection_interval_s=0.0075)
SEQUENCE_MODULUS = 2**16


@pytest.fixture(autouse=True)
def nothing_blocks_and_nothing_goes_wrong_unseen(caplog):
    """A blocking call in the loop raises; an unexpected error is logged, and fails here."""
    blockbuster = BlockBuster()
    blockbuster.activate()
    try:
        yield
    finally:
        blockbuster.deactivate()
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


class Still:
    """A movement of a sensor that lies on a table."""

    def at(self, time_s):
        count = len(time_s)
        up = np.tile([0.0, 0.0, 9.81], (count, 1))
        return Felt(np.tile([1.0, 0.0, 0.0, 0.0], (count, 1)), up, np.zeros((count, 3)))


class Moody(VirtualOpenSensor):
    """Falls silent when told to; cured by a new start, or only by a new connection."""

    mute = False
    cured_by_start = True

    def write(self, uuid, value, now_s):
        self.mute = self.mute and not self.cured_by_start
        super().write(uuid, value, now_s)

    def link_lost(self, now_s):
        self.mute = False
        super().link_lost(now_s)

    def notifications(self, now_s):
        said = super().notifications(now_s)
        return () if self.mute else said


@dataclass
class Air:
    """Virtual sensors by their tag or serial, and the computer's central."""

    radio: VirtualRadio
    adapter: VirtualAdapter
    central: Central
    peripherals: list

    def counts(self, number):
        return self.radio.counts(self.peripherals[number].address)

    async def wear(self, *segments, assigned=None):
        if assigned is None:
            assigned = {f"SN{number}": segment for number, segment in enumerate(segments)}
        wanted = Wanted(frozenset(segments), assigned)
        found = await find_wanted(self.central, DRIVERS, wanted)
        return [Placed(segment, found[segment], SETTINGS) for segment in segments]


@asynccontextmanager
async def air_with(*tags, strangers=0, link=RADIO_LINK, kind=VirtualOpenSensor):
    radio = VirtualRadio(link)
    async with AsyncExitStack() as stack:
        adapter = await stack.enter_async_context(VirtualAdapter(radio))
        peripherals = []
        for number, tag in enumerate(tags):
            settings = VirtualSensorSettings(
                f"SN{number}", tag, drift_ppm=20.0 * (-1) ** number, clock_start_s=3.0 + number
            )
            sensor = kind(settings, Still(), time.perf_counter())
            peripherals.append(
                VirtualPeripheral(radio, sensor, f"D4:22:CD:00:00:{number:02X}", time.perf_counter)
            )
            await stack.enter_async_context(peripherals[-1])
        for number in range(strangers):
            other = VirtualPeripheral(
                radio, Stranger(number), f"D4:22:CD:00:FF:{number:02X}", time.perf_counter
            )
            await stack.enter_async_context(other)
        backends = make_backends(adapter)
        central = Central(Backends(backends.scanner, backends.client))
        yield Air(radio, adapter, central, peripherals)


def capture_of(air, placed, **options):
    return Capture(air.central, placed, rng=random.Random(1), **options)


class Recorder:
    """Takes what comes, and what was taken so far."""

    def __init__(self, capture, placed):
        self.capture = capture
        self.samples = {one.segment: [] for one in placed}
        self.events = []

    def take(self):
        captured = self.capture.take()
        for segment, samples in captured.samples.items():
            self.samples[segment] += samples
        self.events += captured.events
        return captured

    async def record(self, duration_s, until=None):
        end_s = time.perf_counter() + duration_s
        while time.perf_counter() < end_s:
            await asyncio.sleep(0.1)
            self.take()
            if until is not None and until():
                return True
        return until is None

    def kinds(self, segment):
        return [event.kind for event in self.events if event.segment is segment]

    def status(self, segment):
        return next(s for s in self.capture.status() if s.segment is segment)


def assert_in_order(samples):
    """Sequence numbers as the sensor sent them and as they were placed are the same, rising."""
    for epoch in {sample.epoch for sample in samples}:
        own = [sample for sample in samples if sample.epoch == epoch]
        placed = np.array([sample.sequence for sample in own])
        sent = np.array([sample.sample.sequence for sample in own])
        assert (np.diff(placed) > 0).all()
        assert np.unique((sent - placed) % SEQUENCE_MODULUS).size == 1
        assert (np.diff([sample.tick for sample in own]) > 0).all()
        assert sum(sample.lost_before for sample in own) + len(own) == placed[-1] + 1


async def test_every_sample_of_three_sensors_is_recorded_in_order():
    segments = (LEFT_THIGH, LEFT_SHIN, RIGHT_THIGH)
    async with air_with(*segments) as air:
        placed = await air.wear(*segments)
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(2.0)
            statuses = capture.status()
        recorder.take()
        for number, segment in enumerate(segments):
            assert_in_order(recorder.samples[segment])
            assert len(recorder.samples[segment]) == air.counts(number).delivered >= 110
        assert recorder.events == []
        for status in statuses:
            assert status.state == "streaming"
            assert status.rate_hz == pytest.approx(60.0, abs=3.0)
            assert (status.lost, status.duplicates, status.backward) == (0, 0, 0)
            assert 0.0 <= status.latency_p95_ms < 100.0
            assert status.battery.level_percent == 83


async def test_sensors_of_all_kinds_stream_together():
    neighbourhood = Neighbourhood()

    def of_its_kind(settings, movement, now_s):
        return make_profile(settings.tag, settings, movement, now_s, neighbourhood=neighbourhood)

    kinds = [driver.name for driver in registry.DRIVERS]
    async with air_with(*kinds, kind=of_its_kind) as air:
        roster = await meet_all(air.central, registry.DRIVERS, scan_s=1.0)
        drivers = [sensor.found.driver for sensor in roster.known]
        assert sorted(driver.name for driver in drivers) == sorted(kinds)
        placed = [
            Placed(segment, sensor, StreamSettings(50.0 if driver.name != "dot" else 60.0, mode))
            for segment, sensor, driver in zip(Segment, roster.known, drivers, strict=False)
            for mode in list(driver.modes)[:1]
        ]
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(2.0)
            statuses = capture.status()
        for one, status in zip(placed, statuses, strict=True):
            assert status.state == "streaming"
            assert status.rate_hz == pytest.approx(one.settings.sampling_rate_hz, rel=0.1)
            assert status.skipped == 0
            counts = one.sensor.found.driver.clock.tick_s is not None
            assert status.lost == (0 if counts else None)


async def test_recorded_and_lost_are_what_was_sent():
    poor = replace(RADIO_LINK, connection_interval_s=0.03, missed_event_fraction=0.3)
    poor = replace(poor, queue_packets=4, lost_fraction=0.02, packets_per_event=2)
    async with air_with(LEFT_THIGH, LEFT_SHIN) as air:
        placed = await air.wear(LEFT_THIGH, LEFT_SHIN)
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            # The ends are sound, so that what is lost lies between two samples that are kept.
            await recorder.record(0.5)
            for number, peripheral in enumerate(air.peripherals):
                air.radio.set_link(peripheral.address, replace(poor, seed=number))
            await recorder.record(3.0)
            for peripheral in air.peripherals:
                air.radio.set_link(peripheral.address, RADIO_LINK)
            await recorder.record(0.5)
        recorder.take()
        for number, segment in enumerate((LEFT_THIGH, LEFT_SHIN)):
            status, sent = recorder.status(segment), air.counts(number)
            assert status.lost == sent.dropped > 5
            assert status.kept + status.lost == sent.sent
            assert_in_order(recorder.samples[segment])


async def test_what_nobody_reads_in_time_is_lost_once_and_told_apart():
    async with air_with(LEFT_THIGH) as air:
        placed = await air.wear(LEFT_THIGH)
        async with capture_of(air, placed, inbox_capacity=20) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(0.5)
            await asyncio.sleep(1.5)
            recorder.take()
            await recorder.record(0.5)
        recorder.take()
        status = recorder.status(LEFT_THIGH)
        assert status.own_lost == status.lost == air.counts(0).delivered - status.kept > 50
        assert EventKind.FULL in recorder.kinds(LEFT_THIGH)


async def test_a_sensor_that_goes_away_comes_back_and_the_others_lose_nothing():
    segments = (LEFT_THIGH, LEFT_SHIN, RIGHT_THIGH)
    async with air_with(*segments) as air:
        placed = await air.wear(*segments)
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(1.0)
            away, rebooting, _ = air.peripherals
            air.radio.out_of_range(away.address, True)
            reboot = asyncio.create_task(rebooting.reboot(1.0))
            await recorder.record(5.0)
            assert recorder.status(LEFT_THIGH).state == "link lost, searching"
            air.radio.out_of_range(away.address, False)
            back = time.perf_counter_ns()
            is_back = lambda: recorder.samples[LEFT_THIGH][-1].arrival_ns > back  # noqa: E731
            assert await recorder.record(3.0, is_back)
            await recorder.record(1.0)
            await reboot
            assert [status.state for status in capture.status()] == 3 * ["streaming"]
        recorder.take()
        first_back = next(s for s in recorder.samples[LEFT_THIGH] if s.arrival_ns > back)
        assert first_back.arrival_ns - back < 3e9
        # It streamed on while it was away, so that what is missing is counted.
        assert first_back.epoch == 0
        assert first_back.lost_before == pytest.approx(5.0 * 60.0, abs=3.0 * 60.0)
        kinds = recorder.kinds(LEFT_THIGH)
        assert kinds == [EventKind.LINK_LOST, EventKind.BACK, EventKind.LOST]
        assert EventKind.REBOOTED in recorder.kinds(LEFT_SHIN)
        assert {sample.epoch for sample in recorder.samples[LEFT_SHIN]} == {0, 1}
        assert recorder.kinds(RIGHT_THIGH) == []
        assert recorder.status(RIGHT_THIGH).lost == 0
        assert len(recorder.samples[RIGHT_THIGH]) == air.counts(2).delivered
        for segment in segments:
            assert_in_order(recorder.samples[segment])


@pytest.mark.parametrize("cured_by_start", [True, False])
async def test_a_silent_sensor_is_started_again_and_then_reconnected(cured_by_start):
    async with air_with(LEFT_THIGH, kind=Moody) as air:
        placed = await air.wear(LEFT_THIGH)
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(0.5)
            sensor = air.peripherals[0].profile
            sensor.mute, sensor.cured_by_start = True, cured_by_start
            # What is in the air may still come.
            silent = time.perf_counter_ns() + 300_000_000
            is_back = lambda: recorder.samples[LEFT_THIGH][-1].arrival_ns > silent  # noqa: E731
            assert await recorder.record(6.0, is_back)
            assert recorder.status(LEFT_THIGH).reconnects == (0 if cured_by_start else 1)
        assert EventKind.SILENT in recorder.kinds(LEFT_THIGH)


async def test_sensors_with_the_same_name_are_told_apart_by_serial():
    async with air_with("IMU", "IMU", "IMU") as air:
        assigned = {"SN2": LEFT_THIGH, "SN0": LEFT_SHIN}
        placed = await air.wear(LEFT_THIGH, LEFT_SHIN, assigned=assigned)
        assert [one.sensor.serial for one in placed] == ["SN2", "SN0"]


async def test_two_sensors_for_one_segment_are_refused_by_name():
    async with air_with("left_thigh", "l_femur") as air:
        with pytest.raises(AmbiguousSensorsError, match=r"left thigh.*SN0.*SN1|SN1.*SN0"):
            await air.wear(LEFT_THIGH, assigned={})


async def test_one_that_never_answers_and_strangers_do_not_keep_the_others_from_being_found():
    async with air_with(LEFT_THIGH, "mute", LEFT_SHIN, strangers=20) as air:
        # Connection events so far apart that no answer ever comes.
        air.radio.set_link(air.peripherals[1].address, LinkSettings(connection_interval_s=600.0))
        began_s = time.perf_counter()
        wanted = Wanted(frozenset({LEFT_THIGH, LEFT_SHIN}))
        patience = Patience(first_meeting_s=2.0)
        found = await find_wanted(air.central, DRIVERS, wanted, patience=patience)
        assert {segment: sensor.serial for segment, sensor in found.items()} == {
            LEFT_THIGH: "SN0",
            LEFT_SHIN: "SN2",
        }
        assert time.perf_counter() - began_s < 8.0


async def test_a_missing_sensor_is_told_with_everything_that_was_seen():
    async with air_with(LEFT_THIGH, "mute", strangers=20) as air:
        air.radio.set_link(air.peripherals[1].address, LinkSettings(connection_interval_s=600.0))
        wanted = Wanted(frozenset({LEFT_THIGH, LEFT_SHIN}))
        began_s = time.perf_counter()
        patience = Patience(first_meeting_s=1.0, connect_s=1.0)
        with pytest.raises(SensorsMissingError) as refused:
            await find_wanted(air.central, DRIVERS, wanted, 4.0, patience)
        assert time.perf_counter() - began_s < 7.0
        text = str(refused.value)
        assert "left shin" in text
        assert "'left_thigh' (serial SN0" in text
        assert "battery 83 %" in text
        assert f"at {air.peripherals[1].address}" in text
        assert "20 other" in text
        assert "imu-hip assign" in text


async def test_everybody_on_the_air_is_met():
    async with air_with("one", "two", strangers=3) as air:
        roster = await meet_all(air.central, DRIVERS, scan_s=1.0)
        assert sorted(sensor.label for sensor in roster.known) == ["one", "two"]
        assert (roster.silent, roster.strangers) == ((), 3)


async def test_bluetooth_that_is_off_is_said_with_advice():
    async with air_with(LEFT_THIGH) as air:
        air.adapter.switch_off()
        with pytest.raises(BluetoothError, match="switched off"):
            await air.wear(LEFT_THIGH)


async def test_a_sensor_that_cannot_stream_so_is_named_with_its_reason():
    async with air_with(LEFT_THIGH) as air:
        (placed,) = await air.wear(LEFT_THIGH)
        absurd = replace(placed, settings=StreamSettings(61.0, "full"))
        with pytest.raises(NotStreamingError, match=r"left thigh.*61 Hz"):
            async with capture_of(air, [absurd]):
                pytest.fail("a rate that no sensor has was accepted")
        assert not air.peripherals[0].is_connected


async def test_stopping_takes_less_than_five_seconds_when_sensors_are_gone():
    async with air_with(LEFT_THIGH, LEFT_SHIN, RIGHT_THIGH) as air:
        placed = await air.wear(LEFT_THIGH, LEFT_SHIN, RIGHT_THIGH)
        async with capture_of(air, placed) as capture:
            recorder = Recorder(capture, placed)
            await recorder.record(0.5)
            gone, unreachable, present = air.peripherals
            await gone.power_off()
            # Nothing comes through any more, but nobody has noticed yet.
            air.radio.stall(unreachable.address, 600.0)
            began_s = time.perf_counter()
        took_s = time.perf_counter() - began_s
        assert took_s < 5.0
        assert not present.is_connected


async def test_a_cancelled_capture_lets_go_of_its_sensors():
    async with air_with(LEFT_THIGH) as air:
        placed = await air.wear(LEFT_THIGH)

        async def record():
            async with capture_of(air, placed) as capture:
                await Recorder(capture, placed).record(60.0)

        recording = asyncio.create_task(record())
        await asyncio.sleep(1.0)
        assert air.peripherals[0].is_connected
        recording.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recording
        assert not air.peripherals[0].is_connected
        sent = air.counts(0).sent
        await asyncio.sleep(0.3)
        assert air.counts(0).sent == sent
