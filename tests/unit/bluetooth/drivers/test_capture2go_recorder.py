"""Recording on a virtual Capture2Go and fetching its files."""

import random
from dataclasses import dataclass, replace

import numpy as np
import pytest

from imu_hip.bluetooth.drivers.capture2go import Capture2Go
from imu_hip.bluetooth.drivers.capture2go_download import missing_parts
from imu_hip.bluetooth.drivers.capture2go_frames import TX, Frame, frame_at
from imu_hip.bluetooth.drivers.capture2go_packages import Header
from imu_hip.bluetooth.drivers.capture2go_replies import GetBytes
from imu_hip.bluetooth.drivers.dialogue import DialogueError, Keep, Write
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import (
    OnSensorRecorder,
    RecorderRefusedError,
    RecordingPlan,
    StoredFile,
    SyncGroup,
)
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.bluetooth.virtual.capture2go import VirtualCapture2Go
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory
from imu_hip.bluetooth.virtual.capture2go_sync import SharedAir
from imu_hip.bluetooth.virtual.movement import Felt
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from tests.dialogues import Conversation

UTC_S = 1_790_000_000
DRIVER = Capture2Go()
RECORDER = DRIVER.recorder
PLAN = RecordingPlan(100.0, UTC_S, None, "run_1")
GYR_STEP_DPS = 2000.0 / 32768.0
PACKED_FRAME_BYTES = 8 + 115
STATUS_FRAME_BYTES = 8 + 19


@dataclass
class Swinging:
    """Angular velocity tells the time: its x is true time, 1 dps a second."""

    def at(self, time_s):
        n = len(time_s)
        gyr = np.column_stack([time_s, np.zeros(n), np.zeros(n)])
        return Felt(np.tile([1.0, 0, 0, 0], (n, 1)), np.tile([0, 0, 9.81], (n, 1)), gyr)


def sensor(serial="A1B2C3", now_s=0.0, air=None, memory=None, **settings):
    return VirtualCapture2Go(
        VirtualSensorSettings(serial, **settings),
        Swinging(),
        now_s,
        air,
        memory=memory,
    )


def recorded(duration_s=20.0, plan=PLAN, **settings):
    """A sensor with one finished recording."""
    talk = Conversation(sensor(**settings))
    talk.run(RECORDER.start(plan))
    talk.listen_until(talk.now_s + duration_s)
    assert talk.run(RECORDER.stop()) is True
    return talk


def put_together(kept):
    data = bytearray(max((keep.end for keep in kept), default=0))
    for keep in kept:
        data[keep.start : keep.end] = keep.data
    return bytes(data)


def only(talk):
    (file,) = talk.run(RECORDER.list())
    return file


def stored(talk, name="run_1"):
    return bytes(talk.profile.memory.files[name])


def samples_of(data):
    return [item for item in RECORDER.samples(data) if isinstance(item, Sample)]


def test_the_recorder_fills_its_port():
    recorder: OnSensorRecorder = RECORDER
    assert recorder.unit_bytes == 1
    assert recorder.capabilities.sampling_rates_hz == (1.0, 10.0, 25.0, 50.0, 100.0, 200.0)


def test_nothing_has_to_be_said_before_clocks_are_made_one():
    talk = Conversation(sensor())
    talk.run(RECORDER.prepare(100.0))
    assert talk.requests == []


def test_a_recording_from_start_to_samples():
    talk = recorded(20.0)
    assert talk.run(RECORDER.status()).state == "idle"
    file = only(talk)
    assert (file.key, file.size_bytes) == ("run_1", len(stored(talk)))
    size = talk.run(RECORDER.download(file, ()))
    assert size == file.size_bytes
    data = put_together(talk.kept)
    assert data == stored(talk)
    samples = samples_of(data)
    # 20 s at 100 Hz in packages of 8; the last may be incomplete and is then not stored.
    assert len(samples) == pytest.approx(2000, abs=16)
    ticks = np.array([sample.tick for sample in samples])
    assert set(np.diff(ticks)) == {10_000_000}
    # The clock was set to the plan's time of day a few exchanges before the start.
    assert 0 <= ticks[0] - UTC_S * 1_000_000_000 < 200_000_000
    assert {sample.q_earth_sensor for sample in samples} == {None}
    steps_dps = np.diff([sample.gyr_dps[0] for sample in samples])
    assert steps_dps.sum() == pytest.approx((ticks[-1] - ticks[0]) * 1e-9, abs=GYR_STEP_DPS)


