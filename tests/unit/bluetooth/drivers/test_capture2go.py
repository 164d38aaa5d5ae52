"""The Capture2Go's driver against a virtual one."""

from dataclasses import dataclass

import numpy as np
import pytest

from imu_hip.bluetooth.drivers.capture2go import Capture2Go
from imu_hip.bluetooth.drivers.capture2go_frames import RX, SERVICE, TX, Frame
from imu_hip.bluetooth.drivers.capture2go_packages import Header
from imu_hip.bluetooth.drivers.dialogue import DialogueError, Expect
from imu_hip.bluetooth.drivers.driver import Advertised, Driver, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan, SyncGroup
from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.bluetooth.virtual.capture2go import VirtualCapture2Go
from imu_hip.bluetooth.virtual.capture2go_sync import SharedAir
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.profile import AttributeRefusedError, Profile
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.kinematics.quaternion import from_axis_angle
from tests.dialogues import Conversation

DRIVER = Capture2Go()
FULL = StreamSettings(100.0, "full")
GYR_STEP_DPS = 2000.0 / 32768.0
PLAN = RecordingPlan(100.0, 1_790_000_000, None, "run")


@dataclass
class Turning:
    """Turns about the vertical at a constant rate."""

    rate_dps: float = 90.0

    def at(self, time_s):
        turned = np.radians(self.rate_dps) * time_s
        q = from_axis_angle(np.array([0.0, 0.0, 1.0]), turned)
        n = len(time_s)
        return Felt(q, np.tile([0.0, 0.0, 9.81], (n, 1)), np.tile([0, 0, self.rate_dps], (n, 1)))


def sensor(serial="A1B2C3", now_s=0.0, air=None, rate_dps=90.0, **settings):
    return VirtualCapture2Go(
        VirtualSensorSettings(serial, **settings), Turning(rate_dps), now_s, air
    )


def decoded(decoder, notifications):
    return [item for n in notifications for item in decoder.feed(n.uuid, n.value)]


def streamed(talk, settings=FULL, duration_s=2.0):
    """Start, listen, stop; everything that the decoder made of it."""
    decoder = DRIVER.decoder(settings)
    talk.run(DRIVER.start(settings))
    before = [value for values in talk.heard.values() for value in values]
    items = [item for value in before for item in decoder.feed(TX, value)]
    return items + decoded(decoder, talk.listen_until(talk.now_s + duration_s))


def state_of(talk):
    return talk.run(DRIVER.recorder.status()).state


def test_the_driver_and_the_virtual_sensor_fill_their_ports():
    driver: Driver = DRIVER
    profile: Profile = sensor()
    assert next(iter(driver.modes)) == "full"
    assert driver.reply_characteristics == (TX,)
    assert driver.stream_characteristics(FULL) == (TX,)
    assert profile.services[0].uuid == SERVICE


@pytest.mark.parametrize(
    ("seen", "is_ours"),
    [
        (Advertised("", service_uuids=frozenset({SERVICE})), True),
        (Advertised("IMU_1234ab"), True),
        (Advertised("IMU_1234abc"), False),
        (Advertised("Movella DOT"), False),
    ],
)
def test_it_is_recognised_by_service_or_name(seen, is_ours):
    assert DRIVER.recognises(seen) is is_ours


def test_the_virtual_sensor_advertises_what_the_driver_recognises():
    told = sensor().advertisement
    assert told.name == "IMU_A1B2C3"
    assert DRIVER.recognises(Advertised(told.name, {}, frozenset(told.service_uuids)))


def test_it_tells_its_serial_which_stands_in_for_the_radio_address():
    identity = Conversation(sensor("xyA1B2C3")).run(DRIVER.identify())
    assert (identity.serial, identity.radio_address) == ("A1B2C3", "A1B2C3")
    assert identity.model == "SensorStim Capture2Go"


def test_the_battery_drains():
    talk = Conversation(sensor(battery_percent=80.0, battery_drain_percent_per_h=10.0))
    assert talk.run(DRIVER.battery()).level_percent == 80
    talk.now_s = 3600.0
    battery = talk.run(DRIVER.battery())
    assert (battery.level_percent, battery.charging) == (70, False)


