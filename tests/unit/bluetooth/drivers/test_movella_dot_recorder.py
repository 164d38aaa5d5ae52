"""Recording on a virtual DOT and fetching its memory over a link that loses packets."""

import dataclasses
import random

import numpy as np
import pytest

from imu_hip.bluetooth.drivers import movella_dot_gatt as gatt
from imu_hip.bluetooth.drivers.dialogue import DialogueError, Keep, Read, Write
from imu_hip.bluetooth.drivers.movella_dot_control import DeviceControl, Visit, read_device_control
from imu_hip.bluetooth.drivers.movella_dot_export import MOTION_FIELDS_WITH_MAG
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Command,
    Event,
    Result,
    encode_ack,
    encode_command,
    encode_event,
    parse,
)
from imu_hip.bluetooth.drivers.movella_dot_recorder import DotRecorder
from imu_hip.bluetooth.drivers.on_sensor import (
    RecorderRefusedError,
    RecorderState,
    RecordingPlan,
    StoredFile,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Sample
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.dot_messages import DotMessages
from imu_hip.bluetooth.virtual.dot_recording import DotQuirks
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.profile import Notification
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from tests.dialogues import Conversation

RECORDER = DotRecorder()
START_UTC_S = 1_700_000_000
QUIRKS = {
    "usual": DotQuirks(),
    "idle_after_export": DotQuirks(exports_until_stopped=False),
    "marks_swapped": DotQuirks(swapped_marks=True),
    "never_sends_again": DotQuirks(retransmits=False),
}


class Swinging:
    """A sensor that swings about its x axis, 40 degrees to each side, twice a second."""

    def at(self, time_s):
        angle = np.radians(40.0) * np.sin(4 * np.pi * time_s)
        rate = np.degrees(np.radians(40.0) * 4 * np.pi * np.cos(4 * np.pi * time_s))
        none = np.zeros_like(time_s)
        q = np.column_stack([np.cos(angle / 2), np.sin(angle / 2), none, none])
        acc = 9.81 * np.column_stack([none, np.sin(angle), np.cos(angle)])
        return Felt(q, acc, np.column_stack([rate, none, none]))


class MessageService:
    """A sensor with a message service, a rate and nothing else."""

    def __init__(self, memory_bytes=64 * 2**20, movement=None, **options):
        settings = VirtualSensorSettings("0001", memory_bytes=memory_bytes)
        clock = Clockwork(0.0, 20.0, 3.0)
        self.messages = DotMessages(settings, movement or Swinging(), clock, **options)
        self.rate_hz = 60
        self.rate_is_locked = False

    def read(self, uuid, now_s):
        return {
            gatt.MESSAGE_ACKNOWLEDGEMENT: self.messages.acknowledgement(),
            gatt.DEVICE_CONTROL: DeviceControl(output_rate_hz=self.rate_hz).pack(),
            gatt.MEASUREMENT_CONTROL: bytes([1, self.messages.streaming, 2]),
        }[uuid]

    def write(self, uuid, value, now_s):
        if uuid == gatt.MESSAGE_CONTROL:
            self.messages.write(value, now_s)
            return
        assert uuid == gatt.DEVICE_CONTROL
        asked = read_device_control(value)
        assert asked.visit == Visit.OUTPUT_RATE
        if not self.rate_is_locked:
            self.rate_hz = asked.output_rate_hz
            self.messages.recording_rate_hz = float(self.rate_hz)

    def notifications(self, now_s):
        values = self.messages.notifications(now_s)
        return [Notification(gatt.MESSAGE_NOTIFICATION, value) for value in values]


class LinkLostError(Exception):
    """The link ended in the middle of a dialogue."""


class WornOutConversation(Conversation):
    """A conversation that ends when so many packets were kept."""

    def run_until_kept(self, dialogue, count):
        wanted = len(self.kept) + count

        def watched():
            answer = None
            while True:
                try:
                    request = dialogue.send(answer)
                except StopIteration as end:
                    return end.value
                answer = yield request
                if isinstance(request, Keep) and len(self.kept) >= wanted:
                    raise LinkLostError

        with pytest.raises(LinkLostError):
            self.run(watched())
        self.profile.messages.link_lost(self.now_s)


def losing(fraction, seed=5):
    rng = random.Random(seed)
    return lambda _: rng.random() < fraction


def plan(rate_hz=60.0, duration_s=None, started_utc_s=START_UTC_S):
    return RecordingPlan(rate_hz, started_utc_s, duration_s, "unused")


def recorded(seconds, rate_hz=60.0, lose=lambda _: False, **options):
    """A conversation with a sensor that has just recorded."""
    talk = WornOutConversation(MessageService(**options), lose=lose)
    talk.run(RECORDER.start(plan(rate_hz)))
    talk.now_s += seconds
    assert talk.run(RECORDER.stop())
    return talk


def download(talk, held=(), recorder=RECORDER):
    (file,) = talk.run(recorder.list())
    return talk.run(recorder.download(file, held))


def bytes_kept(talk, count, unit_bytes=48):
    data = bytearray(b"\xff" * count * unit_bytes)
    for keep in talk.kept:
        assert keep.unit_bytes == unit_bytes
        data[keep.start * unit_bytes : keep.end * unit_bytes] = keep.data
    return bytes(data)


def intervals(talk):
    numbers = sorted(keep.start for keep in talk.kept)
    return [(number, number + 1) for number in numbers]


def writes(talk, kind):
    return [
        request.value
        for request in talk.requests
        if isinstance(request, Write)
        and request.uuid == gatt.MESSAGE_CONTROL
        and parse(request.value).kind == kind
    ]


def test_a_recording_runs_until_it_is_stopped():
    talk = Conversation(MessageService())
    assert talk.run(RECORDER.status()).state == RecorderState.IDLE
    talk.run(RECORDER.start(plan(120.0)))
    status = talk.run(RECORDER.status())
    assert status.state == RecorderState.RECORDING
    assert status.started_utc_s == START_UTC_S
    talk.now_s += 10.0
    assert talk.run(RECORDER.stop())
    assert not talk.run(RECORDER.stop())
    (file,) = talk.run(RECORDER.list())
    assert file == StoredFile("1", START_UTC_S, 10, None)
    # 10 s at 120 Hz and the sample at the beginning, by a clock that gains 0.2 ms.
    assert len(talk.profile.messages.stored(1)) == pytest.approx(48 * 1201, abs=48)


@pytest.mark.parametrize("quirks", QUIRKS.values(), ids=QUIRKS)
@pytest.mark.parametrize("lost", [0.0, 0.01, 0.1])
def test_a_download_is_what_the_sensor_stored(quirks, lost):
    talk = recorded(40.0, lose=losing(lost), quirks=quirks)
    count = download(talk)
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)
    assert len(talk.kept) == count
    assert talk.run(RECORDER.status()).state == RecorderState.IDLE


