"""The whole way from sensors on the air to a file, for programs."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.capture import Capture
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.driver import Driver
from imu_hip.bluetooth.drivers.registry import known_drivers
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import Show, record, require_target
from imu_hip.bluetooth.roster import find_wanted
from imu_hip.bluetooth.stream_choice import place
from imu_hip.bluetooth.wanted import Wanted
from imu_hip.names import Segment
from imu_hip.recording.recording import Recording


async def record_sensors(
    target: Path,
    segments: Sequence[Segment],
    *,
    duration_s: float | None = None,
    stop: asyncio.Event | None = None,
    assigned: Mapping[str, Segment] | None = None,
    sampling_rate_hz: float | None = None,
    mode: str | None = None,
    drivers: Sequence[Driver] = (),
    backends: Backends | None = None,
    simulated: bool = False,
    show: Show = lambda _: None,
) -> Recording:
    """Find sensors, record from all of them, and write the recording.

    Parameters
    ----------
    target
        The .parquet file to write, which must not exist.
    duration_s, stop
        When to end; at least one of them has to be given.
    assigned
        Segments by serial; sensors that are not in it are known by tags such as `left_thigh`.
    sampling_rate_hz, mode
        What the sensors stream; None is the best that they have.
    drivers
        Kinds of sensors to look for; without any, all that are known.
    backends
        Virtual sensors, or another way to reach real ones; None is this computer's Bluetooth.
    show
        Is told several times a second how the recording is.

    Raises
    ------
    BluetoothError
        Where Bluetooth cannot be used, or a sensor is missing or does not stream.
    OutputError
        Where the file exists or its folder does not.
    UnfinishedError
        Where the recording cannot be written; its journal is kept.
    ValueError
        Where nothing would ever end the recording.
    """
    if duration_s is None and stop is None:
        raise ValueError("a recording needs a duration or an event that stops it")
    require_target(target)
    central = Central(backends)
    wanted = Wanted(frozenset(segments), assigned or {})
    kinds = drivers or await asyncio.to_thread(known_drivers)
    found = await find_wanted(central, kinds, wanted)
    placed = [place(segment, sensor, sampling_rate_hz, mode) for segment, sensor in found.items()]
    header = journal_header(placed, target.name, simulated=simulated)
    async with Capture(central, placed) as capture:
        return await record(
            capture,
            header,
            target,
            duration_s=duration_s,
            stop=stop or asyncio.Event(),
            show=show,
        )
