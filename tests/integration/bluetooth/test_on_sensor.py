"""Recordings that run on virtual sensors: all or none, nothing lost, nothing erased unasked."""

import asyncio
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from blockbuster import BlockBuster

from imu_hip.bluetooth import on_sensor, visit
from imu_hip.bluetooth.downloaded import time_error_s
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.movella_dot_messages import Command, encode_command
from imu_hip.bluetooth.drivers.on_sensor import RecorderState
from imu_hip.bluetooth.drivers.registry import driver_named
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.on_sensor import OnSensorError
from imu_hip.bluetooth.on_sensor_session import remembered
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.synchronise import SyncError
from imu_hip.bluetooth.virtual.dot_memory import StoredRun
from imu_hip.bluetooth.virtual.dot_sensing import STORED_TYPE
from imu_hip.bluetooth.visit import visiting
from imu_hip.names import Segment
from tests.on_sensor_runs import Person

pytestmark = pytest.mark.slow

THIGH, SHIN, OTHER = Segment.LEFT_THIGH, Segment.LEFT_SHIN, Segment.RIGHT_THIGH
KINDS = ("dot", "capture2go")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Sensors that are out of reach are not looked for so long."""
    monkeypatch.setattr(visit, "Patience", partial(Patience, search_s=0.5, first_backoff_s=0.1))


@pytest.fixture
def nothing_blocks_the_event_loop():
    """A blocking call in the event loop raises."""
    blockbuster = BlockBuster()
    blockbuster.activate()
    yield
    blockbuster.deactivate()


def fast(kind):
    return f"{kind},interval_ms=0,drift_ppm=40,export_per_s=3000"


async def recorded(person, folder, duration_s, **options):
    """Record on all sensors for a while, and stop."""
    session = await person.start(folder, **options)
    person.begin()
    await person.clock.pass_by(duration_s)
    outcome = await on_sensor.stop(person.central, person.worn)
    assert set(outcome.values()) == {"stopped"}
    return session


def recording(person):
    return {segment for segment in person.world.sensors if person.records(segment)}


def dot_memory(person, segment):
    return person.world.sensors[segment].profile.messages.memory


def away(person, segment, is_away):
    address = person.world.sensors[segment].address
    person.world.radio.out_of_range(address, is_away)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_fetched_whole_over_lost_packets_and_links(tmp_path, kind):
    async with Person(f"{fast(kind)},lost=0.01", (THIGH, SHIN), 20.0) as person:
        session = await recorded(person, tmp_path, 20.0)
        assert session.sync_group
        # What came is compared with what is stored there.
        paths = {
            worn.segment: await person.fetch(worn, session, tmp_path, lost_links=2)
            for worn in person.worn
        }
        joined = person.join(session, paths)
        assert not recording(person)
    for stream in joined.streams.values():
        assert stream.lost_samples() == 0
        assert stream.duration_s > 20.0
    assert person.turn.pairwise_errors_s(joined).max() < 0.002


@pytest.mark.parametrize("kind", KINDS)
async def test_clocks_of_their_own_are_as_far_apart_as_is_said(tmp_path, kind):
    # On such a link the orders to start take their time.
    plan = f"{kind},interval_ms=7.5,missed=0.05,drift_ppm=40"
    async with Person(plan, (THIGH, SHIN), 20.0) as person:
        session = await recorded(person, tmp_path, 20.0, sync=False)
        paths = {w.segment: await person.copy(w, session, tmp_path) for w in person.worn}
        joined = person.join(session, paths)
    drivers = {kind: driver_named(kind)}
    stated_s = time_error_s(session, drivers, joined.duration_s)
    assert person.turn.pairwise_errors_s(joined).max() < stated_s
    assert any("not synchronised" in text for text in joined.warnings)


@pytest.mark.usefixtures("nothing_blocks_the_event_loop")
async def test_no_sensor_records_where_one_is_out_of_reach(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:
        away(person, SHIN, True)
        with pytest.raises(OnSensorError, match=r"left shin sensor \(\w+\) is out of reach"):
            await person.start(tmp_path)
        away(person, SHIN, False)
        assert not recording(person)
        assert await asyncio.to_thread(remembered, tmp_path) == ()


@pytest.mark.parametrize("kind", KINDS)
async def test_no_sensor_records_where_one_does_already_and_that_one_goes_on(tmp_path, kind):
    async with Person(fast(kind), (THIGH, SHIN), 5.0) as person:
        both = person.worn
        person.worn = both[1:]
        await person.start(tmp_path / "first", sync=False)
        person.worn = both
        await person.clock.pass_by(5.0)
        with pytest.raises(OnSensorError, match=r"left shin sensor \(\w+\) is recording"):
            await person.start(tmp_path / "second")
        assert recording(person) == {SHIN}


@pytest.mark.parametrize("kind", KINDS)
async def test_no_sensor_records_with_an_empty_battery(tmp_path, kind):
    async with Person(f"{fast(kind)},battery=9", (THIGH, SHIN), 5.0) as person:
        with pytest.raises(OnSensorError, match=r"battery of the left thigh sensor .* is at 9 %"):
            await person.start(tmp_path)
        assert not recording(person)


async def test_no_sensor_records_where_a_memory_is_full_or_not_formatted(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:
        dot_memory(person, SHIN).formatted = False
        with pytest.raises(OnSensorError, match=r"left shin .* no valid format.* erased before"):
            await person.start(tmp_path)
        (_, report) = await on_sensor.reports(person.central, person.worn)
        assert report.status.state is RecorderState.IDLE
        assert "no valid format" in report.status.trouble
        dot_memory(person, SHIN).formatted = True
        # 64 MiB of 52 bytes a sample, 95 % of it.
        samples = round(0.95 * 64 * 2**20 / 52)
        dot_memory(person, SHIN).files.append(StoredRun(1, 120.0, np.zeros(samples, STORED_TYPE)))
        with pytest.raises(OnSensorError, match=r"memory of the left shin sensor .* is 9\d % full"):
            await person.start(tmp_path)
        assert not recording(person)
        assert len(dot_memory(person, SHIN).files) == 1


async def test_a_plan_beyond_the_sensors_is_refused_before_anything_happens(tmp_path):
    async with Person(fast("dot"), (THIGH,), 5.0) as person:
        with pytest.raises(OnSensorError, match="after at most 5280 s; without a duration"):
            await person.start(tmp_path, duration_s=6000.0)
        with pytest.raises(OnSensorError, match="60, 120 Hz, not 200"):
            await person.start(tmp_path, rate_hz=200.0)
        assert person.told == []
        assert not recording(person)


async def test_sensors_that_had_begun_are_stopped_where_a_later_one_fails(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN, OTHER), 5.0) as person:

        def told(text):
            assert "records" in text
            # Already now the recording is known here, whatever becomes of this program.
            assert len(remembered(tmp_path)) == 1
            if "left shin" in text:
                away(person, OTHER, True)

        person.tell = told
        with pytest.raises(OnSensorError, match="No sensor records now, because the right thigh"):
            await person.start(tmp_path, sync=False)
        assert not recording(person)
        assert remembered(tmp_path) == ()
        # They had begun, and nobody asked to erase what they have.
        assert [len(dot_memory(person, s).files) for s in (THIGH, SHIN, OTHER)] == [1, 1, 0]


async def test_a_sensor_that_heard_the_order_but_lost_its_link_is_stopped_too(
    tmp_path, monkeypatch
):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:
        sensor = person.world.sensors[SHIN]
        write = sensor.profile.messages.write

        def heard(value, now_s):
            write(value, now_s)
            if value[2] == Command.START:
                person.world.radio.drop_link(sensor.address)

        monkeypatch.setattr(sensor.profile.messages, "write", heard)
        with pytest.raises(OnSensorError, match=r"because the left shin .* out of reach"):
            await person.start(tmp_path, sync=False)
        assert not recording(person)
        # It had heard the order.
        assert len(dot_memory(person, SHIN).files) == 1
        assert remembered(tmp_path) == ()


async def test_what_could_not_be_stopped_again_is_named_and_stays_known(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:

        def told(_):
            away(person, THIGH, True)
            away(person, SHIN, True)

        person.tell = told
        with pytest.raises(OnSensorError, match=r"not sure .* stopped again: the left thigh"):
            await person.start(tmp_path, sync=False)
        assert recording(person) == {THIGH}
        (session,) = remembered(tmp_path)
        away(person, THIGH, False)
        away(person, SHIN, False)
        outcome = await on_sensor.stop(person.central, person.worn)
        assert outcome == {THIGH: "stopped", SHIN: "had stopped before"}
        files = await on_sensor.files(person.central, person.worn[0])
        assert session.file_of(files) == files[0]


async def test_a_start_that_is_broken_off_leaves_nothing_recording(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:
        task = asyncio.create_task(person.start(tmp_path, sync=False))
        while not (person.told and person.world.sensors[SHIN].peripheral.is_connected):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not recording(person)
        assert remembered(tmp_path) == ()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_sensor_that_stopped_by_its_timer_is_fine(tmp_path, kind):
    async with Person(fast(kind), (THIGH, SHIN), 5.0) as person:
        await person.start(tmp_path, duration_s=5.0, sync=False)
        await person.clock.pass_by(7.0)
        for _ in range(2):
            outcome = await on_sensor.stop(person.central, person.worn)
            assert set(outcome.values()) == {"had stopped before"}


@pytest.mark.parametrize("kind", KINDS)
async def test_neither_a_lost_link_nor_a_look_stops_a_recording(tmp_path, kind):
    async with Person(fast(kind), (THIGH,), 5.0) as person:
        (worn,) = person.worn
        await person.start(tmp_path, sync=False)
        async with visiting(person.central, worn) as conversation:
            person.world.radio.drop_link(worn.sensor.found.address)
            with pytest.raises(LinkLostError):
                await conversation.run(worn.driver.battery())
        (report,) = await on_sensor.reports(person.central, person.worn)
        assert report.status.state is RecorderState.RECORDING
        if kind == "dot":
            with pytest.raises(DialogueError, match="it is recording"):
                await on_sensor.files(person.central, worn)
        with pytest.raises(DialogueError, match="recording"):
            await on_sensor.erase(person.central, worn, None)
        assert recording(person) == {THIGH}


async def test_a_sensor_out_of_reach_goes_on_and_the_others_stop(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:
        await person.start(tmp_path)
        away(person, THIGH, True)
        outcome = await on_sensor.stop(person.central, person.worn)
        assert outcome == {THIGH: "not stopped: it is out of reach", SHIN: "stopped"}
        assert recording(person) == {THIGH}
        # A common clock costs battery and locks the rate, so it ends with the recording.
        synchronised = {
            s: v.profile.messages.is_synchronised for s, v in person.world.sensors.items()
        }
        assert synchronised == {THIGH: True, SHIN: False}


@pytest.mark.parametrize("kind", KINDS)
async def test_only_erase_erases_and_only_what_it_is_asked_to(tmp_path, kind):
    async with Person(fast(kind), (THIGH, SHIN), 2.0) as person:
        first = await recorded(person, tmp_path, 2.0, sync=False)
        second = await recorded(person, tmp_path, 2.0, sync=False)
        thigh, shin = person.worn
        for session in (first, second):
            await person.fetch(thigh, session, tmp_path)
        files = await on_sensor.files(person.central, thigh)
        assert [session.file_of(files) for session in (first, second)] == list(files)
        if kind == "dot":
            with pytest.raises(DialogueError, match="only erase all of its recordings at once"):
                await on_sensor.erase(person.central, thigh, files[0])
            assert await on_sensor.files(person.central, thigh) == files
        else:
            await on_sensor.erase(person.central, thigh, files[0])
            assert await on_sensor.files(person.central, thigh) == files[1:]
        await on_sensor.erase(person.central, thigh, None)
        assert await on_sensor.files(person.central, thigh) == ()
        assert len(await on_sensor.files(person.central, shin)) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_download_that_was_broken_off_goes_on_where_it_was(tmp_path, kind):
    # 30 s at 120 Hz, or 200 Hz in packages of 8 that travel two to a notification.
    plan = f"{kind},interval_ms=0,export_per_s={3000 if kind == 'dot' else 300}"
    async with Person(plan, (THIGH,), 30.0) as person:
        session = await recorded(person, tmp_path, 30.0, sync=False)
        (worn,) = person.worn
        address = worn.sensor.found.address
        half = asyncio.Event()

        def report(progress):
            if progress.units > 0.5 * progress.expected_units:
                half.set()

        before = person.world.radio.counts(address).delivered
        task = asyncio.create_task(person.fetch(worn, session, tmp_path, report=report))
        await half.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        broken_off = person.world.radio.counts(address).delivered
        assert sorted(p.suffix for p in tmp_path.iterdir() if ".bin" in p.name) == [
            ".json",
            ".part",
        ]
        await person.fetch(worn, session, tmp_path)
        assert sorted(p.suffix for p in tmp_path.iterdir() if ".bin" in p.name) == [".bin"]
        ended = person.world.radio.counts(address).delivered
        # At most half of it was missing, so less came than before; asking costs some answers.
        assert ended - broken_off < broken_off - before + 100


async def test_a_sensor_left_exporting_is_fetched_from_again(tmp_path):
    async with Person(fast("dot"), (THIGH,), 20.0) as person:
        session = await recorded(person, tmp_path, 20.0, sync=False)
        (worn,) = person.worn
        messages = person.world.sensors[THIGH].profile.messages
        messages.write(encode_command(Command.FILE_DATA, b"\x01"), person.clock())
        (report,) = await on_sensor.reports(person.central, person.worn)
        assert report.status.state is RecorderState.EXPORTING
        await person.fetch(worn, session, tmp_path)


async def test_refused_synchronisation_is_told_and_can_be_done_without(tmp_path):
    async with Person(fast("dot"), (THIGH, SHIN), 5.0) as person:

        async def too_short(_):
            """No time passes, so the sensors are not left alone for long enough."""

        with pytest.raises(SyncError, match=r"left shin .*it did not begin.*--no-sync"):
            await person.start(tmp_path, pause=too_short)
        assert not recording(person)
        assert remembered(tmp_path) == ()
        session = await person.start(tmp_path, sync=False)
        assert session.sync_group == ""
        assert recording(person) == {THIGH, SHIN}
        drivers = {"dot": driver_named("dot")}
        loose_s = time_error_s(session, drivers, 600.0)
        # 50 ms at the start, and 80 ppm of 600 s.
        assert loose_s == pytest.approx(0.05 + 0.048)
        assert time_error_s(replace(session, sync_group="g"), drivers, 600.0) < 0.001
