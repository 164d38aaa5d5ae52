"""The reader and the recorder against virtual sensors: complete, exact, quick and cheap."""

import asyncio
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bleak import BleakClient

from imu_hip.bluetooth.capture import Capture
from imu_hip.bluetooth.connection import Connection
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.errors import SensorsMissingError
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import record
from imu_hip.bluetooth.virtual.link import LinkSettings
from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.bluetooth.virtual.scenes import sensor_settings
from imu_hip.bluetooth.virtual.world import VirtualWorld
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.journal_reading import read_journal
from imu_hip.simulation import TYPICAL, GaitPlan, simulate_walk
from tests.rooms import Room

Row = tuple[str, str, str]

MINUTE_S = 60.0
FLOOR_S = 30.0
COMMAND = Path(sys.executable).with_name("imu-hip")


def walk():
    """A walk that all five sensors feel."""
    plan = GaitPlan(duration_s=60.0, standing_s=3.0)
    errors = replace(TYPICAL, orientation=True)
    return simulate_walk(plan, errors, 120.0, 1, pelvis_sensor=True).recording


@asynccontextmanager
async def room(text, segments=tuple(Segment)):
    """Sensors of a plan whose batteries never change, so that only samples are notified."""
    plan = parse_plan(text)
    recording = walk()
    recording = replace(recording, streams={s: recording.streams[s] for s in segments})
    settings = {
        segment: replace(sensor_settings(plan, segment), battery_drain_percent_per_h=0.0)
        for segment in segments
    }
    async with VirtualWorld(plan, recording, settings) as world:
        yield Room(world)


