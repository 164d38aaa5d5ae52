"""Dialogues of the WitMotion driver with a virtual sensor, and how that one behaves."""

from dataclasses import dataclass

import numpy as np
import pytest

from imu_hip.bluetooth.drivers.dialogue import DialogueError, Write
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, StreamSettings
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.bluetooth.drivers.witmotion import TABLES, WitMotion
from imu_hip.bluetooth.drivers.witmotion_packets import (
    FRAME_BYTES,
    REGISTER_RATE,
    REGISTER_SERIAL,
    charge_percent,
    read_command,
    write_command,
)
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.profile import AttributeRefusedError
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.witmotion import VirtualWitMotion
from imu_hip.kinematics.quaternion import from_axis_angle, multiply
from imu_hip.names import GRAVITY_MPS2
from imu_hip.recording.formats.euler import earth_from_roll_pitch_yaw_deg
from tests.dialogues import Conversation

DRIVER = WitMotion()
AT_100_HZ = StreamSettings(100.0, "raw")
NOTIFY, WRITE = TABLES[0].notify, TABLES[0].write
UNLOCK, SAVE = write_command(0x69, 0xB588), write_command(0, 0)


@dataclass
class Tilted:
    """Rolled by 30° about x, turned by 100° about the vertical."""

    gyr_dps: tuple = (0.0, 0.0, 90.0)

    def at(self, time_s):
        x, _, z = np.eye(3)
        n = len(time_s)
        q = multiply(
            from_axis_angle(z, np.radians(np.full(n, 100.0))),
            from_axis_angle(x, np.radians(np.full(n, 30.0))),
        )
        # Up in the sensor frame: (0, sin 30°, cos 30°).
        acc = GRAVITY_MPS2 * np.tile([0.0, 0.5, np.sqrt(0.75)], (n, 1))
        return Felt(q, acc, np.tile(self.gyr_dps, (n, 1)))


def sensor(movement=None, now_s=0.0, *, serial="WT4200000179", charge=83.0, table=TABLES[0]):
    settings = VirtualSensorSettings(serial, battery_percent=charge)
    return VirtualWitMotion(settings, movement or Tilted(), now_s, table=table)


def samples_of(notifications):
    decoder = DRIVER.decoder(AT_100_HZ)
    return [s for n in notifications for s in decoder.feed(n.uuid, n.value)]


def without_replies(*registers):
    """Loses every notification that carries a reply with one of these registers."""
    heads = [b"\x55\x71" + register.to_bytes(2, "little") for register in registers]
    return lambda notification: any(head in notification.value for head in heads)


@pytest.mark.parametrize(
    ("advertised", "ours"),
    [
        (Advertised("WT901BLE67"), True),
        (Advertised("BWT901BLE5.0"), True),
        (Advertised("x", service_uuids=frozenset({TABLES[0].service})), True),
        (Advertised("x", service_uuids=frozenset({TABLES[1].service})), True),
        (Advertised("WT12_20004SW10", service_uuids=frozenset({"fff0"})), False),
        (Advertised(""), False),
    ],
)
def test_it_is_known_by_its_service_on_either_base_or_by_its_name(advertised, ours):
    assert DRIVER.recognises(advertised) is ours


def test_the_virtual_one_is_recognised():
    advertisement = sensor().advertisement
    assert DRIVER.recognises(
        Advertised(advertisement.name, service_uuids=frozenset(advertisement.service_uuids))
    )


@pytest.mark.parametrize("table", TABLES)
def test_it_tells_its_serial_on_either_base(table):
    identity = Conversation(sensor(table=table)).run(DRIVER.identify())
    assert (identity.serial, identity.firmware) == ("WT4200000179", "2.1.5")


def test_a_sensor_without_serial_tells_an_empty_one():
    identity = Conversation(sensor(serial="")).run(DRIVER.identify())
    assert (identity.serial, identity.firmware) == ("", "2.1.5")


def test_a_sensor_that_answers_no_reads_tells_an_empty_serial():
    talk = Conversation(sensor(), lose=lambda notification: b"\x55\x71" in notification.value)
    assert talk.run(DRIVER.identify()).serial == ""


