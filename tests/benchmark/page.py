"""The live page in a browser: from a sample to its picture, and what the server takes."""

import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from imu_hip.bluetooth.virtual.world import open_world
from tests.benchmark import on_the_air
from tests.rooms import Room
from tests.served_page import ServedPage

Row = tuple[str, str, str]

WATCHED_S = 60.0
PLAN = "dot,play=guided"
FRAMES = """() => {
  window.imuHipDelays.length = 0;
  window.framesDrawn = 0;
  const count = () => { window.framesDrawn += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""


def sample_to_pixel() -> list[Row]:
    """Five virtual sensors at 60 Hz in a seated test, watched for a minute while it measures.

    A delay is from the time at which a sensor took the sample to the animation frame in which
    the page draws it. The virtual sensors run in the server's process; what they take by
    themselves is measured apart.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        print("No Chromium on this computer; the page was not measured.")
        return []
    with (
        tempfile.TemporaryDirectory() as folder,
        ServedPage(Path(folder), "--plan", PLAN, "--no-browser") as served,
        sync_playwright() as playwright,
    ):
        served.wait_for_address()
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(served.address)
        page.get_by_label("Name or alias").fill("Benchmark")
        page.locator('[data-protocol="seated"]').click()
        page.locator('main[data-stage="familiarise"]').wait_for(timeout=120_000)
        page.evaluate(FRAMES)
        server = psutil.Process(served.process.pid)
        before, begin = _cpu_s(server), time.monotonic()
        page.wait_for_timeout(WATCHED_S * 1000.0)
        took_s = time.monotonic() - begin
        share = (_cpu_s(server) - before) / took_s
        delays_ms = [float(delay) for delay in page.evaluate("window.imuHipDelays")]
        display_hz = page.evaluate("window.framesDrawn") / took_s
        browser.close()
        served.interrupt()
    return [
        ("sample to pixel, median", f"{statistics.median(delays_ms):.0f} ms", "<= 40 ms"),
        ("sample to pixel, p99", f"{np.percentile(delays_ms, 99.0):.0f} ms", "<= 120 ms"),
        ("angles drawn a second", f"{len(delays_ms) / took_s:.0f}", "up to 60"),
        ("animation frames a second", f"{display_hz:.0f}", "60"),
        (
            "server, over bare bleak clients of the same virtual sensors",
            f"{100.0 * (share - asyncio.run(_floor())):.0f} % of a core",
            "<= 35 %",
        ),
        ("the whole process with five virtual sensors", f"{100.0 * share:.0f} % of a core", "-"),
    ]


async def _floor() -> float:
    """The share of a core that the virtual sensors take without imu_hip reading them."""
    async with open_world(PLAN) as world:
        world.begin()
        return await on_the_air.floor_in(Room(world), 60.0, on_the_air.FLOOR_S)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