def test_ten_minutes_at_120_hz_survive_two_lost_links_and_lost_notifications():
    talk = recorded(600.0, 120.0, lose=losing(0.01))
    (file,) = talk.run(RECORDER.list())
    for kept in (20_000, 30_000):
        talk.run_until_kept(RECORDER.download(file, intervals(talk)), kept)
        talk.now_s += 30.0
    count = talk.run(RECORDER.download(file, intervals(talk)))
    assert count == pytest.approx(72_001, abs=3)
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)
    # Nothing is fetched twice: what was held is jumped over.
    assert len(talk.kept) == count


def test_repairing_one_percent_costs_less_than_a_tenth():
    talk = recorded(300.0, 120.0, lose=losing(0.01))
    began_s = talk.now_s
    count = download(talk)
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)
    # The sensor sends 400 packets a second.
    assert talk.now_s - began_s < 1.1 * count / 400.0


def test_the_end_of_a_file_is_not_believed_at_once():
    losses = []

    def lose(notification):
        message = parse(notification.value)
        last = int.from_bytes(message.body[:4], "little") >= 595 and message.kind == Event.DATA
        losses.append(last)
        # The last five packets are lost the first time, the end of the export is heard.
        return last and sum(losses) <= 6

    talk = recorded(10.0, lose=lose)
    count = download(talk)
    assert sum(losses) > 6
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)