async def recorded(opened, placed, duration_s, meanwhile=None):
    """A recording of some seconds and the CPU seconds that the process took for each of them."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.parquet"
        header = journal_header(placed, target.name, simulated=True)
        async with Capture(opened.central, placed) as capture:
            opened.world.begin()
            task = None if meanwhile is None else asyncio.create_task(meanwhile(opened))
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            shown = []

            def show(view):
                shown[:] = [(time.process_time() - cpu_s) / (time.perf_counter() - wall_s)]

            recording = await record(
                capture, header, target, duration_s=duration_s, stop=asyncio.Event(), show=show
            )
            status = capture.status()
            if task is not None:
                await task
        return recording, status, shown[0]


async def floor_cpu(text, sampling_rate_hz, duration_s=FLOOR_S):
    """CPU seconds a second of the same sensors with bare bleak clients that do nothing."""
    async with room(text) as opened:
        return await floor_in(opened, sampling_rate_hz, duration_s)


async def floor_in(opened, sampling_rate_hz, duration_s):
    """The same in a room that is open."""
    async with AsyncExitStack() as stack:
        placed = await opened.place(*Segment, sampling_rate_hz=sampling_rate_hz)
        for one in placed:
            driver = one.sensor.found.driver
            backend = opened.world.backends.client
            client = await stack.enter_async_context(
                BleakClient(one.sensor.found.device, backend=backend)
            )
            for uuid in driver.stream_characteristics(one.settings):
                await client.start_notify(uuid, lambda *_: None)
            await _started(client, driver.start(one.settings))
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        await asyncio.sleep(duration_s)
        return (time.process_time() - cpu_s) / (time.perf_counter() - wall_s)


async def _started(client, dialogue):
    await Conversation(Connection(client, "sensor", 5.0), ()).run(dialogue)


def five_sensors(duration_s: float = MINUTE_S) -> list[Row]:
    """Five DOTs at 60 Hz, complete and in order, and what reading them costs."""
    plan = "dot,interval_ms=15"

    async def run():
        async with room(plan) as opened:
            placed = await opened.place(*Segment)
            recording, status, cpu = await recorded(opened, placed, duration_s)
            sent = [
                opened.world.radio.counts(s.address).sent for s in opened.world.sensors.values()
            ]
            return recording, status, cpu, sent

    recording, status, cpu, sent = asyncio.run(run())
    floor = asyncio.run(floor_cpu(plan, 60.0))
    read = sum(one.kept for one in status)
    streams = recording.streams.values()
    # The file begins when all five stream; from there on nothing may be missing or out of order.
    whole = all(not stream.lost_samples() and not stream.gaps() for stream in streams)
    in_file = sum(len(stream.time_s) for stream in streams)
    return [
        (
            f"five DOTs, 60 Hz, {duration_s:.0f} s, interval 15 ms: read of sent; in the file",
            f"{read} of {sum(sent)}; {in_file}{', no gap' if whole else ', WITH GAPS'}",
            "all, in order",
        ),
        (
            "CPU of the reader, journal and live figures, over bare bleak clients",
            f"{100.0 * (cpu - floor):.1f} % of a core",
            "<= 15 %",
        ),
        (
            "the whole process with five simulated sensors",
            f"{100.0 * cpu:.1f} % of a core",
            "-",
        ),
        ("latency that the live clock shows, p95 of the slowest sensor",
         f"{max(s.latency_p95_ms for s in status):.0f} ms", "-"),
    ]  # fmt: skip


def five_sensors_with_losses(duration_s: float = MINUTE_S) -> list[Row]:
    """2 % of the connection events fail and queues overflow; every sample is accounted for."""
    good = LinkSettings(connection_interval_s=0.015)

    async def spoil(opened):
        await asyncio.sleep(1.0)
        for seed, sensor in enumerate(opened.world.sensors.values()):
            bad = replace(good, missed_event_fraction=0.02, queue_packets=4, seed=seed)
            opened.world.radio.set_link(sensor.address, bad)
        while time.perf_counter() < end_s:
            for sensor in opened.world.sensors.values():
                opened.world.radio.stall(sensor.address, 0.15)
                await asyncio.sleep(0.7)
        for sensor in opened.world.sensors.values():
            opened.world.radio.set_link(sensor.address, good)

    async def run():
        nonlocal end_s
        async with room("dot,interval_ms=15") as opened:
            placed = await opened.place(*Segment)
            end_s = time.perf_counter() + duration_s - 5.0
            _, status, _ = await recorded(opened, placed, duration_s, spoil)
            counts = [opened.world.radio.counts(s.address) for s in opened.world.sensors.values()]
            return status, counts

    end_s = 0.0
    status, counts = asyncio.run(run())
    wrong = [
        one.segment.words
        for one, count in zip(status, counts, strict=True)
        if one.kept + one.lost != count.sent or one.lost != count.dropped
    ]
    lost = sum(count.dropped for count in counts)
    return [
        (
            "the same with 2 % missed events and overflowing queues: recorded + lost = sent",
            f"{'exact for each sensor' if not wrong else f'WRONG: {wrong}'}; {lost} lost",
            "exact, per sensor",
        )
    ]


def link_lost_for_five_seconds() -> list[Row]:
    """One of five sensors out of reach for 5 s."""

    async def run():
        async with room("dot,interval_ms=15,away=left_shin@5+5") as opened:
            placed = await opened.place(*Segment)
            recording, status, _ = await recorded(opened, placed, 18.0)
            return recording, status

    recording, status = asyncio.run(run())
    gaps = [g for g in recording.streams[Segment.LEFT_SHIN].gaps() if g.duration_s > 0.1]
    others = sum(one.lost for one in status if one.segment is not Segment.LEFT_SHIN)
    back_s = gaps[0].duration_s - 5.0
    return [
        ("a link lost for 5 s: back after the sensor's return", f"{back_s:.1f} s", "<= 3 s"),
        ("gaps marked; samples lost by the other four", f"{len(gaps)}; {others}", "1; 0"),
    ]


def killed_recorder(rounds: int = 6) -> list[Row]:
    """How much of a recording is missing after `kill -9` and `recover`."""
    missing_s = []
    for round_ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "run.parquet"
            journal = Path(f"{target}.journal")
            process = subprocess.Popen(
                [COMMAND, "record", target, "--virtual", "dot", "--duration", "60"],
                stdout=subprocess.DEVNULL,
            )
            while not journal.exists() or journal.stat().st_size < 150_000:
                time.sleep(0.05)
            # At any moment between two flushes of the journal, not just behind one.
            time.sleep(0.2 * round_)
            killed_ns = time.perf_counter_ns()
            process.kill()
            process.wait()
            rows = read_journal(journal).rows
            missing_s += [1e-9 * (killed_ns - int(r.arrival_ns[-1])) for r in rows.values()]
            subprocess.run([COMMAND, "recover", journal], check=True, stdout=subprocess.DEVNULL)
            open_recording(target)
    return [("kill -9 of the recorder: the most that is missing", f"{max(missing_s):.2f} s", "1 s")]


def finding() -> list[Row]:
    """Four sensors of one name among 20 strangers, and one that never answers."""

    async def run():
        legs = tuple(segment for segment in Segment if segment is not Segment.PELVIS)
        async with room("dot,interval_ms=15,strangers=20") as opened:
            began_s = time.perf_counter()
            worn = await opened.wear(*legs)
            right = all(opened.world.assigned[one.sensor.serial] is one.segment for one in worn)
            found_s = time.perf_counter() - began_s
            dead = opened.world.sensors[Segment.LEFT_SHIN]
            opened.world.radio.set_link(dead.address, LinkSettings(lost_fraction=1.0))
            opened.world.radio.set_link(
                dead.address, LinkSettings(connection_interval_s=0.015, missed_event_fraction=0.999)
            )
            began_s = time.perf_counter()
            try:
                await opened.wear(*legs)
                said = "NOTHING SAID"
            except SensorsMissingError as error:
                said = "named" if "left shin" in error.what else "NOT NAMED"
            return found_s, right, said, time.perf_counter() - began_s

    found_s, right, said, told_s = asyncio.run(run())
    return [
        (
            "four sensors of one name among 20 strangers: found",
            f"{'all right' if right else 'WRONG'} in {found_s:.1f} s",
            "<= 20 s",
        ),
        (
            "one that never answers: message",
            f"{said} after {told_s:.1f} s",
            "clear, <= 20 s",
        ),
    ]


def higher_rates() -> list[Row]:
    """What faster sensors of the open profile cost."""
    rows = []
    for rate_hz in (120.0, 200.0):
        plan = "open,interval_ms=7.5"

        async def run(rate_hz=rate_hz, plan=plan):
            async with room(plan) as opened:
                placed = await opened.place(*Segment, sampling_rate_hz=rate_hz)
                return await recorded(opened, placed, 20.0)

        _, status, cpu = asyncio.run(run())
        floor = asyncio.run(floor_cpu(plan, rate_hz, 10.0))
        lost = sum(one.lost for one in status)
        rows.append(
            (
                f"five sensors at {rate_hz:.0f} Hz: lost; CPU of the reader / whole process",
                f"{lost}; {100.0 * (cpu - floor):.1f} / {100.0 * cpu:.1f} %",
                "-",
            )
        )
    return rows


def everything() -> list[Row]:
    """All of the above."""
    return [
        *five_sensors(),
        *five_sensors_with_losses(),
        *link_lost_for_five_seconds(),
        *killed_recorder(),
        *finding(),
        *higher_rates(),
    ]