def test_a_lost_serial_is_not_taken_for_none():
    talk = Conversation(sensor(), lose=without_replies(REGISTER_SERIAL))
    with pytest.raises(DialogueError, match="serial"):
        talk.run(DRIVER.identify())


def test_a_reply_that_is_lost_once_is_asked_for_again():
    lost = []

    def lose(notification):
        is_first = not lost and b"\x55\x71\x7f" in notification.value
        lost.extend([notification] * is_first)
        return is_first

    assert Conversation(sensor(), lose=lose).run(DRIVER.identify()).serial == "WT4200000179"
    assert len(lost) == 1


def test_a_device_with_neither_base_is_refused_in_words():
    class Stranger(VirtualWitMotion):
        def write(self, uuid, value, now_s):
            raise AttributeRefusedError(0x0A)

    stranger = Stranger(VirtualSensorSettings("x"), Tilted(), 0.0)
    with pytest.raises(DialogueError, match="no characteristic"):
        Conversation(stranger).run(DRIVER.identify())


@pytest.mark.parametrize("charge", [5, 20, 50, 90, 100])
def test_the_battery_is_read_from_the_voltage(charge):
    told = Conversation(sensor(charge=charge)).run(DRIVER.battery())
    # 0.01 V is at most 5 %.
    assert told.level_percent == pytest.approx(charge, abs=3)
    assert told == Battery(told.level_percent)


@pytest.mark.parametrize(
    ("register", "charge"),
    [
        (300, 0),  # 3.00 V, below the table
        (382, 50),
        (385, 56),  # 0.03 V of the 0.05 V to 60 %
        (420, 100),  # charging
        (3850, None),  # millivolt
        (0, None),
    ],
)
def test_a_voltage_is_a_charge_only_where_a_cell_can_have_it(register, charge):
    assert charge_percent(register) == charge


def test_a_rate_is_set_saved_and_checked():
    profile = sensor()
    talk = Conversation(profile)
    assert profile.rate_hz == 10.0
    talk.run(DRIVER.start(AT_100_HZ))
    assert profile.rate_hz == 100.0
    written = [request.value for request in talk.requests if isinstance(request, Write)]
    in_order = [value for value in written if value[2] != 0x27]
    assert in_order == [UNLOCK, write_command(REGISTER_RATE, 9), SAVE]
    profile.reboot(talk.now_s)
    assert profile.rate_hz == 100.0


@pytest.mark.parametrize("dialogue", [DRIVER.start, DRIVER.resume])
def test_a_rate_that_is_right_is_not_written_again(dialogue):
    talk = Conversation(sensor())
    talk.run(DRIVER.start(AT_100_HZ))
    talk.requests.clear()
    talk.run(dialogue(AT_100_HZ))
    writes = [request.value[2] for request in talk.requests if isinstance(request, Write)]
    assert set(writes) == {0x27}


def test_a_sensor_that_answers_no_reads_is_set_all_the_same():
    profile = sensor()
    talk = Conversation(profile, lose=lambda notification: b"\x55\x71" in notification.value)
    talk.run(DRIVER.start(AT_100_HZ))
    assert profile.rate_hz == 100.0


def test_a_rate_that_is_not_taken_is_told():
    class Stubborn(VirtualWitMotion):
        def write(self, uuid, value, now_s):
            if value[2] != REGISTER_RATE:
                super().write(uuid, value, now_s)

    stubborn = Stubborn(VirtualSensorSettings("x"), Tilted(), 0.0)
    with pytest.raises(DialogueError, match="100 Hz"):
        Conversation(stubborn).run(DRIVER.start(AT_100_HZ))


def test_registers_are_locked_until_they_are_unlocked_and_again_after_10_s():
    profile = sensor()
    profile.write(WRITE, write_command(REGISTER_RATE, 9), 0.0)
    assert profile.rate_hz == 10.0
    profile.write(WRITE, UNLOCK, 0.0)
    profile.write(WRITE, write_command(REGISTER_RATE, 9), 10.5)
    assert profile.rate_hz == 10.0
    profile.write(WRITE, UNLOCK, 11.0)
    profile.write(WRITE, write_command(REGISTER_RATE, 9), 20.5)
    assert profile.rate_hz == 100.0
    profile.reboot(21.0)
    assert profile.rate_hz == 10.0