@pytest.mark.parametrize(
    "kind",
    [
        Event.DATA_DONE,
        Event.FLASH_INFO,
        Event.FLASH_INFO_DONE,
        Event.FILE_INFO,
        Event.FILE_INFO_DONE,
    ],
)
def test_a_lost_message_is_asked_for_again(kind):
    lost = []

    def lose(notification):
        if parse(notification.value).kind == kind and len(lost) < 2:
            lost.append(notification)
            return True
        return False

    talk = recorded(5.0)
    talk.lose = lose
    count = download(talk)
    assert len(lost) == 2
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)


class Meddled(MessageService):
    """Changes what the sensor says before it is sent."""

    def __init__(self, change, **options):
        super().__init__(**options)
        self.change = change

    def notifications(self, now_s):
        said = super().notifications(now_s)
        return [Notification(one.uuid, self.change(one.value)) for one in said]


def meddled(change, seconds=5.0):
    talk = Conversation(Meddled(lambda value: value))
    talk.run(RECORDER.start(plan()))
    talk.now_s += seconds
    talk.run(RECORDER.stop())
    talk.profile.change = change
    return talk


def test_damaged_packets_are_fetched_again():
    rng = random.Random(3)

    def damage(value):
        message = parse(value)
        if message.kind != Event.DATA or rng.random() > 0.1:
            return value
        if rng.random() < 0.5:
            return encode_event(Event.DAMAGED_DATA, message.body[:4] + bytes(48))
        return value[:20] + bytes([value[20] ^ 4]) + value[21:]

    talk = meddled(damage)
    count = download(talk)
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)


def test_a_packet_that_never_arrives_whole_is_named():
    def damage(value):
        message = parse(value)
        if message.kind == Event.DATA and message.body[:4] == (100).to_bytes(4, "little"):
            return encode_event(Event.DAMAGED_DATA, message.body)
        return value

    talk = meddled(damage)
    with pytest.raises(DialogueError, match=r"1 of 30. samples .* the first is number 100"):
        download(talk)
    assert {keep.start for keep in talk.kept} == set(range(len(talk.kept) + 1)) - {100}


def test_samples_of_another_size_end_the_download():
    def shorten(value):
        message = parse(value)
        return encode_event(Event.DATA, message.body[:-4]) if message.kind == Event.DATA else value

    with pytest.raises(DialogueError, match="44 bytes a sample where 48 were asked for"):
        download(meddled(shorten))


def test_a_sensor_that_falls_silent_is_given_up():
    talk = recorded(5.0)
    (file,) = talk.run(RECORDER.list())
    talk.lose = lambda _: True
    with pytest.raises(DialogueError):
        talk.run(RECORDER.download(file, ()))


def test_busy_memory_is_waited_for_aloud_and_in_silence():
    said = []

    def busy(value):
        if parse(value).kind == Event.FLASH_INFO and not said:
            said.append(value)
            return encode_event(Event.FLASH_BUSY)
        return value

    talk = meddled(busy)
    # The recording was stopped just now, so the first acknowledgements say busy as well.
    count = download(talk)
    assert said
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)


def test_a_download_fetches_only_what_is_missing():
    talk = recorded(20.0)
    (file,) = talk.run(RECORDER.list())
    stored = talk.profile.messages.stored(1)
    count = len(stored) // 48
    held = [(0, 500), (700, 900)]
    assert talk.run(RECORDER.download(file, held)) == count
    there = {number for start, end in held for number in range(start, end)}
    assert [keep.start for keep in talk.kept] == sorted(set(range(count)) - there)
    assert all(keep.data == stored[keep.start * 48 :][:48] for keep in talk.kept)


def test_a_file_that_is_all_there_is_only_checked():
    talk = recorded(20.0)
    count = len(talk.profile.messages.stored(1)) // 48
    began_s = talk.now_s
    assert download(talk, [(0, count)]) == count
    assert not talk.kept
    assert talk.now_s - began_s < 1.0


