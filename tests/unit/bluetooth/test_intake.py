"""From notifications to samples: decoding, accounts, and what a person is told."""

import struct
from types import SimpleNamespace

import pytest

from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, SensorClock, Skipped
from imu_hip.bluetooth.events import EventKind
from imu_hip.bluetooth.inbox import Inbox
from imu_hip.bluetooth.intake import Intake
from imu_hip.names import Segment

STEP_US = 16_667
UUID = "aa"


class PairDecoder:
    """Two bytes are half a sample: a sample is split over two notifications."""

    def __init__(self):
        self.held = b""

    def feed(self, uuid, value):
        self.held += value
        if len(self.held) < 4:
            return []
        frame, self.held = self.held, b""
        (count,) = struct.unpack("<I", frame)
        if count == 0xFFFF_FFFF:
            return [Skipped("not a count", 4)]
        clipping = Clipping.ACCELERATION | Clipping.ANGULAR_VELOCITY
        clipped = clipping if count >= 1000 else Clipping.NONE
        return [Sample(tick=count * STEP_US, clipping=clipped)]


@pytest.fixture
def sensor(request):
    tick_s = getattr(request, "param", 1e-6)
    now = SimpleNamespace(ns=10_000_000_000)
    inbox = Inbox(clock_ns=lambda: now.ns)
    driver = SimpleNamespace(
        clock=SensorClock(tick_s, 2**32), decoder=lambda _: PairDecoder(), name="fake"
    )
    intake = Intake(Segment.LEFT_SHIN, driver, StreamSettings(60.0, "full"), inbox)

    def send(count, connection=1, cut=4):
        now.ns = 10_000_000_000 + count * STEP_US * 1000
        for half in (slice(0, 2), slice(2, cut)):
            inbox.listener(connection, UUID)(struct.pack("<I", count)[half])

    return SimpleNamespace(send=send, intake=intake, inbox=inbox, now=now)


def test_frames_that_are_split_over_notifications_become_samples(sensor):
    for count in range(3):
        sensor.send(count)
    samples, events = sensor.intake.take()
    assert [sample.sequence for sample in samples] == [0, 1, 2]
    assert [sample.tick for sample in samples] == [0, STEP_US, 2 * STEP_US]
    assert events == []


def test_half_a_frame_from_before_a_lost_link_does_not_spoil_the_next(sensor):
    sensor.send(0)
    sensor.send(1, cut=2)
    sensor.send(60, connection=2)
    samples, _ = sensor.intake.take()
    assert [sample.tick for sample in samples] == [0, 60 * STEP_US]


def test_a_long_gap_is_told_and_a_short_one_only_counted(sensor):
    for count in (0, 3, 13):
        sensor.send(count)
    samples, events = sensor.intake.take()
    assert [sample.lost_before for sample in samples] == [0, 2, 9]
    # 10 steps of 16.667 ms
    assert [event.text for event in events] == ["The left shin sensor lost 9 samples (0.17 s)."]


def test_a_reboot_is_told(sensor):
    sensor.send(1000)
    sensor.send(1001)
    sensor.intake.take()
    sensor.inbox.listener(2, UUID)(struct.pack("<I", 0))
    samples, events = sensor.intake.take()
    assert [(sample.epoch, sample.tick) for sample in samples] == [(1, 0)]
    assert [event.kind for event in events] == [EventKind.REBOOTED]


def test_clipping_is_counted_and_told_once_in_a_while(sensor):
    for count in range(1000, 1060):
        sensor.send(count)
    _, events = sensor.intake.take()
    assert sensor.intake.clipped == 60
    assert [event.kind for event in events] == [EventKind.CLIPPING]
    assert "acceleration and angular velocity" in events[0].text


def test_what_is_no_sample_is_counted(sensor):
    sensor.send(0)
    sensor.inbox.listener(1, UUID)(b"\xff" * 4)
    samples, _ = sensor.intake.take()
    assert (len(samples), sensor.intake.skipped) == (1, 1)


def test_each_sample_has_its_time_on_the_hosts_clock(sensor):
    # Samples arrive at 10 s plus their count times the step of 16.667 ms, without delay.
    for count in range(30):
        sensor.send(count)
    samples, _ = sensor.intake.take()
    times = [sample.host_s for sample in samples]
    assert times == pytest.approx([10.0 + count * STEP_US * 1e-6 for count in range(30)], abs=1e-6)


def test_a_late_packet_does_not_make_its_samples_late(sensor):
    for count in range(30):
        sensor.send(count)
    # Sample 31 waited for 50 ms; its own clock says when it was taken.
    sensor.now.ns = 10_000_000_000 + 31 * STEP_US * 1000 + 50_000_000
    for half in (slice(0, 2), slice(2, 4)):
        sensor.inbox.listener(1, UUID)(struct.pack("<I", 31)[half])
    samples, _ = sensor.intake.take()
    assert samples[-1].host_s == pytest.approx(10.0 + 31 * STEP_US * 1e-6, abs=1e-4)


@pytest.mark.parametrize("sensor", [None], indirect=True)
def test_without_a_clock_the_arrival_is_the_time_and_still_rises(sensor):
    for _ in range(3):
        for half in (slice(0, 2), slice(2, 4)):
            sensor.inbox.listener(1, UUID)(struct.pack("<I", 0)[half])
    samples, _ = sensor.intake.take()
    times = [sample.host_s for sample in samples]
    assert times == sorted(set(times))
    # A tenth of a step apart, where all three came at once.
    assert times == pytest.approx([10.0, 10.0 + 1 / 600, 10.0 + 2 / 600], abs=1e-9)
