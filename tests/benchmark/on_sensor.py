"""A recording on four virtual sensors: is it fetched whole, and are the sensors on one timeline?"""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from imu_hip.bluetooth import on_sensor
from tests.on_sensor_runs import LEGS, Person

Row = tuple[str, str, str]

DURATION_S = 600.0
RATE_HZ = 120.0
VIRTUAL = "dot,interval_ms=0,lost=0.01,drift_ppm=40,export_per_s=3000"
LOST_LINKS = 2
BAR_MS = 2.0


def ten_minutes_on_four_sensors() -> list[Row]:
    """Record, fetch and join; true time is moved on, the radio takes the time that it takes."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Row]:
    async with Person(VIRTUAL, LEGS, DURATION_S) as person:
        session = await person.start(folder, rate_hz=RATE_HZ)
        person.begin()
        await person.clock.pass_by(DURATION_S)
        await on_sensor.stop(person.central, person.worn)
        began_s, busy_s = time.perf_counter(), time.process_time()
        # Each file is compared with what its sensor stores, byte by byte.
        paths = {
            worn.segment: await person.fetch(worn, session, folder, lost_links=LOST_LINKS)
            for worn in person.worn
        }
        took_s, busy_s = time.perf_counter() - began_s, time.process_time() - busy_s
        counts = [person.world.radio.counts(w.sensor.found.address) for w in person.worn]
        began_s = time.perf_counter()
        recording = person.join(session, paths)
        joined_s = time.perf_counter() - began_s
    streams = recording.streams.values()
    samples = sum(len(stream.time_s) for stream in streams)
    lost = sum(stream.lost_samples() for stream in streams)
    errors_ms = 1e3 * person.turn.pairwise_errors_s(recording)
    sent, missed = sum(c.sent for c in counts), sum(c.sent - c.delivered for c in counts)
    what = "on-sensor recording, 10 min at 120 Hz on 4 DOTs"
    return [
        (
            f"{what}: samples fetched / missing, link lost {LOST_LINKS} times a sensor",
            f"{samples} / {lost}",
            "all, identical to what the sensors store",
        ),
        (f"{what}: notifications sent / lost", f"{sent} / {missed}", "about 1 % lost"),
        (
            f"{what}: time between sensors, p95 / largest",
            f"{np.percentile(errors_ms, 95):.2f} / {errors_ms.max():.2f} ms",
            f"<= {BAR_MS:.0f} ms",
        ),
        (
            f"{what}: download at 3000 samples a second, time / processor, both sides",
            f"{took_s:.0f} / {busy_s:.0f} s",
            f"{samples / 3000:.0f} s without losses",
        ),
        (f"{what}: joined in", f"{joined_s:.1f} s", ""),
    ]