def test_status_packages_in_a_file_are_no_samples_and_no_damage():
    data = stored(recorded(5.0))
    assert all(isinstance(item, Sample) for item in RECORDER.samples(data))
    # 5 s: 62 packages of 8 samples at 100 Hz and 5 or 6 of status.
    assert len(data) - 62 * PACKED_FRAME_BYTES in {5 * STATUS_FRAME_BYTES, 6 * STATUS_FRAME_BYTES}


def test_a_timed_recording_ends_by_itself_and_stopping_it_is_no_error():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(replace(PLAN, duration_s=4.0)))
    talk.listen_until(10.0)
    assert talk.run(RECORDER.status()).state == "idle"
    assert talk.run(RECORDER.stop()) is False
    assert len(samples_of(stored(talk))) == 400


def test_a_lost_link_does_not_end_a_recording():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(PLAN))
    talk.listen_until(2.0)
    talk.profile.link_lost(talk.now_s)
    talk.now_s += 30.0
    status = talk.run(RECORDER.status())
    assert status.state == "recording"
    assert talk.run(RECORDER.stop()) is True
    assert len(samples_of(stored(talk))) == pytest.approx(3200, abs=30)


def test_the_status_tells_how_full_the_memory_is():
    # 12.5 packages and one status a second: 1564.5 bytes, half of 62580 bytes in 20 s.
    talk = recorded(20.0, memory_bytes=62_580)
    assert talk.run(RECORDER.status()).used_fraction == pytest.approx(0.5, abs=0.011)


def test_a_full_memory_ends_the_recording_and_refuses_the_next():
    talk = Conversation(sensor(memory_bytes=10_000))
    talk.run(RECORDER.start(PLAN))
    talk.listen_until(20.0)
    assert talk.run(RECORDER.status()).state == "idle"
    assert 10_000 - PACKED_FRAME_BYTES < len(stored(talk)) <= 10_000
    with pytest.raises(RecorderRefusedError, match="memory is full"):
        talk.run(RECORDER.start(replace(PLAN, name="run_2")))


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (replace(PLAN, sampling_rate_hz=60.0), "60 Hz"),
        (replace(PLAN, name=""), "no file name"),
        (replace(PLAN, name="a/b"), "no file name"),
        (replace(PLAN, name="a" * 65), "no file name"),
        (replace(PLAN, duration_s=0.0), "longer than 0 s"),
    ],
)
def test_an_impossible_plan_is_refused_before_anything_is_sent(plan, reason):
    talk = Conversation(sensor())
    with pytest.raises(RecorderRefusedError, match=reason):
        talk.run(RECORDER.start(plan))
    assert talk.requests == []


def test_a_name_that_exists_is_refused_and_the_file_stays():
    talk = recorded(2.0)
    before = stored(talk)
    with pytest.raises(RecorderRefusedError, match="a file of that name"):
        talk.run(RECORDER.start(PLAN))
    assert stored(talk) == before
    assert talk.run(RECORDER.status()).state == "idle"


def test_a_second_start_is_refused_and_the_first_goes_on():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(PLAN))
    with pytest.raises(RecorderRefusedError, match="recording already"):
        talk.run(RECORDER.start(replace(PLAN, name="run_2")))
    assert talk.run(RECORDER.status()).state == "recording"


def test_a_streaming_sensor_is_not_made_to_record():
    talk = Conversation(sensor())
    talk.run(DRIVER.start(StreamSettings(100.0, "full")))
    with pytest.raises(RecorderRefusedError, match="streaming"):
        talk.run(RECORDER.start(PLAN))


def test_a_start_whose_confirmation_is_lost_is_still_known_to_run():
    def is_confirmation(notification):
        frame = frame_at(notification.value, 1)
        return frame is not None and frame.header == Header.STARTED_RECORDING

    talk = Conversation(sensor(), lose=is_confirmation)
    talk.run(RECORDER.start(PLAN))
    started = [r for r in talk.requests if r == Write(_rx(), Frame(0x0154).encode())]
    assert len(started) == 1
    assert talk.run(RECORDER.status()).state == "recording"


def _rx():
    return DRIVER.reply_characteristics[0].replace("80030003", "80030002")