@pytest.mark.parametrize("value", [b"", b"\xff\xaa\x27\x64", b"\x00\xaa\x27\x64\x00"])
def test_what_is_no_command_is_ignored(value):
    profile = sensor()
    profile.write(WRITE, value, 0.05)
    assert profile.notifications(0.05) == profile.notifications(0.05) == []


def test_samples_are_acceleration_and_angular_velocity_without_a_time():
    talk = Conversation(sensor())
    talk.run(DRIVER.start(AT_100_HZ))
    samples = samples_of(talk.listen_until(talk.now_s + 2.0))
    assert {type(sample) for sample in samples} == {Sample}
    # Bundles of four may be cut at both ends.
    assert len(samples) == pytest.approx(200, abs=4)
    sample = samples[0]
    assert (sample.tick, sample.sequence, sample.q_earth_sensor) == (None, None, None)
    # Half a count: 0.0024 m/s² and 0.031 °/s.
    assert sample.acc_mps2 == pytest.approx((0.0, 4.9033, 8.4928), abs=2.5e-3)
    assert sample.gyr_dps == pytest.approx((0.0, 0.0, 90.0), abs=0.031)


def test_it_streams_by_itself_and_bundles_its_frames():
    profile = sensor()
    assert [len(n.value) for n in Conversation(profile).listen_until(1.05)] == 10 * [FRAME_BYTES]
    talk = Conversation(profile, now_s=1.05)
    talk.run(DRIVER.start(AT_100_HZ))
    sizes = [len(n.value) for n in talk.listen_until(talk.now_s + 1.0)]
    # 100 Hz in about 25 notifications a second.
    assert set(sizes[1:]) == {4 * FRAME_BYTES}
    assert len(sizes) == pytest.approx(25, abs=1)


def test_the_angles_of_its_frames_are_those_of_the_orientation():
    (notification, *_) = Conversation(sensor()).listen_until(0.15)
    angles_deg = 180.0 / 32768 * np.frombuffer(notification.value, "<i2", 3, offset=14)
    assert angles_deg == pytest.approx([30.0, 0.0, 100.0], abs=0.003)
    # The same convention as that of the files.
    assert earth_from_roll_pitch_yaw_deg(angles_deg[None])[0] == pytest.approx(
        Tilted().at(np.zeros(1)).q_earth_sensor[0], abs=1e-4
    )


def test_a_read_is_answered_among_the_samples_without_becoming_one():
    profile = sensor()
    talk = Conversation(profile)
    profile.write(WRITE, read_command(0x64), 0.02)
    notifications = talk.listen_until(1.05)
    assert b"\x55\x71\x64\x00" in b"".join(n.value for n in notifications)
    assert {type(part) for part in samples_of(notifications)} == {Sample}


def test_a_movement_beyond_the_range_is_flagged():
    (sample, *_) = samples_of(Conversation(sensor(Tilted((0.0, 2500.0, 0.0)))).listen_until(0.15))
    assert sample.clipping is Clipping.ANGULAR_VELOCITY


def test_an_empty_battery_silences_it():
    assert Conversation(sensor(charge=2.0)).listen_until(1.0) == []


def test_it_has_no_light_no_heading_and_nothing_to_stop():
    talk = Conversation(sensor())
    assert talk.run(DRIVER.light()) is False
    assert talk.run(DRIVER.reset_heading()) is False
    talk.run(DRIVER.stop())
    assert talk.requests == []


def test_it_says_that_it_has_no_clock():
    assert DRIVER.clock.tick_s is None
    assert "no clock" in DRIVER.caveat


def test_registers_cannot_be_read_as_a_characteristic():
    with pytest.raises(AttributeRefusedError):
        sensor().read(NOTIFY, 0.0)


def test_a_notification_of_something_else_is_no_sample():
    found = DRIVER.decoder(AT_100_HZ).feed(WRITE, bytes(20))
    assert [type(part) for part in found] == [Skipped]