def test_a_magnetometer_is_downloaded_where_it_is_wanted():
    recorder = DotRecorder(magnetometer=True)
    talk = recorded(5.0)
    count = download(talk, recorder=recorder)
    assert recorder.unit_bytes == 54
    data = bytes_kept(talk, count, 54)
    assert data == talk.profile.messages.stored(1, MOTION_FIELDS_WITH_MAG)
    assert all(
        np.linalg.norm(s.mag_au) == pytest.approx(1.0, abs=0.01) for s in recorder.samples(data)
    )


def test_samples_are_what_the_sensor_felt():
    talk = recorded(10.0)
    samples = RECORDER.samples(bytes_kept(talk, download(talk)))
    assert all(isinstance(sample, Sample) for sample in samples)
    tick_s = 1e-6 * np.array([sample.tick for sample in samples])
    # The clock showed 3 s when the recording began at true time 0 and runs 20 ppm fast.
    felt = Swinging().at((tick_s - 3.0) / (1 + 20e-6))
    np.testing.assert_allclose([s.gyr_dps for s in samples], felt.gyr_dps, atol=1e-2)
    np.testing.assert_allclose([s.q_earth_sensor for s in samples], felt.q_earth_sensor, atol=1e-4)
    np.testing.assert_allclose(np.diff(tick_s), 1 / 60, atol=1.1e-6)


def test_clipped_samples_are_marked_and_hold_the_end_of_the_range():
    class Struck(Swinging):
        def at(self, time_s):
            felt = super().at(time_s)
            felt.acc_mps2[time_s < 1.0, 1] = -400.0
            felt.gyr_dps[time_s >= 2.0, 2] = 3000.0
            return felt

    talk = WornOutConversation(MessageService(movement=Struck()))
    talk.run(RECORDER.start(plan()))
    talk.now_s = 3.0
    talk.run(RECORDER.stop())
    samples = RECORDER.samples(bytes_kept(talk, download(talk)))
    first, between, last = samples[0], samples[90], samples[-1]
    assert (first.clipping, between.clipping, last.clipping) == (
        Clipping.ACCELERATION,
        Clipping.NONE,
        Clipping.ANGULAR_VELOCITY,
    )
    # 16 g and 2000 degrees a second.
    assert first.acc_mps2[1] == pytest.approx(-156.9, abs=0.1)
    assert last.gyr_dps[2] == 2000.0


def test_a_lost_link_neither_ends_a_recording_nor_is_a_reason_to_end_it():
    talk = Conversation(MessageService())
    talk.run(RECORDER.start(plan()))
    talk.profile.messages.link_lost(1.0)
    talk.now_s = 60.0
    assert talk.run(RECORDER.status()).state == RecorderState.RECORDING
    for forbidden in (
        RECORDER.list(),
        RECORDER.download(StoredFile("1", None, None, None), ()),
        RECORDER.erase(None),
        RECORDER.start(plan()),
    ):
        with pytest.raises(RecorderRefusedError, match="it is recording"):
            talk.run(forbidden)
    assert talk.run(RECORDER.status()).state == RecorderState.RECORDING
    assert not writes(talk, Command.STOP)


def test_a_sensor_that_was_left_exporting_is_freed_first():
    talk = recorded(30.0)
    (file,) = talk.run(RECORDER.list())
    talk.run_until_kept(RECORDER.download(file, ()), 200)
    assert talk.run(RECORDER.status()).state == RecorderState.EXPORTING
    assert talk.run(RECORDER.list()) == (file,)
    assert writes(talk, Command.STOP_EXPORT)


def test_a_recording_is_stopped_even_where_memory_is_busy_with_it():
    class Busy(MessageService):
        busy_reads = 0

        def read(self, uuid, now_s):
            if uuid == gatt.MESSAGE_ACKNOWLEDGEMENT and self.busy_reads:
                self.busy_reads -= 1
                return encode_ack(Result.FLASH_BUSY, bytes([Command.GET_STATE]))
            return super().read(uuid, now_s)

    talk = Conversation(Busy())
    talk.run(RECORDER.start(plan()))
    talk.profile.busy_reads = 3
    assert talk.run(RECORDER.stop())
    assert not talk.profile.messages.is_recording
    talk.profile.busy_reads = 1000
    assert talk.run(RECORDER.status()).state == RecorderState.BUSY
    with pytest.raises(DialogueError, match="busy for 10 s"):
        talk.run(RECORDER.stop())