def test_files_are_listed_oldest_first_and_erased_one_by_one_or_all():
    talk = recorded(1.0)
    for name in ("b", "a"):
        talk.run(RECORDER.start(replace(PLAN, name=name)))
        talk.listen_until(talk.now_s + 1.0)
        talk.run(RECORDER.stop())
    files = talk.run(RECORDER.list())
    assert [file.key for file in files] == ["run_1", "b", "a"]
    talk.run(RECORDER.erase(files[1]))
    assert [file.key for file in talk.run(RECORDER.list())] == ["run_1", "a"]
    with pytest.raises(RecorderRefusedError, match="no such file"):
        talk.run(RECORDER.erase(files[1]))
    talk.run(RECORDER.erase(None))
    assert talk.run(RECORDER.list()) == ()


def test_a_list_with_a_lost_entry_is_asked_for_again():
    talk = recorded(1.0)
    for i in range(12):
        talk.profile.memory.files[f"file_{i}"] = bytearray(i)
    lost = []

    def lose(notification):
        lost.append(notification)
        return len(lost) == 2

    talk.lose = lose
    assert len(talk.run(RECORDER.list())) == 13


def test_nothing_is_erased_during_a_recording():
    talk = recorded(1.0)
    file = only(talk)
    talk.run(RECORDER.start(replace(PLAN, name="run_2")))
    for wanted in (file, None):
        with pytest.raises(RecorderRefusedError, match="recording"):
            talk.run(RECORDER.erase(wanted))
    assert len(talk.run(RECORDER.list())) == 2


def test_a_missing_file_cannot_be_downloaded():
    talk = Conversation(sensor())
    with pytest.raises(DialogueError, match="no such file"):
        talk.run(RECORDER.download(StoredFile("gone", None, None, None), ()))


def test_an_empty_file_is_complete_at_once():
    talk = Conversation(sensor())
    talk.profile.memory.files["empty"] = bytearray()
    assert talk.run(RECORDER.download(StoredFile("empty", None, None, 0), ())) == 0
    assert talk.kept == []


def test_a_running_recording_can_be_read_so_far():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(PLAN))
    talk.listen_until(5.0)
    file = only(talk)
    size = talk.run(RECORDER.download(file, ()))
    assert file.size_bytes <= size < len(stored(talk))
    assert put_together(talk.kept) == stored(talk)[:size]
    assert talk.run(RECORDER.status()).state == "recording"


def test_a_download_is_paced_by_the_export_rate():
    talk = recorded(60.0, export_rate_per_s=100.0)
    file = only(talk)
    began_s = talk.now_s
    talk.run(RECORDER.download(file, ()))
    # 232 bytes of the file take 244 of frames, of which a notification carries 243.
    notifications = file.size_bytes / 232 * 244 / 243
    assert talk.now_s - began_s == pytest.approx(notifications / 100.0, rel=0.05, abs=0.1)


class _LinkLostError(Exception):
    pass


def _cut_off(talk, dialogue, after_pieces):
    """Run a dialogue until it has kept so many pieces, then lose the link."""
    left = after_pieces

    def counted():
        nonlocal left
        request = next(dialogue)
        while True:
            if isinstance(request, Keep):
                left -= 1
                if left < 0:
                    raise _LinkLostError
            answer = yield request
            request = dialogue.send(answer)

    with pytest.raises(_LinkLostError):
        talk.run(counted())
    talk.profile.link_lost(talk.now_s)
    talk.listen_until(talk.now_s + 3.0)


def held_of(kept):
    held = []
    for keep in sorted(kept, key=lambda keep: keep.start):
        if held and held[-1][1] >= keep.start:
            held[-1] = (held[-1][0], max(held[-1][1], keep.end))
        else:
            held.append((keep.start, keep.end))
    return held


def test_lost_notifications_and_two_lost_links_leave_an_identical_file():
    talk = recorded(300.0)
    file = only(talk)
    rng = random.Random(4)
    talk.lose = lambda notification: notification.uuid == TX and rng.random() < 0.01
    for pieces in (500, 700):
        _cut_off(talk, RECORDER.download(file, held_of(talk.kept)), pieces)
    talk.run(RECORDER.download(file, held_of(talk.kept)))
    assert put_together(talk.kept) == stored(talk)
    # Nothing is fetched twice.
    assert sum(len(keep.data) for keep in talk.kept) == file.size_bytes
    assert all(isinstance(item, Sample) for item in RECORDER.samples(put_together(talk.kept)))


