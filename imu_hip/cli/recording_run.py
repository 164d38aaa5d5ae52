"""What `imu-hip record` does once its arguments are read."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from imu_hip.bluetooth.capture import Capture, Placed
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import record, require_target
from imu_hip.bluetooth.stream_choice import place
from imu_hip.cli.live_table import LiveTable
from imu_hip.cli.running import stopping_on_interrupt
from imu_hip.live.air import Air, chosen_segments, on_air
from imu_hip.live.stopping import unless_stopped
from imu_hip.recording.recording import Recording


@dataclass(frozen=True, slots=True)
class RecordWish:
    """What was asked for; None is what was left open."""

    target: Path
    segments: str | None
    duration_s: float | None
    sampling_rate_hz: float | None
    mode: str | None
    virtual: str | None


async def run_recording(wish: RecordWish, console: Console) -> Recording | None:
    """Find the sensors, record, and write the recording.

    Returns
    -------
    The recording, None where the person stopped before it began.

    Raises
    ------
    ImuHipError
        Where a wish cannot be met, sensors are missing, or the recording cannot be written.
    """
    require_target(wish.target)
    async with on_air(wish.virtual) as air:
        stop = asyncio.Event()
        with stopping_on_interrupt(stop):
            console.print("Looking for the sensors ...", highlight=False)
            placed = await unless_stopped(stop, _placed(air, wish))
            if placed is None:
                return None
            header = journal_header(placed, wish.target.name, simulated=air.is_simulated)
            duration_s = wish.duration_s
            if air.world is not None and duration_s is None:
                duration_s = air.world.duration_s
            async with AsyncExitStack() as opened:
                starting = opened.enter_async_context(Capture(air.central, placed))
                capture = await unless_stopped(stop, starting)
                if capture is None:
                    return None
                air.begin()
                table = opened.enter_context(LiveTable(console))
                return await record(
                    capture,
                    header,
                    wish.target,
                    duration_s=duration_s,
                    stop=stop,
                    show=table.show,
                )


async def _placed(air: Air, wish: RecordWish) -> list[Placed]:
    segments = chosen_segments(wish.segments, air.usual_segments())
    return [
        place(worn.segment, worn.sensor, wish.sampling_rate_hz, wish.mode)
        for worn in await air.find(segments)
    ]