def test_times_since_1970_are_fine_enough():
    talk = Conversation(MessageService(), now_s=1.7e9)
    talk.run(RECORDER.start(plan(120.0)))
    talk.now_s += 20.0
    talk.run(RECORDER.stop())
    count = download(talk)
    # One more than 20 s at 120 Hz, as one is taken at the beginning.
    assert count == pytest.approx(2401, abs=1)
    assert bytes_kept(talk, count) == talk.profile.messages.stored(1)
    messages = talk.profile.messages
    for command in (
        encode_command(Command.SELECT_FIELDS, RECORDER.fields),
        encode_command(Command.FILE_DATA, b"\1"),
    ):
        messages.write(command, talk.now_s)
    now_s = talk.now_s
    for _ in range(200):
        now_s = messages.next_due_s(now_s)
        assert len(messages.notifications(now_s)) == 1


def test_a_timer_ends_a_recording_and_the_sensor_says_so():
    talk = Conversation(MessageService())
    talk.run(RECORDER.start(plan(duration_s=30.0)))
    said = talk.listen_until(31.0)
    assert [parse(one.value).kind for one in said] == [Event.STOPPED]
    assert not talk.run(RECORDER.stop())
    assert len(talk.profile.messages.stored(1)) == 48 * 30 * 60


def test_memory_ends_a_recording_at_nine_tenths():
    talk = Conversation(MessageService(memory_bytes=2**20))
    talk.run(RECORDER.start(plan()))
    talk.now_s = 3600.0
    assert not talk.run(RECORDER.stop())
    # 0.9 MiB less 4 KiB of header, at 52 bytes a sample.
    assert len(talk.profile.messages.stored(1)) == 48 * int((0.9 * 2**20 - 4096) // 52)
    with pytest.raises(RecorderRefusedError, match="% full with 1 recordings"):
        talk.run(RECORDER.start(plan()))
    assert len(talk.run(RECORDER.list())) == 1


def test_a_plan_that_does_not_fit_is_refused_before_anything_is_started():
    talk = Conversation(MessageService(memory_bytes=2**20))
    with pytest.raises(RecorderRefusedError, match="room for 5 min more"):
        # 0.9 MiB at 60 Hz and 52 bytes are 301 s.
        talk.run(RECORDER.start(plan(duration_s=400.0)))
    assert not writes(talk, Command.START)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (plan(100.0), "cannot record at 100 Hz"),
        (plan(duration_s=6000.0), "its timer reaches from 1 s to 5280 s"),
        (plan(started_utc_s=-1), "time of day"),
    ],
)
def test_a_plan_beyond_the_sensor_is_refused(wrong, words):
    talk = Conversation(MessageService())
    with pytest.raises(RecorderRefusedError, match=words):
        talk.run(RECORDER.start(wrong))
    assert not talk.requests


def test_a_streaming_sensor_is_not_made_to_record():
    talk = Conversation(MessageService())
    talk.profile.messages.streaming = True
    assert talk.run(RECORDER.status()).state == RecorderState.STREAMING
    with pytest.raises(RecorderRefusedError, match="it is streaming"):
        talk.run(RECORDER.start(plan()))


def test_a_locked_rate_is_told():
    talk = Conversation(MessageService())
    talk.profile.rate_is_locked = True
    with pytest.raises(DialogueError, match="stays at 60 Hz instead of 120 Hz"):
        talk.run(RECORDER.start(plan(120.0)))
    assert not writes(talk, Command.START)


def test_preparing_sets_the_rate_and_starts_nothing():
    talk = Conversation(MessageService())
    talk.run(RECORDER.prepare(120.0))
    assert talk.profile.messages.recording_rate_hz == 120.0
    assert not talk.profile.messages.is_recording
    with pytest.raises(RecorderRefusedError, match="cannot record at 50 Hz"):
        talk.run(RECORDER.prepare(50.0))