def test_only_what_is_missing_is_asked_for():
    talk = recorded(60.0)
    file = only(talk)
    talk.run(RECORDER.download(file, [(0, 1000), (1500, file.size_bytes - 300)]))
    kept = [(keep.start, keep.end) for keep in talk.kept]
    assert held_of(talk.kept) == [(1000, 1500), (file.size_bytes - 300, file.size_bytes)]
    assert kept == sorted(kept)
    wanted = [
        GetBytes.decode(frame.payload)
        for request in talk.requests
        if isinstance(request, Write)
        and (frame := frame_at(request.value, 0)).header == Header.GET_BYTES
    ]
    assert wanted == [
        GetBytes("run_1", 1000, 1500),
        GetBytes("run_1", file.size_bytes - 300, file.size_bytes),
    ]


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ([], [(0, 10)]),
        ([(0, 10)], []),
        ([(0, 4), (4, 6)], [(6, 10)]),
        ([(3, 5), (2, 4)], [(0, 2), (5, 10)]),
        ([(0, 3), (8, 30)], [(3, 8)]),
        ([(20, 30)], [(0, 10)]),
    ],
)
def test_missing_parts_of_ten_bytes(held, missing):
    assert missing_parts(held, 10) == missing


def test_a_sensor_that_stops_sending_ends_the_download_with_a_reason():
    talk = recorded(60.0)
    file = only(talk)
    count = 0

    def lose(notification):
        nonlocal count
        frame = frame_at(notification.value, 1)
        is_reply = frame is not None and frame.header != Header.BYTES
        count += not is_reply
        return not is_reply and count > 20

    talk.lose = lose
    with pytest.raises(DialogueError, match="sends nothing more of the file at byte"):
        talk.run(RECORDER.download(file, ()))


def test_damage_in_a_file_costs_only_its_packages():
    data = bytearray(stored(recorded(10.0)))
    whole = samples_of(bytes(data))
    data[2000] ^= 0xFF
    items = RECORDER.samples(bytes(data[:-10]))
    left = [item for item in items if isinstance(item, Sample)]
    # One package of 8 samples is damaged, and of the last one, 8 more or a status, the end is cut.
    assert len(left) in {len(whole) - 8, len(whole) - 16}
    assert set(left) < set(whole)
    assert len([item for item in items if isinstance(item, Skipped)]) == 2


def test_a_power_loss_keeps_the_recording_but_for_a_torn_end():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(PLAN))
    talk.listen_until(10.0)
    talk.profile.reboot(12.0)
    talk.now_s = 12.0
    assert talk.run(RECORDER.status()).state == "idle"
    items = RECORDER.samples(stored(talk))
    assert isinstance(items[-1], Skipped)
    assert len(samples_of(stored(talk))) == pytest.approx(1000, abs=24)


def sync(talks):
    root = talks[0].profile.serial
    for talk in talks:
        talk.run(DRIVER.sync.start(SyncGroup(root, 77), talk.profile.serial))
    now_s = max(talk.now_s for talk in talks) + 3.0
    for talk in talks:
        talk.now_s = now_s
        assert talk.run(DRIVER.sync.result()) == ""


def pair():
    air = SharedAir()
    return [
        Conversation(sensor(f"AAAAA{i}", air=air, drift_ppm=ppm, clock_start_s=10.0 * i))
        for i, ppm in ((1, 40.0), (2, -40.0))
    ]


def test_synchronised_recordings_share_the_time_that_only_the_sender_was_given():
    talks = pair()
    sync(talks)
    for i, talk in enumerate(talks):
        talk.now_s += i
        talk.run(RECORDER.start(replace(PLAN, started_utc_s=UTC_S + i)))
    set_time = [
        sum(isinstance(r, Write) and frame_at(r.value, 0).header == Header.SET_TIME for r in t)
        for t in (talks[0].requests, talks[1].requests)
    ]
    assert set_time == [1, 0]
    for talk in talks:
        talk.listen_until(60.0)
        talk.run(RECORDER.stop())
    true_minus_clock = []
    for talk in talks:
        samples = samples_of(stored(talk))
        true_minus_clock.append(
            np.median([s.gyr_dps[0] - (s.tick * 1e-9 - UTC_S) for s in samples])
        )
    # Angular velocity tells true time in steps of 0.06 s, whose median error is below 1 ms.
    assert true_minus_clock[0] == pytest.approx(true_minus_clock[1], abs=2e-3)


