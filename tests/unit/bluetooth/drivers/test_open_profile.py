"""Dialogues of the open profile's driver with a virtual sensor, and how that one behaves."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from imu_hip.bluetooth.drivers.dialogue import DialogueError, RefusedError, Write
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.open_profile import LIGHT_S, OpenProfile
from imu_hip.bluetooth.drivers.open_profile_packets import Mode
from imu_hip.bluetooth.drivers.open_profile_values import (
    BATTERY_LEVEL_UUID,
    CONTROL_UUID,
    INFORMATION_UUID,
    SAMPLES_UUID,
    STATUS_UUID,
    Feature,
    Information,
    Status,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.open_profile import FORGOTTEN_AFTER_S, VirtualOpenSensor
from imu_hip.bluetooth.virtual.profile import AttributeRefusedError
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.names import GRAVITY_MPS2
from tests.dialogues import Conversation

DRIVER = OpenProfile()
FULL = StreamSettings(50.0, "full")


@dataclass
class Turntable:
    """Level, turning about the vertical from a heading of 40°."""

    gyr_dps: float = 90.0

    def at(self, time_s):
        half = np.radians(40.0 + self.gyr_dps * time_s) / 2.0
        zero, one = np.zeros_like(half), np.ones_like(half)
        return Felt(
            np.column_stack([np.cos(half), zero, zero, np.sin(half)]),
            np.column_stack([zero, zero, GRAVITY_MPS2 * one]),
            np.column_stack([zero, zero, self.gyr_dps * one]),
        )


def sensor(movement=None, now_s=0.0, *, tag="left_thigh", charge=83.0, drift_ppm=0.0, **options):
    settings = VirtualSensorSettings(
        "4F2A91C07B3D5E68", tag, battery_percent=charge, drift_ppm=drift_ppm
    )
    return VirtualOpenSensor(settings, movement or Turntable(), now_s, **options)


def heard(talk, end_s, settings=FULL):
    """Samples of everything that the sensor sends until then."""
    decoder = DRIVER.decoder(settings)
    return [
        sample
        for notification in talk.listen_until(end_s)
        for sample in decoder.feed(notification.uuid, notification.value)
    ]


def yaw_deg(sample):
    w, _, _, z = sample.q_earth_sensor
    return np.degrees(2.0 * np.arctan2(z, w))


def refuse(dialogue):
    """Run a dialogue against a sensor that refuses the first thing it is asked."""
    next(dialogue)
    with pytest.raises(StopIteration) as end:
        dialogue.throw(RefusedError("no"))
    return end.value.value


def test_it_is_known_by_its_service_alone():
    advertisement = sensor().advertisement
    services = frozenset(advertisement.service_uuids)
    assert DRIVER.recognises(Advertised("anything", service_uuids=services))
    assert not DRIVER.recognises(Advertised(advertisement.name))


def test_it_tells_who_it_is():
    assert Conversation(sensor()).run(DRIVER.identify()) == Identity(
        "virtual", "4F2A91C07B3D5E68", "left_thigh", "1.0"
    )


def test_the_name_shows_the_tag_or_the_end_of_the_serial():
    assert sensor().advertisement.name == "IMU left_thigh"
    assert sensor(tag="").advertisement.name == "IMU 5E68"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"serial": ""}, "no serial"),
        ({"version": 2}, "version 2"),
    ],
)
def test_a_sensor_without_serial_or_of_another_version_is_refused(change, told):
    information = Information(1, 14, 63, Feature(0), "m", "s", "1", "")
    dialogue = DRIVER.identify()
    next(dialogue)
    with pytest.raises(DialogueError, match=told):
        dialogue.send(replace(information, **change).to_bytes())


def test_a_tag_that_is_cut_within_a_character_loses_that_character():
    # 15 letters and one of two bytes: the 16th byte is the first half of it.
    told = Information(1, 14, 63, Feature(0), "m", "s", "1", "x" * 15 + "ö")
    assert Information.from_bytes(told.to_bytes()).tag == "x" * 15


def test_the_battery_is_read_with_its_charging():
    assert Conversation(sensor(charge=57.0)).run(DRIVER.battery()) == Battery(57)
    dialogue = DRIVER.battery()
    next(dialogue)
    dialogue.send(b"\x39")
    with pytest.raises(StopIteration) as end:
        dialogue.send(Status(False, 0, 0, is_charging=True).to_bytes())
    assert end.value.value == Battery(57, charging=True)


def test_a_sensor_without_battery_service_tells_no_charge():
    assert refuse(DRIVER.battery()) is None


def test_the_light_blinks_for_some_seconds():
    profile = sensor(now_s=5.0)
    talk = Conversation(profile, now_s=5.0)
    assert talk.run(DRIVER.light())
    assert profile.light_until_s == 5.0 + LIGHT_S


def test_what_a_sensor_cannot_do_is_not_asked_of_it():
    talk = Conversation(sensor(features=Feature(0)))
    assert talk.run(DRIVER.light()) is False
    assert talk.run(DRIVER.reset_heading()) is False
    assert not [request for request in talk.requests if isinstance(request, Write)]


def test_samples_come_at_the_rate_with_clock_and_sequence():
    talk = Conversation(sensor(), now_s=1.0)
    talk.run(DRIVER.start(FULL))
    samples = heard(talk, 3.01)
    # Every 20 ms after 1 s; the clock shows 3 s when the world begins.
    assert [s.sequence for s in samples] == list(range(100))
    assert [s.tick for s in samples] == [4_020_000 + 20_000 * i for i in range(100)]
    assert samples[0].acc_mps2 == pytest.approx((0.0, 0.0, GRAVITY_MPS2), abs=1 / 400)
    assert samples[0].gyr_dps == (0.0, 0.0, 90.0)
    # 40° at time 0 and 90 °/s, so 131.8° after 1.02 s.
    assert yaw_deg(samples[0]) == pytest.approx(131.8, abs=0.005)


@pytest.mark.parametrize("mode", DRIVER.modes)
def test_each_mode_has_the_quantities_that_it_promises(mode):
    settings = StreamSettings(100.0, mode)
    talk = Conversation(sensor())
    talk.run(DRIVER.start(settings))
    sample = heard(talk, 0.1, settings)[0]
    assert (sample.q_earth_sensor is None) == (mode == "raw")
    assert (sample.acc_mps2 is None) == (mode == "quaternion")
    assert sample.gyr_dps is not None


def test_a_fast_clock_takes_more_samples_that_are_as_far_apart_by_it():
    talk = Conversation(sensor(drift_ppm=10_000.0))
    talk.run(DRIVER.start(FULL))
    samples = heard(talk, 10.01)
    assert {b.tick - a.tick for a, b in pairwise(samples)} == {20_000}
    # The first after 20 ms, then 9.99 s that are 10.0899 s by a clock that is 1 % fast: 504 steps.
    assert len(samples) == 505


def test_collected_samples_are_the_same_samples():
    def run(per_notification):
        talk = Conversation(sensor(samples_per_notification=per_notification))
        talk.run(DRIVER.start(FULL))
        return talk.listen_until(1.01), talk

    single, _ = run(1)
    collected, talk = run(3)
    decoder = DRIVER.decoder(FULL)
    read = [s for n in collected for s in decoder.feed(n.uuid, n.value)]
    assert len(single) == 50
    assert len(collected) == 16
    assert read == [s for n in single[:48] for s in decoder.feed(n.uuid, n.value)]
    # The two samples after those 16 packets of 3 are sent at the stop.
    talk.profile.write(CONTROL_UUID, b"\x02", talk.now_s)
    assert [s.sequence for n in talk.listen() for s in decoder.feed(n.uuid, n.value)] == [48, 49]


def test_a_start_ends_what_ran_and_the_sequence_goes_on():
    talk = Conversation(sensor())
    talk.run(DRIVER.start(FULL))
    assert [s.sequence for s in heard(talk, 0.11)] == [0, 1, 2, 3, 4]
    settings = StreamSettings(100.0, "raw")
    talk.run(DRIVER.start(settings))
    samples = heard(talk, 0.165, settings)
    assert [s.sequence for s in samples] == [5, 6, 7, 8, 9]
    # The first one a period after the start at 0.11 s.
    assert [s.tick for s in samples] == [3_120_000 + 10_000 * i for i in range(5)]


def test_packets_of_another_mode_are_left_out():
    talk = Conversation(sensor())
    talk.run(DRIVER.start(FULL))
    assert {type(part) for part in heard(talk, 0.1, StreamSettings(50.0, "raw"))} == {Skipped}


@pytest.mark.parametrize(
    ("masks", "settings", "told"),
    [
        ((0b1000, 63), FULL, "only raw"),
        ((0b0100, 0b000101), FULL, "only at 25, 60 Hz"),
    ],
)
def test_what_the_sensor_does_not_offer_is_not_started(masks, settings, told):
    dialogue = DRIVER.start(settings)
    next(dialogue)
    with pytest.raises(DialogueError, match=told):
        dialogue.send(Information(1, *masks, Feature(0), "m", "s", "1", "").to_bytes())


def test_a_start_that_the_sensor_took_without_doing_it_is_noticed():
    dialogue = DRIVER.start(FULL)
    next(dialogue)
    dialogue.send(Information(1, 14, 63, Feature(0), "m", "s", "1", "").to_bytes())
    dialogue.send(b"")
    with pytest.raises(DialogueError, match="does not stream"):
        dialogue.send(Status(False, 0, 0).to_bytes())


def test_a_lost_link_leaves_the_stream_alone_and_is_counted():
    profile = sensor()
    talk = Conversation(profile)
    talk.run(DRIVER.start(FULL))
    before = heard(talk, 1.01)
    profile.link_lost(talk.now_s)
    talk.listen_until(6.01)
    talk.run(DRIVER.resume(FULL))
    after = heard(talk, 7.0)
    assert sum(isinstance(request, Write) for request in talk.requests) == 1
    # 5 s at 50 Hz were measured and counted, and nobody heard them.
    assert after[0].sequence - before[-1].sequence == 251
    assert after[0].tick - before[-1].tick == 251 * 20_000


def test_a_sensor_that_rebooted_is_started_again_and_shows_it():
    profile = sensor()
    talk = Conversation(profile)
    talk.run(DRIVER.start(FULL))
    heard(talk, 2.0)
    profile.reboot(talk.now_s)
    assert heard(talk, 3.0) == []
    assert profile.next_due_s(talk.now_s) is None
    talk.run(DRIVER.resume(FULL))
    samples = heard(talk, 4.0)
    # Its clock began anew at 2 s and shows 1 s at the start.
    assert (samples[0].sequence, samples[0].tick) == (0, 1_020_000)


def test_a_sensor_that_is_left_alone_ends_its_stream():
    profile = sensor()
    talk = Conversation(profile)
    talk.run(DRIVER.start(FULL))
    profile.link_lost(talk.now_s)
    profile.notifications(FORGOTTEN_AFTER_S)
    assert profile.next_due_s(FORGOTTEN_AFTER_S) is not None
    assert profile.notifications(FORGOTTEN_AFTER_S + 1.0) == []
    assert profile.next_due_s(FORGOTTEN_AFTER_S + 1.0) is None


def test_a_stop_is_taken_in_every_state():
    talk = Conversation(sensor())
    talk.run(DRIVER.stop())
    talk.run(DRIVER.start(FULL))
    talk.run(DRIVER.stop())
    assert heard(talk, 1.0) == []
    assert not Status.from_bytes(talk.profile.read(STATUS_UUID, 1.0)).is_streaming


def test_a_heading_reset_makes_the_present_heading_zero():
    talk = Conversation(sensor(Turntable(gyr_dps=0.0)))
    talk.run(DRIVER.start(FULL))
    assert yaw_deg(heard(talk, 0.1)[-1]) == pytest.approx(40.0, abs=0.005)
    assert talk.run(DRIVER.reset_heading())
    assert yaw_deg(heard(talk, 0.2)[-1]) == pytest.approx(0.0, abs=0.005)
    talk.profile.reboot(talk.now_s)
    talk.run(DRIVER.start(FULL))
    assert yaw_deg(heard(talk, 0.3)[-1]) == pytest.approx(40.0, abs=0.005)


def test_a_movement_beyond_the_range_is_flagged():
    talk = Conversation(sensor(Turntable(gyr_dps=2500.0)))
    talk.run(DRIVER.start(FULL))
    sample = heard(talk, 0.1)[0]
    assert sample.clipping is Clipping.ANGULAR_VELOCITY
    assert sample.gyr_dps == (0.0, 0.0, 2000.0)


def test_an_empty_battery_silences_it():
    # 3 % that lose 10 % an hour are at 2.5 % after 3 minutes and round to 2.
    talk = Conversation(sensor(charge=3.0), step_s=1.0)
    talk.run(DRIVER.start(FULL))
    assert heard(talk, 10.0)
    talk.listen_until(360.0)
    assert heard(talk, 370.0) == []


def test_a_tag_is_kept_over_a_reboot():
    profile = sensor()
    profile.write(CONTROL_UUID, b"\x05right_shin", 0.0)
    profile.reboot(1.0)
    assert Information.from_bytes(profile.read(INFORMATION_UUID, 1.0)).tag == "right_shin"
    assert profile.advertisement.name == "IMU right_shin"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", 0x13),
        (b"\x09", 0x13),
        (b"\x01\x02\x32", 0x0D),
        (b"\x01\x04\x32\x00", 0x13),
        (b"\x01\x02\x33\x00", 0x13),
        (b"\x02\x00", 0x0D),
        (b"\x05" + 17 * b"x", 0x0D),
    ],
)
def test_commands_that_are_none_are_refused_with_the_code_of_the_note(value, code):
    profile = sensor()
    with pytest.raises(AttributeRefusedError) as refused:
        profile.write(CONTROL_UUID, value, 0.0)
    assert refused.value.code == code
    assert profile.next_due_s(0.0) is None


def test_only_what_the_table_allows_is_read_and_written():
    profile = sensor()
    with pytest.raises(AttributeRefusedError):
        profile.read(SAMPLES_UUID, 0.0)
    with pytest.raises(AttributeRefusedError):
        profile.write(BATTERY_LEVEL_UUID, b"\x02", 0.0)


def test_a_notification_of_something_else_is_no_sample():
    found = DRIVER.decoder(FULL).feed(STATUS_UUID, bytes(26))
    assert [type(part) for part in found] == [Skipped]


def test_the_longest_collection_still_is_one_packet():
    with pytest.raises(ValueError, match="samples_per_notification"):
        sensor(samples_per_notification=9)
    talk = Conversation(sensor(samples_per_notification=8))
    talk.run(DRIVER.start(FULL))
    (notification,) = talk.listen_until(0.2)
    # It fits one notification at an MTU of 247.
    assert len(notification.value) == Mode.QUATERNION_ACC_GYR.packet_bytes(8) <= 244
    assert all(
        isinstance(s, Sample) for s in DRIVER.decoder(FULL).feed(SAMPLES_UUID, notification.value)
    )