def test_a_recording_sensor_is_not_prepared_for_another():
    talk = Conversation(MessageService())
    talk.run(RECORDER.start(plan(60.0)))
    with pytest.raises(RecorderRefusedError, match="it is recording"):
        talk.run(RECORDER.prepare(120.0))
    assert talk.profile.rate_hz == 60


def test_a_broken_format_is_told_and_cured_by_an_erase():
    talk = Conversation(MessageService(memory=DotMemory(2**26, formatted=False)))
    assert talk.run(RECORDER.status()).used_fraction is None
    for refused in (RECORDER.start(plan()), RECORDER.list()):
        with pytest.raises(RecorderRefusedError, match="has to be erased before it can record"):
            talk.run(refused)
    talk.run(RECORDER.erase(None))
    talk.run(RECORDER.start(plan()))


def test_an_erase_takes_everything_and_never_one_file():
    talk = recorded(5.0)
    (file,) = talk.run(RECORDER.list())
    with pytest.raises(RecorderRefusedError, match="only erase all"):
        talk.run(RECORDER.erase(file))
    assert talk.run(RECORDER.list()) == (file,)
    talk.run(RECORDER.erase(None))
    assert talk.run(RECORDER.list()) == ()
    with pytest.raises(RecorderRefusedError, match="recording 1 is not there any more"):
        talk.run(RECORDER.download(file, ()))


def test_a_lost_word_that_all_is_erased_is_no_harm():
    talk = recorded(5.0)
    talk.lose = lambda notification: parse(notification.value).kind == Event.ERASED
    talk.run(RECORDER.erase(None))
    talk.lose = lambda _: False
    assert talk.run(RECORDER.list()) == ()


def test_another_recording_under_the_same_number_is_not_taken_for_the_old_one():
    talk = recorded(5.0)
    (old,) = talk.run(RECORDER.list())
    talk.run(RECORDER.erase(None))
    talk.run(RECORDER.start(plan(started_utc_s=START_UTC_S + 500)))
    talk.now_s += 5.0
    talk.run(RECORDER.stop())
    with pytest.raises(RecorderRefusedError, match="what it holds has changed"):
        talk.run(RECORDER.download(old, ()))


def test_files_are_listed_from_the_oldest():
    talk = recorded(5.0, lose=losing(0.05))
    talk.run(RECORDER.start(plan(started_utc_s=START_UTC_S + 60)))
    talk.now_s += 300.0
    talk.run(RECORDER.stop())
    files = talk.run(RECORDER.list())
    assert [(file.key, file.started_utc_s - START_UTC_S) for file in files] == [("1", 0), ("2", 60)]
    # 300 s at 60 Hz and 52 bytes are 936 kB: 5 units of 228 KiB; the other file is one unit.
    talk.lose = lambda _: False
    status = talk.run(RECORDER.status())
    assert status.used_fraction * 2**26 == pytest.approx(1024 * (2 * 4 + 6 * 228), rel=1e-9)


def test_a_reboot_keeps_what_was_recorded_until_then():
    talk = Conversation(MessageService())
    talk.run(RECORDER.start(plan()))
    talk.profile.messages.reboot(60.0, Clockwork(60.0, 20.0))
    talk.now_s = 65.0
    assert talk.run(RECORDER.status()).state == RecorderState.IDLE
    (file,) = talk.run(RECORDER.list())
    assert file.duration_s == 60
    talk.run(RECORDER.start(plan(started_utc_s=START_UTC_S + 65)))
    talk.now_s = 75.0
    talk.run(RECORDER.stop())
    first_us = int.from_bytes(talk.profile.messages.stored(2)[:4], "little")
    # The clock began anew at 60 s.
    assert first_us == pytest.approx(5e6, abs=1e5)