def test_an_empty_sensor_falls_silent():
    # 3 % and 10 % an hour: 2 %, where it switches off, is rounded to after 0.5 % / 10 %/h = 180 s.
    talk = Conversation(sensor(battery_percent=3.0))
    talk.run(DRIVER.start(FULL))
    assert talk.listen_until(1.0)
    talk.now_s = 200.0
    talk.listen()
    assert not talk.listen_until(202.0)
    with pytest.raises(DialogueError, match="did not answer"):
        talk.run(DRIVER.battery())


def test_the_light_flashes_for_some_seconds():
    profile = sensor()
    talk = Conversation(profile, now_s=10.0)
    assert talk.run(DRIVER.light()) is True
    assert profile.light_until_s == pytest.approx(talk.now_s + 5.0, abs=1e-6)


def test_the_heading_cannot_be_reset():
    assert Conversation(sensor()).run(DRIVER.reset_heading()) is False


def test_a_stream_has_every_sample_once_with_all_quantities():
    items = streamed(Conversation(sensor(clock_start_s=5.0)))
    assert all(isinstance(item, Sample) for item in items)
    ticks = [item.tick for item in items]
    # 100 Hz by a clock that showed 5 s at the beginning: steps of 10^7 ns, 200 of them in 2 s.
    assert set(np.diff(ticks)) == {10_000_000}
    assert 200 <= len(items) <= 201
    assert 5_000_000_000 <= ticks[0] < 5_100_000_000
    for item in items[:: len(items) // 10]:
        turned = np.radians(90.0) * (item.tick * 1e-9 - 5.0)
        expected = np.array([np.cos(turned / 2), 0, 0, np.sin(turned / 2)])
        assert abs(expected @ np.array(item.q_earth_sensor)) == pytest.approx(1.0, abs=1e-9)
        assert item.gyr_dps == pytest.approx((0, 0, 90.0), abs=GYR_STEP_DPS / 2)
        assert item.acc_mps2 == pytest.approx((0, 0, 9.81), abs=0.0025)
        assert item.mag_au is None
        assert item.clipping == Clipping.NONE


@pytest.mark.parametrize("rate_hz", DRIVER.sampling_rates_hz)
def test_orientation_alone_at_every_rate(rate_hz):
    settings = StreamSettings(rate_hz, "quaternion")
    items = streamed(Conversation(sensor()), settings, duration_s=3.0)
    assert len(items) == pytest.approx(3.0 * rate_hz, abs=2)
    assert {item.acc_mps2 for item in items} == {None}
    assert set(np.diff([item.tick for item in items])) == {round(1e9 / rate_hz)}


def test_turning_faster_than_the_range_is_flagged_as_clipping():
    items = streamed(Conversation(sensor(rate_dps=2500.0)), duration_s=0.5)
    assert {item.clipping for item in items} == {Clipping.ANGULAR_VELOCITY}


def test_a_fast_clock_counts_more_time():
    # 1000 ppm fast, sampled by the same clock: 1001 samples of 10^7 of its ns in 10 s.
    items = streamed(Conversation(sensor(drift_ppm=1000.0)), duration_s=10.0)
    assert len(items) == pytest.approx(1001, abs=1)
    assert set(np.diff([item.tick for item in items])) == {10_000_000}


def test_stopping_sends_what_was_measured_and_ends_the_stream():
    talk = Conversation(sensor())
    streamed(talk)
    talk.run(DRIVER.stop())
    assert state_of(talk) == "idle"
    assert not talk.listen_until(talk.now_s + 1.0)
    talk.run(DRIVER.stop())


def test_a_start_begins_anew_whatever_was_streamed_before():
    talk = Conversation(sensor())
    streamed(talk, StreamSettings(200.0, "quaternion"), 0.5)
    items = streamed(talk, FULL, 1.0)
    samples = [item for item in items if isinstance(item, Sample)]
    assert len(samples) == pytest.approx(100, abs=1)
    assert {item.acc_mps2 is None for item in samples} == {False}


def test_a_lost_link_leaves_the_stream_running_and_resuming_leaves_it_alone():
    profile = sensor()
    talk = Conversation(profile)
    first = streamed(talk)
    profile.link_lost(talk.now_s)
    talk.listen_until(talk.now_s + 1.0)
    decoder = DRIVER.decoder(FULL)
    wrote = len(talk.requests)
    talk.run(DRIVER.resume(FULL))
    commands = [r.value for r in talk.requests[wrote:] if hasattr(r, "value")]
    assert Frame(Header.START_STREAMING).encode() not in commands
    second = decoded(decoder, talk.listen_until(talk.now_s + 1.0))
    samples = [item for item in second if isinstance(item, Sample)]
    steps = np.diff([item.tick for item in samples])
    assert set(steps) == {10_000_000}
    # The clock ran on, so that what was missed can be counted.
    assert (samples[0].tick - first[-1].tick) % 10_000_000 == 0
    assert samples[0].tick - first[-1].tick > 1_000_000_000


def test_resuming_after_a_reboot_starts_again_on_a_new_clock():
    profile = sensor(clock_start_s=50.0)
    talk = Conversation(profile)
    first = streamed(talk)
    profile.link_lost(talk.now_s)
    profile.reboot(talk.now_s)
    assert state_of(talk) == "idle"
    talk.run(DRIVER.resume(FULL))
    items = decoded(DRIVER.decoder(FULL), talk.listen_until(talk.now_s + 1.0))
    assert items[-1].tick < 2_000_000_000 < first[-1].tick


def test_a_recording_is_never_ended_by_starting_or_resuming_a_stream():
    talk = Conversation(sensor())
    talk.run(DRIVER.recorder.start(PLAN))
    for dialogue in (DRIVER.start(FULL), DRIVER.resume(FULL)):
        with pytest.raises(DialogueError, match="recording on its own"):
            talk.run(dialogue)
    talk.run(DRIVER.stop())
    assert state_of(talk) == "recording"


def test_a_lost_notification_loses_its_samples_only_and_is_reported():
    talk = Conversation(sensor())
    talk.run(DRIVER.start(FULL))
    sent = talk.listen_until(4.0)
    decoder = DRIVER.decoder(FULL)
    items = decoded(decoder, [n for i, n in enumerate(sent) if i % 10 != 3])
    ticks = [item.tick for item in items if isinstance(item, Sample)]
    assert len(ticks) == len(set(ticks)) == pytest.approx(360, abs=4)
    assert sorted(ticks) == ticks


def test_a_silent_sensor_is_reported():
    class Silent(VirtualCapture2Go):
        def notifications(self, now_s):
            super().notifications(now_s)
            return []

    silent = Silent(VirtualSensorSettings("A1B2C3"), Turning(), 0.0)
    with pytest.raises(DialogueError, match="did not answer get device info"):
        Conversation(silent).run(DRIVER.identify())


def test_a_lost_reply_is_asked_for_again():
    lost = []

    def lose(notification):
        lost.append(notification)
        return len(lost) == 1

    identity = Conversation(sensor(), lose=lose).run(DRIVER.identify())
    assert identity.serial == "A1B2C3"


def test_commands_are_refused_with_the_documents_errors():
    profile = sensor()
    talk = Conversation(profile)
    # 0x0160 is real-time streaming, which the virtual sensor does not know; then a stop of
    # nothing, a broken frame, and a mode of which a byte is missing.
    for command, code, echoed in (
        (Frame(0x0160, b"\1\0").encode(), 0xFD, 0x0160),
        (Frame(Header.STOP_STREAMING).encode(), 0xFB, Header.STOP_STREAMING),
        (b"\2abc", 0xFC, 0xFFFF),
        (Frame(Header.SET_MODE, bytes(29)).encode(), 0xFC, Header.SET_MODE),
    ):
        profile.write(RX, command, 0.0)
        expected = Frame(0xFFFF, bytes([code]) + int(echoed).to_bytes(2, "little"))
        assert talk.listen()[0].value == b"\xff" + expected.encode()


def test_nothing_can_be_read_and_only_rx_written():
    profile = sensor()
    with pytest.raises(AttributeRefusedError, match="0x02"):
        profile.read(TX, 0.0)
    with pytest.raises(AttributeRefusedError, match="0x03"):
        profile.write(TX, b"", 0.0)


def group_of(talks, group_id=0x1234567890ABCDEF):
    root = talks[0].run(DRIVER.identify()).radio_address
    for talk in talks:
        own = talk.run(DRIVER.identify()).radio_address
        talk.run(DRIVER.sync.start(SyncGroup(root, group_id), own))
        talk.now_s = talks[0].now_s = max(talk.now_s, talks[0].now_s)
    return [talk.run(DRIVER.sync.result()) for talk in talks]


def test_receivers_follow_the_clock_of_the_sender():
    air = SharedAir()
    talks = [
        Conversation(sensor("AAAAA1", air=air, drift_ppm=40.0, clock_start_s=100.0)),
        Conversation(sensor("AAAAA2", air=air, drift_ppm=-40.0, clock_start_s=7.0)),
    ]
    assert DRIVER.sync.disconnects is False
    assert group_of(talks) == ["", ""]
    start_s = max(talk.now_s for talk in talks)
    offsets = []
    for talk in talks:
        talk.now_s = start_s
        items = streamed(talk, duration_s=5.0)
        # What is felt tells the true time: 90 degrees a second.
        halves = [np.arctan2(i.q_earth_sensor[3], i.q_earth_sensor[0]) for i in items]
        true_s = np.unwrap(halves, period=np.pi) * 2 / np.radians(90.0)
        offsets.append(np.array([i.tick * 1e-9 for i in items]) - true_s)
    # One clock: the same difference to true time modulo a turn of 4 s, all the time.
    apart = (offsets[0].mean() - offsets[1].mean() + 2) % 4 - 2
    assert abs(apart) < 2e-4
    # The sender's clock is 40 ppm fast for both: 0.2 ms in 5 s.
    for offset in offsets:
        assert offset[-1] - offset[0] == pytest.approx(2e-4, abs=2e-5)


def test_without_a_sender_in_reach_a_receiver_says_that_it_hears_none():
    talk = Conversation(sensor("AAAAA2"))
    talk.run(DRIVER.sync.start(SyncGroup("AAAAA1", 5), "AAAAA2"))
    assert talk.run(DRIVER.sync.result()) == "it does not hear the clock of the others"
    assert talk.run(DRIVER.sync.is_synchronised()) is False


def test_another_groups_clock_is_not_followed():
    air = SharedAir()
    talks = [Conversation(sensor(f"AAAAA{i}", air=air)) for i in (1, 2)]
    talks[0].run(DRIVER.sync.start(SyncGroup("AAAAA1", 1), "AAAAA1"))
    talks[1].run(DRIVER.sync.start(SyncGroup("AAAAA1", 2), "AAAAA2"))
    talks[1].now_s = 20.0
    assert talks[1].run(DRIVER.sync.is_synchronised()) is False


def test_leaving_a_group_is_no_error_where_there_is_none_and_frees_the_others():
    air = SharedAir()
    talks = [Conversation(sensor(f"AAAAA{i}", air=air)) for i in (1, 2)]
    group_of(talks)
    talks[0].run(DRIVER.sync.stop())
    talks[0].run(DRIVER.sync.stop())
    assert talks[0].run(DRIVER.sync.is_synchronised()) is False
    assert talks[1].run(DRIVER.sync.is_synchronised()) is False


def test_a_stream_stays_in_its_group():
    air = SharedAir()
    talks = [Conversation(sensor(f"AAAAA{i}", air=air)) for i in (1, 2)]
    group_of(talks)
    streamed(talks[1], duration_s=0.5)
    assert talks[1].run(DRIVER.sync.is_synchronised()) is True


def test_a_group_needs_a_root():
    with pytest.raises(DialogueError, match="lead"):
        Conversation(sensor()).run(DRIVER.sync.start(SyncGroup("", 1), ""))


def test_the_clock_of_a_recording_is_left_alone():
    talk = Conversation(sensor())
    talk.run(DRIVER.recorder.start(PLAN))
    with pytest.raises(DialogueError, match="recording"):
        talk.run(DRIVER.sync.stop())


def test_a_jump_of_the_clock_is_flagged_and_that_sample_is_not_used():
    profile = sensor()
    talk = Conversation(profile)
    decoder = DRIVER.decoder(FULL)
    talk.run(DRIVER.start(FULL))
    items = decoded(decoder, talk.listen_until(1.0))
    utc_ns = 1_790_000_000_000_000_000
    profile.write(RX, Frame(Header.SET_TIME, utc_ns.to_bytes(8, "little")).encode(), talk.now_s)
    after = decoded(decoder, talk.listen_until(2.0))
    skipped = [item for item in after if isinstance(item, Skipped)]
    assert [item.reason for item in skipped] == ["the sensor's clock jumped"]
    assert items[-1].tick < 5_000_000_000
    assert min(item.tick for item in after if isinstance(item, Sample)) > utc_ns


def babble(dialogue, most):
    request = next(dialogue)
    for _ in range(most):
        request = dialogue.send(b"\xff\x00" if isinstance(request, Expect) else b"")


def test_a_sensor_that_only_babbles_is_given_up():
    with pytest.raises(DialogueError, match="did not answer get device info"):
        babble(DRIVER.identify(), 10_000)
