"""Virtual DOTs that agree on one clock."""

import numpy as np
import pytest

from imu_hip.bluetooth.drivers import movella_dot_gatt as gatt
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.movella_dot_messages import Channel, encode
from imu_hip.bluetooth.drivers.movella_dot_sync import DotSync
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import SyncKind
from imu_hip.bluetooth.drivers.on_sensor import SyncGroup
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot_messages import DotMessages
from imu_hip.bluetooth.virtual.dot_sync import SyncAir
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.profile import Notification
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from tests.dialogues import Conversation

SYNC = DotSync()
ADDRESSES = [f"D4:22:CD:00:00:0{i}" for i in range(4)]
GROUP = SyncGroup(ADDRESSES[0], group_id=1)
DRIFTS_PPM = (30.0, -40.0, 12.0, -5.0)


class Resting:
    """A sensor that lies on a table."""

    def at(self, time_s):
        ones = np.ones((len(time_s), 1))
        return Felt(ones * [1.0, 0, 0, 0], ones * [0, 0, 9.81], ones * [0.0, 0, 0])


class MessageService:
    """A sensor with a message service and nothing else."""

    def __init__(self, messages):
        self.messages = messages

    def read(self, uuid, now_s):
        assert uuid == gatt.MESSAGE_ACKNOWLEDGEMENT
        return self.messages.acknowledgement()

    def write(self, uuid, value, now_s):
        assert uuid == gatt.MESSAGE_CONTROL
        self.messages.write(value, now_s)

    def notifications(self, now_s):
        values = self.messages.notifications(now_s)
        return [Notification(gatt.MESSAGE_NOTIFICATION, value) for value in values]


@pytest.fixture
def talks():
    """Conversations with four sensors in one room, whose clocks differ in time and pace."""
    air = SyncAir()
    return [
        Conversation(
            MessageService(
                DotMessages(
                    VirtualSensorSettings(str(i)),
                    Resting(),
                    Clockwork(0.0, drift_ppm, 3.0 + 100 * i),
                    air=air,
                    address=address,
                )
            )
        )
        for i, (address, drift_ppm) in enumerate(zip(ADDRESSES, DRIFTS_PPM, strict=True))
    ]


def told(talks, group=GROUP):
    for talk, address in zip(talks, ADDRESSES, strict=False):
        talk.run(SYNC.start(group, address))


def left_alone(talks, duration_s):
    for talk in talks:
        talk.profile.messages.link_lost(talk.now_s)
        talk.now_s += duration_s


def readings_s(talks, now_s):
    return np.array([talk.profile.messages.clock.reading_s(now_s) for talk in talks])


def test_all_clocks_are_one_after_the_sensors_were_left_alone(talks):
    told(talks)
    left_alone(talks, SYNC.settle_s)
    assert [talk.run(SYNC.result()) for talk in talks] == [""] * 4
    assert all(talk.run(SYNC.is_synchronised()) for talk in talks)
    # The manual says 1.8 ms after half an hour.
    for now_s in (20.0, 20.0 + 1800.0):
        assert np.ptp(readings_s(talks, now_s)) < 1.8e-3
    # The clock that is followed stays what it was: 3 s late and 30 ppm fast.
    assert readings_s(talks, 1000.0)[0] == pytest.approx(3.0 + 1000.0 * (1 + 30e-6), abs=1e-9)


def test_a_sensor_tells_when_it_will_be_synchronised(talks):
    told(talks)
    messages = talks[0].profile.messages
    messages.notifications(0.0)
    messages.link_lost(1.0)
    assert messages.next_due_s(1.0) == 13.0
    assert not messages.notifications(13.0)
    assert messages.is_synchronised
    assert messages.next_due_s(13.0) is None


def test_clocks_differ_before(talks):
    assert np.ptp(readings_s(talks, 20.0)) > 100.0
    assert not any(talk.run(SYNC.is_synchronised()) for talk in talks)


def test_a_sensor_that_is_disturbed_too_early_says_so(talks):
    told(talks)
    left_alone(talks, 5.0)
    assert not talks[1].run(SYNC.is_synchronised())
    talks[1].run(SYNC.start(GROUP, ADDRESSES[1]))
    talks[1].now_s += 20.0
    # It was never left alone after the second start.
    assert "did not begin" in talks[1].run(SYNC.result())


def test_a_group_without_its_root_does_not_come_about(talks):
    told(talks[1:])
    left_alone(talks[1:], SYNC.settle_s)
    assert all("did not begin" in talk.run(SYNC.result()) for talk in talks[1:])


def test_a_group_is_left_before_another_is_joined(talks):
    told(talks)
    left_alone(talks, SYNC.settle_s)
    for talk in talks:
        talk.run(SYNC.result())
    told(talks, SyncGroup(ADDRESSES[2], group_id=2))
    assert not any(talk.profile.messages.is_synchronised for talk in talks)
    left_alone(talks, SYNC.settle_s)
    assert [talk.run(SYNC.result()) for talk in talks] == [""] * 4
    assert np.ptp(readings_s(talks, 1800.0)) < 1.8e-3


def test_a_stop_is_no_error_where_there_is_no_group(talks):
    talks[0].run(SYNC.stop())
    assert not talks[0].run(SYNC.is_synchronised())


def test_a_reboot_leaves_the_common_clock(talks):
    told(talks)
    left_alone(talks, SYNC.settle_s)
    talks[1].profile.messages.reboot(20.0, Clockwork(20.0, DRIFTS_PPM[1]))
    talks[1].now_s = 21.0
    assert not talks[1].run(SYNC.is_synchronised())
    assert readings_s(talks, 30.0)[1] == pytest.approx(10.0, abs=1e-3)


def test_a_lost_answer_is_asked_for_again(talks):
    lost = []

    def lose(notification):
        lost.append(notification)
        return len(lost) <= 2

    told(talks)
    left_alone(talks, SYNC.settle_s)
    talks[0].lose = lose
    assert talks[0].run(SYNC.is_synchronised())
    assert len(lost) == 3


@pytest.mark.parametrize("address", ["", "D4:22:CD", "8B5D9C4E-UUID"])
def test_an_address_that_macos_made_up_is_refused(talks, address):
    with pytest.raises(DialogueError, match="is not valid"):
        talks[0].run(SYNC.start(SyncGroup(address, 1), ADDRESSES[0]))
    assert not talks[0].requests


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0x05, "heard too little"),
        (0x07, "runs too differently"),
        (0x08, "too early or too late"),
        (0x09, "did not begin"),
        (0x44, "it answered 0x44"),
    ],
)
@pytest.mark.parametrize("echo", [b"", b"\x01"], ids=["without_echo", "with_echo"])
def test_a_result_is_told_in_words(code, words, echo):
    class Failed:
        def read(self, uuid, now_s):
            return encode(Channel.SYNC, SyncKind.ACK, bytes([code]) + echo).ljust(160, b"\0")

        def notifications(self, now_s):
            return []

    assert words in Conversation(Failed()).run(SYNC.result())


def test_no_result_is_told_as_well():
    class Silent:
        def read(self, uuid, now_s):
            return bytes(160)

        def notifications(self, now_s):
            return []

        def write(self, uuid, value, now_s):
            """Say nothing."""

    talk = Conversation(Silent())
    assert talk.run(SYNC.result()) == "it does not say how it went"
    assert not talk.run(SYNC.is_synchronised())
    with pytest.raises(DialogueError, match="does not leave"):
        talk.run(SYNC.stop())
