"""`imu-hip sensor download`: from the memories of sensors to one recording."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from imu_hip.bluetooth import on_sensor
from imu_hip.bluetooth.downloaded import one_recording, read_stored
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.on_sensor import StoredFile
from imu_hip.bluetooth.drivers.registry import driver_named
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.fetch import Progress as Fetched
from imu_hip.bluetooth.fetch import fetch
from imu_hip.bluetooth.on_sensor import OnSensorError, recorder_of
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, session_named, sessions_folder
from imu_hip.bluetooth.recorder import require_target
from imu_hip.bluetooth.visit import Worn
from imu_hip.cli.running import run_async
from imu_hip.errors import OutputError
from imu_hip.live.air import Air, on_air
from imu_hip.names import Segment
from imu_hip.recording.formats import write_recording
from imu_hip.recording.formats.files import read_bytes
from imu_hip.recording.recording import Recording

Report = Callable[[Fetched], None]


def download(target: Path, name: str | None, virtual: str | None) -> None:
    """Fetch a session's files and write one recording.

    Raises
    ------
    ImuHipError
        Where something of it cannot be fetched; what came is kept and not fetched again.
    """
    require_target(target)
    session = session_named(name, sessions_folder())
    folder = raw_folder(target)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            "Choose another name for the recording.",
        ) from error
    console = Console()

    async def work() -> tuple[dict[Segment, Path], bool]:
        async with on_air(virtual) as air:
            worn = await air.find([sensor.segment for sensor in session.sensors])
            _require_same(worn, session)
            return await _fetch_all(air, worn, session, folder, console), air.is_simulated

    files, simulated = run_async(work())
    recording = joined(session, files, simulated=simulated)
    write_recording(recording, target)
    for warning in recording.warnings:
        console.print(f"Note: {warning}", highlight=False, markup=False)
    console.print(
        f"{recording.duration_s:.1f} s of {len(recording.streams)} sensors; what they sent is in "
        f"{folder}, and they still have it.",
        highlight=False,
        markup=False,
    )
    console.print(f"Wrote {target}", highlight=False, markup=False, soft_wrap=True)


def raw_folder(target: Path) -> Path:
    """Where the bytes that sensors sent are kept, beside the recording."""
    return target.with_suffix(".raw")


def raw_name(segment: Segment, serial: str, session: str) -> str:
    """The name of the file with what one sensor sent; nothing in a serial makes it a path."""
    plain = "".join(c if c.isalnum() or c in "-:" else "_" for c in serial)
    return f"{segment}_{plain}_{session}.bin"


def joined(
    session: OnSensorSession, files: Mapping[Segment, Path], *, simulated: bool
) -> Recording:
    """One recording of fetched files.

    Raises
    ------
    RecordingError
        Where a file holds no recording.
    """
    drivers = {sensor.driver: driver_named(sensor.driver) for sensor in session.sensors}
    stored = [
        read_stored(sensor, drivers[sensor.driver], read_bytes(files[sensor.segment]))
        for sensor in session.sensors
    ]
    return one_recording(session, stored, drivers, simulated=simulated)


def _require_same(worn: Sequence[Worn], session: OnSensorSession) -> None:
    serials = {sensor.segment: sensor.serial for sensor in session.sensors}
    for each in worn:
        if each.sensor.serial != serials[each.segment]:
            raise OnSensorError(
                f"{session.name} was recorded by {serials[each.segment]}, but the "
                f"{each.segment.words} now has {each.sensor.serial}.",
                "Place the sensors as they were with `imu-hip assign`, then download again.",
            )


async def _fetch_all(
    air: Air, worn: Sequence[Worn], session: OnSensorSession, folder: Path, console: Console
) -> dict[Segment, Path]:
    """Fetch from all sensors; one that gives nothing does not keep the others from it."""
    fetched: dict[Segment, Path] = {}
    reasons: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}"))
    with Progress(*columns, console=console, auto_refresh=False) as bars:
        for each in worn:
            report = _reporter(bars, each)
            try:
                fetched[each.segment] = await _fetch_one(air, each, session, folder, report)
            except LinkLostError:
                reasons.append(f"the {each.words} is out of reach")
            except DialogueError as error:
                reasons.append(f"the {each.words}: {error.what}")
    if reasons:
        raise OnSensorError(
            f"Not everything of {session.name} came: {'; '.join(reasons)}.",
            f"What came is in {folder}; download again to the same name and it goes on there.",
        )
    return fetched


def _reporter(bars: Progress, worn: Worn) -> Report:
    bar = bars.add_task(worn.segment.words, total=None)

    def report(progress: Fetched) -> None:
        total = progress.expected_units
        bars.update(bar, completed=progress.units, total=total, refresh=True)

    return report


async def _fetch_one(
    air: Air, worn: Worn, session: OnSensorSession, folder: Path, report: Report
) -> Path:
    final = folder / raw_name(worn.segment, worn.sensor.serial, session.name)
    if await asyncio.to_thread(final.exists):
        return final
    file = session.file_of(await on_sensor.files(air.central, worn))
    if file is None:
        raise DialogueError(f"it has no file of {session.name}, see `imu-hip sensor list`")
    expected = _expected_units(worn, file, session)
    return await fetch(air.central, worn, file, final, expected_units=expected, report=report)


def _expected_units(worn: Worn, file: StoredFile, session: OnSensorSession) -> int | None:
    if file.size_bytes is not None:
        return file.size_bytes // recorder_of(worn).unit_bytes
    if file.duration_s is not None:
        return math.ceil(file.duration_s * session.sampling_rate_hz)
    return None