def test_a_receiver_does_not_start_before_its_sender_has_the_time():
    talks = pair()
    sync(talks)
    with pytest.raises(RecorderRefusedError, match="that one has to start first"):
        talks[1].run(RECORDER.start(PLAN))
    talks[0].run(RECORDER.start(PLAN))
    talks[1].run(RECORDER.start(PLAN))


def test_a_receiver_that_is_reached_minutes_later_still_starts():
    talks = pair()
    sync(talks)
    talks[0].run(RECORDER.start(PLAN))
    talks[1].now_s += 120.0
    talks[1].run(RECORDER.start(PLAN))
    assert talks[1].run(RECORDER.status()).state == "recording"


def test_the_senders_clock_is_not_moved_once_it_is_right():
    talks = pair()
    sync(talks)
    talks[0].run(RECORDER.start(PLAN))
    talks[1].run(RECORDER.start(PLAN))
    talks[0].run(RECORDER.stop())
    talks[0].requests.clear()
    talks[0].run(RECORDER.start(replace(PLAN, name="run_2")))
    sent = [frame_at(r.value, 0).header for r in talks[0].requests if isinstance(r, Write)]
    assert Header.SET_TIME not in sent


def test_a_receiver_without_a_sender_records_on_its_own_time():
    talk = Conversation(sensor("AAAAA2"))
    talk.run(DRIVER.sync.start(SyncGroup("AAAAA1", 5), "AAAAA2"))
    talk.run(RECORDER.start(PLAN))
    talk.listen_until(talk.now_s + 2.0)
    talk.run(RECORDER.stop())
    assert samples_of(stored(talk))[0].tick >= UTC_S * 1_000_000_000


def test_the_memory_survives_as_text():
    memory = recorded(5.0).profile.memory
    again = Capture2GoMemory.from_json(memory.to_json())
    assert again == memory


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {"a": "?"}, "running": null}'])
def test_other_text_is_no_memory(text):
    with pytest.raises(ValueError, match="no memory"):
        Capture2GoMemory.from_json(text)


@pytest.mark.parametrize("synchronised", [False, True])
def test_a_running_recording_goes_on_in_another_process(synchronised):
    talks = pair()
    if synchronised:
        sync(talks)
    for talk in talks:
        talk.run(RECORDER.start(PLAN))
    began_s = [talk.profile.memory.running.began_s for talk in talks]
    stores = [talk.profile.memory.to_json() for talk in talks]
    later = [
        Conversation(
            sensor(
                f"AAAAA{i}",
                now_s=600.0,
                memory=Capture2GoMemory.from_json(text),
                drift_ppm=ppm,
            ),
            now_s=600.0,
        )
        for i, (text, ppm) in enumerate(zip(stores, (40.0, -40.0), strict=True), 1)
    ]
    ahead_s = []
    for talk, began in zip(later, began_s, strict=True):
        status = talk.run(RECORDER.status())
        assert (status.state, status.synchronised) == ("recording", synchronised)
        talk.listen_until(602.0)
        assert talk.run(RECORDER.stop()) is True
        samples = samples_of(stored(talk))
        assert len(samples) == pytest.approx(100 * (602.0 - began), abs=20)
        # Angular velocity is the true time.
        assert samples[0].gyr_dps[0] == pytest.approx(began, abs=GYR_STEP_DPS)
        last = samples[-2000:]
        ahead_s.append(np.mean([s.tick * 1e-9 - UTC_S - s.gyr_dps[0] for s in last]))
    # Each clock was set to the same second at its own start. Then 80 ppm are 48 ms in 600 s.
    apart_s = 0.0 if synchronised else 0.048 - (began_s[0] - began_s[1])
    assert ahead_s[0] - ahead_s[1] == pytest.approx(apart_s, abs=2e-3)


def test_a_recording_that_was_switched_off_meanwhile_is_gone():
    talk = Conversation(sensor())
    talk.run(RECORDER.start(PLAN))
    memory = Capture2GoMemory.from_json(talk.profile.memory.to_json())
    memory.running = None
    later = Conversation(sensor(memory=memory))
    assert later.run(RECORDER.status()).state == "idle"
    assert later.run(RECORDER.list()) == ()
