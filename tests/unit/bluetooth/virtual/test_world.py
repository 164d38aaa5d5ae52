"""A person with virtual sensors on: who is there, what befalls them, what they keep."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from bleak import BleakScanner

from imu_hip.bluetooth.virtual import world as world_module
from imu_hip.bluetooth.virtual.memories import Memories, memories_path, write_memories
from imu_hip.bluetooth.virtual.plan import VirtualPlanError, parse_plan
from imu_hip.bluetooth.virtual.profiles import Kept
from imu_hip.bluetooth.virtual.steps import steps_recording
from imu_hip.bluetooth.virtual.world import VirtualWorld, open_world
from imu_hip.errors import RecordingError
from imu_hip.names import Direction, Doing, Segment, Side
from imu_hip.simulation.live_person import LivePerson
from imu_hip.simulation.person_traits import PersonTraits

SHIN, THIGH = Segment.LEFT_SHIN, Segment.LEFT_THIGH


@pytest.fixture(scope="module")
def movement():
    recording = steps_recording(60.0, 1)
    return replace(recording, streams={s: recording.streams[s] for s in (THIGH, SHIN)})


def made(text, movement, **more):
    return VirtualWorld(parse_plan(text), movement, **more)


@pytest.mark.parametrize("kind", ["dot", "capture2go", "witmotion", "open"])
async def test_everybody_who_is_worn_is_on_the_air_and_tells_a_serial_of_its_own(movement, kind):
    async with made(f"{kind},strangers=3", movement) as world:
        seen = await BleakScanner.discover(0.4, backend=world.backends.scanner)
        assert {sensor.address for sensor in world.sensors.values()} <= {d.address for d in seen}
        assert len(seen) == 2 + 3
        assert list(world.assigned.values()) == [THIGH, SHIN]
        assert len(world.assigned) == 2
    assert not any(sensor.peripheral.is_on for sensor in world.sensors.values())


async def test_the_movement_begins_when_it_is_told_to(movement):
    now_s = 1_795_000_000.0
    world = made("dot", movement, clock=lambda: now_s)
    async with world:
        assert world.stage.since_s(np.array([now_s + 50.0])) == 0.0
        world.begin()
        assert world.stage.since_s(np.array([now_s + 2.0])) == 2.0


async def test_a_guided_person_is_asked_on_the_clock_of_the_world_and_begins_once():
    now_s = 1_795_000_000.0
    traits = PersonTraits(spread_deg=0.0, tremor_deg=0.0)
    world = VirtualWorld(parse_plan("dot,play=guided"), LivePerson(traits), clock=lambda: now_s)
    assert set(world.sensors) == set(Segment)
    assert world.person is not None
    assert world.simulated
    assert world.duration_s is None
    async with world:
        # What is asked beforehand is done once the movement begins.
        now_s += 60.0
        world.ask(Doing.SIT)
        world.begin()
        began_s = now_s
        now_s += 5.0
        world.begin()
        assert world.stage.began_s == began_s
        world.ask(Doing.TURN, Side.LEFT, Direction.INTERNAL)
        now_s += 4.0
        world.ask(Doing.RETURN, Side.LEFT)
        now_s += 3.0
        world.ask(Doing.REST)
    (turn,) = world.person.repetitions()
    assert turn.start_s == pytest.approx(5.5, abs=1e-5)
    assert turn.plateau_end_s == pytest.approx(9.5, abs=1e-5)
    assert turn.peak_deg == pytest.approx(36.0, abs=0.05)


async def test_a_recording_that_is_played_does_not_listen(movement):
    world = made("dot", movement)
    world.ask(Doing.STAND)
    assert world.person is None
    assert world.duration_s == movement.duration_s


async def test_what_befalls_a_sensor_begins_with_the_movement_and_ends(movement):
    async with made("dot,away=left_shin@0.1+0.2,away=pelvis@0+9", movement) as world:
        shin = world.sensors[SHIN].address

        async def is_seen():
            found = await BleakScanner.discover(0.15, backend=world.backends.scanner)
            return shin in {device.address for device in found}

        assert await is_seen()
        world.begin()
        await asyncio.sleep(0.12)
        assert not await is_seen()
        await asyncio.sleep(0.1)
        assert await is_seen()


async def test_a_reboot_takes_a_sensor_off_the_air_for_its_time(movement):
    async with made("dot,reboot=left_shin@0+0.2", movement) as world:
        peripheral = world.sensors[SHIN].peripheral
        world.begin()
        await asyncio.sleep(0.1)
        assert not peripheral.is_on
        assert world.sensors[THIGH].peripheral.is_on
        await asyncio.sleep(0.3)
        assert peripheral.is_on


async def test_a_world_that_ends_lets_nothing_befall_anybody(movement):
    async with made("dot,reboot=left_shin@0.05+0.1", movement) as world:
        world.begin()
    before = asyncio.all_tasks()
    await asyncio.sleep(0.2)
    assert not world.sensors[SHIN].peripheral.is_on
    assert asyncio.all_tasks() == before


@pytest.fixture
def played_steps(monkeypatch, movement):
    monkeypatch.setattr(world_module, "worn_by", lambda plan: movement)


@pytest.mark.usefixtures("played_steps")
@pytest.mark.parametrize(("kind", "keeps"), [("dot", True), ("capture2go", True), ("open", False)])
async def test_kinds_with_memory_leave_it_for_the_next_world(tmp_path, kind, keeps):
    async with open_world(kind, tmp_path):
        pass
    assert memories_path(tmp_path, kind).exists() == keeps
    async with open_world(kind, tmp_path) as world:
        assert set(world.memories.sensors) == ({THIGH, SHIN} if keeps else set())


@pytest.mark.usefixtures("played_steps")
async def test_memories_are_kept_also_where_the_command_fails(tmp_path):
    with pytest.raises(RuntimeError, match="the command"):
        async with open_world("dot", tmp_path):
            raise RuntimeError("the command")
    assert memories_path(tmp_path, "dot").exists()


@pytest.mark.usefixtures("played_steps")
async def test_damaged_memories_are_refused_and_left_alone(tmp_path):
    path = memories_path(tmp_path, "dot")
    path.write_text("{")
    with pytest.raises(RecordingError, match="is damaged"):
        async with open_world("dot", tmp_path):
            pytest.fail("it opened")
    assert path.read_text() == "{"


@pytest.mark.usefixtures("played_steps")
@pytest.mark.parametrize("memory", ["", "{", "[]", '{"files": 3}', "null"])
@pytest.mark.parametrize("kind", ["dot", "capture2go"])
async def test_a_damaged_memory_of_one_sensor_is_refused(tmp_path, kind, memory):
    path = memories_path(tmp_path, kind)
    write_memories(Memories({SHIN: Kept(memory)}), path)
    with pytest.raises(RecordingError, match="is damaged"):
        async with open_world(kind, tmp_path):
            pytest.fail("it opened")


async def test_a_plan_that_cannot_be_understood_opens_nothing(tmp_path):
    with pytest.raises(VirtualPlanError):
        async with open_world("dot,speed=3", tmp_path):
            pytest.fail("it opened")
    assert not list(tmp_path.iterdir())