def test_memory_goes_from_one_process_to_the_next_with_a_recording_that_runs():
    talk = recorded(20.0)
    talk.run(RECORDER.start(plan(120.0, started_utc_s=START_UTC_S + 25)))
    before = talk.profile.messages
    memory = DotMemory.from_json(before.memory.to_json())
    after = Conversation(MessageService(memory=memory))
    assert after.profile.messages.is_recording
    assert memory.stored(1) == before.stored(1)
    after.now_s = 50.0
    assert after.run(RECORDER.stop())
    files = after.run(RECORDER.list())
    assert [file.started_utc_s - START_UTC_S for file in files] == [0, 25]
    # It ran from the end of the first, after 20 s, to 50 s.
    assert files[1].duration_s == pytest.approx(50.0 - 20.0, abs=1.0)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"running": 3}', "nothing"])
def test_a_text_that_is_no_memory_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        DotMemory.from_json(text)


class DeafToStop(MessageService):
    """Goes on sending whatever it is told, as one that missed the stop."""

    def write(self, uuid, value, now_s):
        if value != encode_command(Command.STOP_EXPORT):
            super().write(uuid, value, now_s)


@pytest.mark.parametrize("dialogue", [RECORDER.list, lambda: RECORDER.erase(None)])
def test_a_sensor_that_does_not_stop_sending_is_given_up_soon(dialogue):
    talk = WornOutConversation(DeafToStop())
    talk.run(RECORDER.start(plan()))
    talk.now_s += 600.0
    talk.run(RECORDER.stop())
    talk.profile.write(gatt.MESSAGE_CONTROL, encode_command(Command.FILE_DATA, b"\1"), talk.now_s)
    asked_s = talk.now_s
    with pytest.raises(RecorderRefusedError, match="sending a recording"):
        talk.run(dialogue())
    # The whole recording would take 36 000 samples / 400 a second = 90 s.
    assert talk.now_s - asked_s < 30.0


class StaleAcks(MessageService):
    """Answers some reads with an acknowledgement of something else."""

    def __init__(self):
        super().__init__()
        self.stale = 0

    def read(self, uuid, now_s):
        if uuid == gatt.MESSAGE_ACKNOWLEDGEMENT and self.stale:
            self.stale -= 1
            return encode_ack(Result.SUCCESS, bytes([Command.SELECT_FIELDS, 0]))
        return super().read(uuid, now_s)


def test_a_foreign_acknowledgement_is_read_again():
    talk = Conversation(StaleAcks())
    talk.profile.stale = 2
    assert talk.run(RECORDER.status()).state == RecorderState.IDLE
    assert len(writes(talk, Command.GET_STATE)) == 1


def test_a_start_is_never_sent_twice():
    class StaleAfterStart(StaleAcks):
        def write(self, uuid, value, now_s):
            super().write(uuid, value, now_s)
            if value.startswith(encode_command(Command.START, bytes(6))[:1]) and value[2] == 0x40:
                self.stale = 3

    talk = Conversation(StaleAfterStart())
    talk.run(RECORDER.start(plan()))
    assert len(writes(talk, Command.START)) == 1
    assert talk.run(RECORDER.status()).state == RecorderState.RECORDING


def test_a_sensor_that_never_says_what_it_does_is_an_error():
    talk = Conversation(StaleAcks())
    talk.profile.stale = 10**6
    with pytest.raises(DialogueError, match="does not say what its recorder does"):
        talk.run(RECORDER.status())


def test_every_acknowledgement_is_read_right_after_its_command():
    talk = recorded(5.0)
    download(talk)
    commands = [
        (request, following)
        for request, following in zip(talk.requests, talk.requests[1:], strict=False)
        if isinstance(request, Write)
        and request.uuid == gatt.MESSAGE_CONTROL
        # The answer to these is a notification, and another state comes with it.
        and parse(request.value).kind not in {Command.STOP_EXPORT, Command.RECORDING_TIME, 0x08}
    ]
    assert commands
    assert {type(following) for _, following in commands} == {Read}


def test_its_capabilities_are_those_of_the_specification():
    capabilities = dataclasses.asdict(RECORDER.capabilities)
    assert capabilities.pop("sampling_rates_hz") == (1, 4, 10, 12, 15, 20, 30, 60, 120)
    assert capabilities.pop("longest_timer_s") == 88 * 60
    assert not any(capabilities.values())
