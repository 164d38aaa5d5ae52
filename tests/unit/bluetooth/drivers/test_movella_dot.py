"""Dialogues of the Movella DOT's driver with a virtual one."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from imu_hip.bluetooth.drivers import movella_dot_gatt as gatt
from imu_hip.bluetooth.drivers.dialogue import DialogueError, Write
from imu_hip.bluetooth.drivers.driver import Advertised, StreamSettings
from imu_hip.bluetooth.drivers.movella_dot import MovellaDot
from imu_hip.bluetooth.drivers.movella_dot_control import (
    DeviceControl,
    Visit,
    rate_write,
    read_device_control,
)
from imu_hip.bluetooth.drivers.movella_dot_dialogues import set_output_rate
from imu_hip.bluetooth.drivers.movella_dot_messages import Command, encode_command, start_body
from imu_hip.bluetooth.drivers.movella_dot_modes import PAYLOAD_MODES
from imu_hip.bluetooth.drivers.on_sensor import SyncGroup
from imu_hip.bluetooth.drivers.samples import Clipping
from imu_hip.bluetooth.virtual.dot import VirtualDot
from imu_hip.bluetooth.virtual.dot_sensing import MAG_EARTH_AU
from imu_hip.bluetooth.virtual.dot_sync import SyncAir
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.profile import AttributeRefusedError
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.kinematics.quaternion import conjugate, rotate
from imu_hip.names import GRAVITY_MPS2
from tests.dialogues import Conversation

SERIAL = "40195BFC800B01F2"
STREAM = StreamSettings(60.0, "extended-quaternion")
YAW_DEG = 40.0
DOT = MovellaDot()


@dataclass
class Turntable:
    """Turning about the vertical from a heading, level; accelerations and rates can be set."""

    yaw_deg: float = YAW_DEG
    yaw_rate_dps: float = 0.0
    gyr_dps: tuple = None
    acc_mps2: tuple = None
    calls: list = field(default_factory=list)

    def at(self, time_s):
        self.calls.append(len(time_s))
        half = np.radians(self.yaw_deg + self.yaw_rate_dps * time_s) / 2.0
        zero = np.zeros_like(half)
        q = np.column_stack([np.cos(half), zero, zero, np.sin(half)])
        acc = np.tile(self.acc_mps2 or (0.0, 0.0, GRAVITY_MPS2), (len(time_s), 1))
        gyr = np.tile(self.gyr_dps or (0.0, 0.0, self.yaw_rate_dps), (len(time_s), 1))
        return Felt(q, acc, gyr)


def _talk(movement=None, **settings):
    profile = VirtualDot(
        VirtualSensorSettings(SERIAL, "left_thigh", **settings), movement or Turntable(), 0.0
    )
    return Conversation(profile)


def _samples(talk, until_s, settings=STREAM):
    """Samples from now on; sample 0 of a run comes with the start and is not among them."""
    decoder = DOT.decoder(settings)
    return [
        sample
        for notification in talk.listen_until(until_s)
        for sample in decoder.feed(notification.uuid, notification.value)
    ]


def _measuring(talk):
    return talk.profile.read(gatt.MEASUREMENT_CONTROL, talk.now_s)


def _record_on_the_sensor(talk):
    start = encode_command(Command.START, start_body(1_700_000_000, None))
    talk.profile.write(gatt.MESSAGE_CONTROL, start, talk.now_s)
    assert talk.profile.messages.is_recording


def _yaw_deg(sample):
    w, _, _, z = sample.q_earth_sensor
    return math.degrees(2.0 * math.atan2(z, w))


def test_the_company_identifier_alone_is_enough_to_recognise_a_renamed_sensor():
    assert DOT.recognises(Advertised("left_thigh", {0x0886: b""}))
    assert DOT.recognises(Advertised("Movella DOT"))
    assert DOT.recognises(Advertised("Xsens DOT"))
    assert not DOT.recognises(Advertised("WT901BLE", {0x004C: b""}))


def test_the_virtual_sensor_is_recognised_by_what_it_advertises():
    advertised = _talk().profile.advertisement
    company, data = advertised.manufacturer
    assert DOT.recognises(Advertised("", {company: data}))
    assert advertised.name == "Xsens DOT"


def test_a_sensor_tells_its_printed_serial_tag_firmware_and_address():
    identity = _talk().run(DOT.identify())
    assert identity.serial == SERIAL
    assert identity.tag == "left_thigh"
    assert identity.firmware == "2.4.0"
    # The virtual sensor's address ends with the last three bytes of its serial.
    assert identity.radio_address == "D4:22:CD:0B:01:F2"
    assert identity.model == DOT.model


def test_a_serial_that_is_no_number_still_names_one_sensor_for_good():
    def serial(text):
        profile = VirtualDot(VirtualSensorSettings(text), Turntable(), 0.0)
        return Conversation(profile).run(DOT.identify()).serial

    assert serial("shin") == serial("shin") != serial("thigh")


def test_the_charge_is_read_and_falls():
    # 60 %/h lose 1 % a minute: 83 % are 82 % after 45 s, as 82.25 rounds to 82.
    talk = _talk(battery_drain_percent_per_h=60.0)
    assert talk.run(DOT.battery()).level_percent == 83
    talk.now_s = 45.0
    assert talk.run(DOT.battery()).level_percent == 82


def test_the_charge_is_notified_when_it_changes_and_only_then():
    talk = _talk(battery_drain_percent_per_h=60.0)
    talk.step_s = 1.0
    told = [n.value for n in talk.listen_until(120.0) if n.uuid == gatt.BATTERY]
    assert told == [bytes((82, 0)), bytes((81, 0))]


def test_the_next_change_of_charge_is_planned_for_when_it_comes():
    profile = _talk(battery_drain_percent_per_h=60.0).profile
    due_s = profile.next_due_s(0.0)
    # Half a percent is lost after 30 s.
    assert due_s == pytest.approx(30.0, abs=0.01)
    assert [n.uuid for n in profile.notifications(due_s)] == [gatt.BATTERY]
    assert profile.next_due_s(due_s) == pytest.approx(90.0, abs=0.01)


def test_an_empty_sensor_reports_that_it_switches_off_and_falls_silent():
    # 5 % fall to 2 % (2.5 rounds to 2) within 150 s at 60 %/h.
    talk = _talk(battery_percent=5.0, battery_drain_percent_per_h=60.0)
    talk.run(DOT.start(STREAM))
    talk.step_s = 1.0
    came = talk.listen_until(200.0)
    assert came[-1].uuid == gatt.DEVICE_REPORT
    assert came[-1].value == b"\1" + bytes(35)
    assert talk.listen_until(260.0) == []
    assert talk.profile.next_due_s(talk.now_s) is None
    with pytest.raises(AttributeRefusedError):
        talk.profile.read(gatt.BATTERY, talk.now_s)


def test_the_light_blinks_for_ten_seconds_and_no_other_setting_changes():
    talk = _talk()
    before = talk.profile.read(gatt.DEVICE_CONTROL, 0.0)
    assert talk.run(DOT.light())
    assert talk.profile.is_lit(9.9)
    assert not talk.profile.is_lit(10.1)
    assert talk.profile.read(gatt.DEVICE_CONTROL, 0.0) == before


@pytest.mark.parametrize("mode", PAYLOAD_MODES)
def test_every_mode_streams_what_the_sensor_feels(mode):
    talk = _talk(Turntable(yaw_rate_dps=90.0, acc_mps2=(1.0, 2.0, 9.0)))
    settings = StreamSettings(60.0, mode)
    talk.run(DOT.start(settings))
    samples = _samples(talk, 1.0, settings)
    assert len(samples) == pytest.approx(60, abs=1)
    last = samples[-1]
    at_s = last.tick * 1e-6 - 3.0
    carried = {quantity.field for quantity in PAYLOAD_MODES[mode].quantities}
    if "q_earth_sensor" in carried:
        assert _yaw_deg(last) == pytest.approx(YAW_DEG + 90.0 * at_s, abs=1e-3)
    if carried & {"acc_mps2", "free_acc_earth_mps2"}:
        assert last.acc_mps2 == pytest.approx((1.0, 2.0, 9.0), abs=1e-5)
    if "gyr_dps" in carried:
        assert last.gyr_dps == (0.0, 0.0, 90.0)
    if "mag_au" in carried:
        # Fixed point of 1/4096.
        half = math.radians(YAW_DEG + 90.0 * at_s) / 2.0
        q = np.array([math.cos(half), 0.0, 0.0, math.sin(half)])
        field_au = rotate(conjugate(q), MAG_EARTH_AU)
        assert last.mag_au == pytest.approx(field_au, abs=0.6 / 4096)
    for quantity, told in (("gyr_dps", last.gyr_dps), ("mag_au", last.mag_au)):
        assert (told is not None) == (quantity in carried)


def test_samples_are_spaced_by_the_sensors_own_clock():
    talk = _talk(drift_ppm=1000.0)
    talk.run(DOT.start(STREAM))
    ticks = [sample.tick for sample in _samples(talk, 99.99)]
    assert ticks[60] - ticks[0] == 1_000_000
    assert set(np.diff(ticks)) == {16666, 16667}
    # A clock that is 0.1 % fast counts 100.08999 s in 99.99 s, which are 6005 samples.
    assert len(ticks) == 6005


def test_samples_that_are_due_together_are_computed_together():
    movement = Turntable()
    talk = _talk(movement)
    talk.run(DOT.start(STREAM))
    movement.calls.clear()
    talk.step_s = 1.0
    _samples(talk, 1.0)
    assert len(movement.calls) == 1


@pytest.mark.parametrize("rate_hz", DOT.sampling_rates_hz)
def test_the_rate_is_set_before_the_start(rate_hz):
    talk = _talk()
    settings = StreamSettings(rate_hz, "quaternion")
    talk.run(DOT.start(settings))
    assert len(_samples(talk, 9.99, settings)) == math.floor(9.99 * rate_hz)


def test_a_rate_that_is_right_already_is_not_written():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    assert gatt.DEVICE_CONTROL not in {r.uuid for r in talk.requests if isinstance(r, Write)}


@pytest.mark.parametrize("rate_hz", [120.0, 50.0])
def test_a_rate_that_no_dot_streams_at_is_refused_before_anything_is_written(rate_hz):
    talk = _talk()
    with pytest.raises(DialogueError, match=f"{rate_hz:g} Hz"):
        talk.run(DOT.start(StreamSettings(rate_hz, "quaternion")))
    assert talk.requests == []


def test_an_unknown_mode_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(DialogueError, match="extended-quaternion"):
        _talk().run(DOT.start(StreamSettings(60.0, "euler")))


def test_a_rate_cannot_be_changed_while_the_sensor_measures():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    with pytest.raises(DialogueError, match="stays at 60 Hz"):
        talk.run(set_output_rate(30.0))


def test_the_rate_for_recording_can_be_set_but_not_streamed():
    talk = _talk()
    talk.run(set_output_rate(120.0))
    assert talk.profile.messages.recording_rate_hz == 120.0
    with pytest.raises(AttributeRefusedError):
        talk.profile.write(gatt.MEASUREMENT_CONTROL, bytes((1, 1, 2)), 0.0)


def test_a_start_while_another_mode_runs_changes_rate_and_mode():
    talk = _talk()
    talk.run(DOT.start(StreamSettings(20.0, "quaternion")))
    talk.run(DOT.start(STREAM))
    assert _measuring(talk) == bytes((1, 1, 2))
    assert len(_samples(talk, 0.99)) == 59


def test_streaming_goes_on_after_a_lost_link_and_resume_leaves_it_alone():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    before = _samples(talk, 1.0)
    talk.profile.link_lost(talk.now_s)
    _samples(talk, 3.0)
    talk.requests.clear()
    talk.run(DOT.resume(STREAM))
    assert not any(isinstance(request, Write) for request in talk.requests)
    after = _samples(talk, 4.0)
    # The clock ran on: 2 s are missing and no more.
    assert after[0].tick - before[-1].tick == pytest.approx(2_016_667, abs=16_667)


def test_resume_starts_anew_after_a_reboot_with_a_clock_at_zero():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    _samples(talk, 1.0)
    talk.profile.reboot(talk.now_s)
    assert _measuring(talk) == bytes((1, 0, 2))
    talk.run(DOT.resume(STREAM))
    samples = _samples(talk, 2.0)
    # Sample 0 came at tick 0, one sample period before.
    assert samples[0].tick == 16667


def test_resume_changes_a_mode_that_is_not_the_wanted_one():
    talk = _talk()
    talk.run(DOT.start(StreamSettings(60.0, "quaternion-gyr")))
    talk.run(DOT.resume(STREAM))
    assert _measuring(talk) == bytes((1, 1, 2))


def test_settings_outlive_a_reboot():
    talk = _talk()
    talk.run(set_output_rate(30.0))
    talk.profile.reboot(5.0)
    assert read_device_control(talk.profile.read(gatt.DEVICE_CONTROL, 5.0)).output_rate_hz == 30
    assert talk.run(DOT.identify()).tag == "left_thigh"


def test_stop_ends_the_samples_and_a_second_stop_writes_nothing():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    talk.run(DOT.stop())
    assert _samples(talk, 1.0) == []
    talk.requests.clear()
    talk.run(DOT.stop())
    assert not any(isinstance(request, Write) for request in talk.requests)


def test_samples_from_before_a_stop_or_a_reset_are_not_changed_by_it():
    profile = _talk().profile
    decoder = DOT.decoder(STREAM)
    profile.write(gatt.MEASUREMENT_CONTROL, bytes((1, 1, 2)), 0.0)
    profile.write(gatt.ORIENTATION_RESET, b"\1\0", 0.99)
    profile.write(gatt.MEASUREMENT_CONTROL, bytes((1, 0, 2)), 1.99)
    came = profile.notifications(3.0)
    yaws_deg = [_yaw_deg(decoder.feed(n.uuid, n.value)[0]) for n in came]
    # Samples 0 to 59 are due by 0.99 s, samples 60 to 119 by 1.99 s.
    assert yaws_deg[:60] == pytest.approx([YAW_DEG] * 60, abs=1e-4)
    assert yaws_deg[60:] == pytest.approx([0.0] * 60, abs=1e-4)


def test_streaming_is_refused_while_the_sensor_records_and_the_recording_goes_on():
    talk = _talk()
    _record_on_the_sensor(talk)
    for dialogue in (DOT.start(STREAM), DOT.resume(STREAM)):
        with pytest.raises(DialogueError, match="it is recording"):
            talk.run(dialogue)
    talk.run(DOT.stop())
    assert talk.profile.messages.is_recording
    assert _measuring(talk)[1] == 0


def test_a_sensor_that_does_not_tell_its_state_is_not_started():
    talk = _talk()
    talk.profile.messages.acknowledgement = lambda: b""
    with pytest.raises(DialogueError, match="does not say"):
        talk.run(DOT.start(STREAM))
    assert _measuring(talk)[1] == 0


def test_a_firmware_that_ignores_a_mode_it_does_not_know_is_not_taken_for_streaming():
    class Older(VirtualDot):
        def write(self, uuid, value, now_s):
            if uuid != gatt.MEASUREMENT_CONTROL:
                super().write(uuid, value, now_s)

    talk = Conversation(Older(VirtualSensorSettings(SERIAL), Turntable(), 0.0))
    with pytest.raises(DialogueError, match=r"does not start .* 'quaternion-acc-gyr'"):
        talk.run(DOT.start(StreamSettings(60.0, "quaternion-acc-gyr")))


def test_the_heading_can_be_reset_again_and_again():
    movement = Turntable()
    talk = _talk(movement)
    talk.run(DOT.start(STREAM))
    assert _yaw_deg(_samples(talk, 0.5)[-1]) == pytest.approx(YAW_DEG, abs=1e-4)
    assert talk.run(DOT.reset_heading())
    assert _yaw_deg(_samples(talk, 1.5)[-1]) == pytest.approx(0.0, abs=1e-4)
    movement.yaw_deg = 100.0
    assert _yaw_deg(_samples(talk, 2.0)[-1]) == pytest.approx(100.0 - YAW_DEG, abs=1e-4)
    assert talk.run(DOT.reset_heading())
    assert _yaw_deg(_samples(talk, 3.0)[-1]) == pytest.approx(0.0, abs=1e-4)


def test_a_reset_turns_the_earth_frame_but_not_what_the_sensor_feels():
    talk = _talk(Turntable(acc_mps2=(3.0, 0.0, 9.0)))
    talk.run(DOT.start(STREAM))
    talk.run(DOT.reset_heading())
    assert _samples(talk, 1.0)[-1].acc_mps2 == pytest.approx((3.0, 0.0, 9.0), abs=1e-5)


def test_a_reset_outlives_a_lost_link_and_is_lost_at_a_reboot():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    talk.run(DOT.reset_heading())
    talk.profile.link_lost(talk.now_s)
    assert _yaw_deg(_samples(talk, 1.0)[-1]) == pytest.approx(0.0, abs=1e-4)
    talk.profile.reboot(talk.now_s)
    talk.run(DOT.resume(STREAM))
    assert _yaw_deg(_samples(talk, 2.0)[-1]) == pytest.approx(YAW_DEG, abs=1e-4)


def test_a_second_reset_without_a_revert_fails():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    results = []
    for command in (b"\1\0", b"\1\0", b"\7\0", b"\1\0"):
        talk.profile.write(gatt.ORIENTATION_RESET, command, 0.0)
        results.append(talk.profile.read(gatt.ORIENTATION_RESET_RESULT, 0.0))
    assert results == [b"\1", b"\0", b"\1", b"\1"]


def test_the_heading_cannot_be_reset_while_no_orientation_is_streamed():
    talk = _talk()
    assert not talk.run(DOT.reset_heading())
    talk.run(DOT.start(StreamSettings(60.0, "rate-quantities")))
    assert not talk.run(DOT.reset_heading())


def test_the_clock_wraps_after_71_minutes():
    # 2^32 microseconds are 4294.967296 s; the clock starts half a second before.
    talk = _talk(clock_start_s=4294.467296)
    talk.run(DOT.start(STREAM))
    ticks = [sample.tick for sample in _samples(talk, 1.0)]
    steps = np.diff(ticks)
    assert np.count_nonzero(steps < 0) == 1
    assert set(np.mod(steps, DOT.clock.tick_modulus)) == {16666, 16667}


def test_movements_beyond_the_range_are_clipped_and_flagged():
    talk = _talk(Turntable(gyr_dps=(0.0, 2500.0, 0.0), acc_mps2=(0.0, 0.0, 200.0)))
    talk.run(DOT.start(STREAM))
    sample = _samples(talk, 0.5)[-1]
    assert sample.clipping == Clipping.ACCELERATION | Clipping.ANGULAR_VELOCITY
    # The range of the accelerometer is 16 g.
    assert sample.acc_mps2[2] == pytest.approx(16 * GRAVITY_MPS2, abs=1e-4)


def test_a_sample_within_the_range_has_no_flag():
    talk = _talk()
    talk.run(DOT.start(STREAM))
    assert _samples(talk, 0.5)[-1].clipping == Clipping.NONE


def test_writes_that_the_sensor_cannot_read_are_refused():
    profile = _talk().profile
    for uuid, value in (
        (gatt.MEASUREMENT_CONTROL, b"\1\1"),
        (gatt.MEASUREMENT_CONTROL, bytes((1, 1, 99))),
        (gatt.DEVICE_CONTROL, rate_write(30)[:-1]),
        (gatt.BATTERY, b"\0"),
    ):
        with pytest.raises(AttributeRefusedError):
            profile.write(uuid, value, 0.0)
    with pytest.raises(AttributeRefusedError):
        profile.read(gatt.SHORT_PAYLOAD, 0.0)


def test_the_table_names_each_characteristic_once():
    uuids = [c.uuid for service in _talk().profile.services for c in service.characteristics]
    assert len(uuids) == len(set(uuids)) == 13


def test_synchronised_sensors_stream_on_one_clock_and_keep_their_rate():
    air = SyncAir()
    talks = [
        Conversation(
            VirtualDot(
                VirtualSensorSettings(serial, drift_ppm=drift_ppm, clock_start_s=start_s),
                Turntable(),
                0.0,
                air=air,
            )
        )
        for serial, drift_ppm, start_s in (("A1", 40.0, 3.0), ("A2", -40.0, 900.0))
    ]
    addresses = [talk.run(DOT.identify()).radio_address for talk in talks]
    for talk, address in zip(talks, addresses, strict=True):
        talk.run(DOT.sync.start(SyncGroup(addresses[0], 1), address))
    for talk in talks:
        talk.profile.link_lost(talk.now_s)
        talk.listen_until(DOT.sync.settle_s + 1.0)
        assert talk.run(DOT.sync.result()) == ""
    first_ticks = []
    for talk in talks:
        talk.run(DOT.start(STREAM))
        first_ticks.append(_samples(talk, 16.0)[0].tick)
        talk.run(DOT.stop())
        with pytest.raises(DialogueError, match="synchronised"):
            talk.run(set_output_rate(30.0))
    # Before, the clocks were 897 s apart; both began to stream at the same time, and what a
    # synchronisation leaves is below half a millisecond.
    assert first_ticks[0] == pytest.approx(first_ticks[1], abs=500)


def test_a_recording_on_the_sensor_ends_when_it_is_switched_off():
    talk = _talk()
    _record_on_the_sensor(talk)
    power_off = DeviceControl(Visit.POWER, power=1).pack()
    talk.profile.write(gatt.DEVICE_CONTROL, power_off, 1.0)
    assert not talk.profile.messages.is_recording
    assert [n.uuid for n in talk.profile.notifications(1.0)] == [gatt.DEVICE_REPORT]


@pytest.mark.parametrize("drift_ppm", [-40.0, 40.0])
def test_next_due_names_the_moment_of_the_next_sample(drift_ppm):
    profile = _talk(drift_ppm=drift_ppm).profile
    profile.write(gatt.MEASUREMENT_CONTROL, bytes((1, 1, 2)), 0.0)
    now_s = 0.0
    for _ in range(600):
        assert len(profile.notifications(now_s)) == 1
        now_s = profile.next_due_s(now_s)
    # Sample 600 is due after 10 s of the sensor's time.
    assert now_s == pytest.approx(10.0, abs=0.001)
