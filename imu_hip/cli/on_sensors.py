"""What the commands of `imu-hip sensor` do once their arguments are read."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imu_hip.bluetooth import on_sensor
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.on_sensor import RecordingPlan, StoredFile
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.on_sensor import OnSensorError, SensorReport, recorder_of
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, sessions_folder
from imu_hip.bluetooth.on_sensor_start import start as start_all
from imu_hip.bluetooth.visit import Worn
from imu_hip.cli.running import run_async
from imu_hip.errors import ImuHipError
from imu_hip.live.air import LEGS, Air, chosen_segments, on_air
from imu_hip.names import Segment, printable


async def _worn(air: Air, segments: str | None) -> tuple[Worn, ...]:
    usual = LEGS if air.world else air.usual_segments()
    worn = await air.find(chosen_segments(segments, usual))
    for each in worn:
        recorder_of(each)
    return worn


def show_status(segments: str | None, virtual: str | None) -> None:
    """Print what each sensor does."""

    async def work() -> tuple[SensorReport, ...]:
        async with on_air(virtual) as air:
            return await on_sensor.reports(air.central, await _worn(air, segments))

    table = _table("segment", "serial", "state", "since", "memory", "battery")
    for report in run_async(work()):
        state, battery = report.status, report.battery
        table.add_row(
            report.worn.segment.words,
            escape(report.worn.sensor.serial),
            _doing(report),
            _moment(state.started_utc_s if state else None),
            f"{100.0 * state.used_fraction:.0f} %" if state and state.used_fraction is not None
            else "-",
            f"{battery.level_percent} %" if battery else "-",
        )  # fmt: skip
    Console().print(table)


def _doing(report: SensorReport) -> str:
    status = report.status
    if status is None:
        return escape(report.trouble)
    return escape(f"{status.state.value}, but {status.trouble}") if status.trouble else status.state


def start(
    segments: str | None,
    sampling_rate_hz: float | None,
    duration_s: float | None,
    *,
    sync: bool,
    virtual: str | None,
) -> None:
    """Start a recording on all sensors and remember it.

    Raises
    ------
    OnSensorError
        Where one cannot record; then none does.
    """
    console = Console()

    def tell(text: str) -> None:
        console.print(text, highlight=False, markup=False)

    async def work() -> OnSensorSession:
        async with on_air(virtual) as air:
            worn = await _worn(air, segments)
            now = datetime.now(UTC)
            plan = RecordingPlan(
                on_sensor.common_rate_hz(worn) if sampling_rate_hz is None else sampling_rate_hz,
                int(now.timestamp()),
                duration_s,
                now.strftime("%Y-%m-%d_%H%M%S"),
            )

            async def settle(duration_s: float) -> None:
                await asyncio.sleep(duration_s)
                air.begin()

            if not sync:
                air.begin()
            return await start_all(
                air.central,
                worn,
                plan,
                folder=sessions_folder(),
                sync=sync,
                tell=tell,
                pause=settle,
            )

    session = run_async(work())
    tell(f"Recording {session.name} runs on {len(session.sensors)} sensors. You may walk away.")
    tell("End it with `imu-hip sensor stop`, fetch it with `imu-hip sensor download OUT.parquet`.")


def stop(segments: str | None, virtual: str | None) -> None:
    """Stop the recording on all sensors.

    Raises
    ------
    OnSensorError
        Naming the sensors that could not be stopped.
    """

    async def work() -> Mapping[Segment, str]:
        async with on_air(virtual) as air:
            return await on_sensor.stop(air.central, await _worn(air, segments))

    outcome = run_async(work())
    for segment, text in outcome.items():
        typer.echo(f"{segment.words}: {text}")
    going_on = [segment.words for segment, text in outcome.items() if text.startswith("not")]
    if going_on:
        raise OnSensorError(
            f"These sensors may still record: {', '.join(going_on)}.",
            "Bring them near the computer and run `imu-hip sensor stop` again.",
        )


def show_files(segments: str | None, virtual: str | None) -> None:
    """Print the files of each sensor."""

    async def work() -> list[tuple[Worn, Sequence[StoredFile] | str]]:
        async with on_air(virtual) as air:
            found: list[tuple[Worn, Sequence[StoredFile] | str]] = []
            for worn in await _worn(air, segments):
                try:
                    found.append((worn, await on_sensor.files(air.central, worn)))
                except LinkLostError:
                    found.append((worn, "out of reach"))
                except DialogueError as error:
                    found.append((worn, error.what))
            return found

    table = _table("segment", "file", "started", "length", "size")
    for worn, files in run_async(work()):
        words = worn.segment.words
        if isinstance(files, str) or not files:
            table.add_row(words, escape(files) if isinstance(files, str) else "none", "", "", "")
            continue
        for file in files:
            length = "-" if file.duration_s is None else f"{file.duration_s:.0f} s"
            size = "-" if file.size_bytes is None else f"{file.size_bytes / 1e6:.1f} MB"
            table.add_row(
                words, escape(printable(file.key)), _moment(file.started_utc_s), length, size
            )
    Console().print(table)


def erase(segments: str | None, key: str | None, *, yes: bool, virtual: str | None) -> None:
    """Erase one file or everything, after asking.

    Raises
    ------
    ImuHipError
        Where there is no such file, or a sensor cannot erase it.
    """

    async def work() -> None:
        async with on_air(virtual) as air:
            worn = await _worn(air, segments)
            if key is not None:
                _require_erasing_of_one(worn)
            names = ", ".join(each.segment.words for each in worn)
            what = f"the file {key}" if key else "EVERYTHING that is stored"
            if not yes and not _confirmed(f"Erase {what} on {names}? It cannot be undone."):
                raise ImuHipError("Nothing was erased.", "Answer y, or give --yes, to erase.")
            for each in worn:
                await _erase_one(air, each, key)

    run_async(work())


def _require_erasing_of_one(worn: Sequence[Worn]) -> None:
    for each in worn:
        if not recorder_of(each).capabilities.erases_single_files:
            raise OnSensorError(
                f"The {each.words} is a {each.driver.model}, which only erases all of its files.",
                "Download what you need of them, then erase without --file.",
            )


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        # Nobody is there to answer, or the person pressed Ctrl-C at the question.
        return False


async def _erase_one(air: Air, worn: Worn, key: str | None) -> None:
    file = None
    if key is not None:
        files = await on_sensor.files(air.central, worn)
        file = next((each for each in files if each.key == key), None)
        if file is None:
            known = ", ".join(each.key for each in files) or "none"
            raise ImuHipError(
                f"The {worn.words} has no file {key}.", f"It has {known}; nothing more was erased."
            )
    try:
        await on_sensor.erase(air.central, worn, file)
    except DialogueError as error:
        raise ImuHipError(
            f"The {worn.words} erased nothing: {error}.",
            "Stop its recording with `imu-hip sensor stop`, then erase again.",
        ) from error
    typer.echo(f"{worn.segment.words}: erased")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _moment(utc_s: int | None) -> str:
    if utc_s is None:
        return "-"
    return datetime.fromtimestamp(utc_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
