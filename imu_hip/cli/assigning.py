"""What `imu-hip assign` does: by light, by tag, by moving, or as it is told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imu_hip.bluetooth.assignment import (
    Assigned,
    Assignments,
    read_assignments,
    segment_of_tag,
    write_assignments,
)
from imu_hip.bluetooth.by_movement import Step, Told, tell
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.moving import MOVING_S, MovingSensors
from imu_hip.bluetooth.roster import meet_all
from imu_hip.cli.by_light import by_light
from imu_hip.errors import ImuHipError
from imu_hip.live.air import LEGS, Air, assignments_file, chosen_segments, on_air, remember
from imu_hip.names import Segment

MOST_TRIES = 3


def remembered_table(path: Path) -> Table:
    """What is remembered."""
    table = Table(box=None, pad_edge=False)
    for heading in ("segment", "sensor", "tag", "serial"):
        table.add_column(heading, overflow="fold")
    sensors = read_assignments(path).sensors
    for segment in Segment:
        for serial, assigned in sensors.items():
            if assigned.segment is segment:
                table.add_row(
                    segment.words, escape(assigned.model), escape(assigned.tag), escape(serial)
                )
    if not table.row_count:
        table.add_row("nothing is remembered", "", "", "")
    return table


def forget(serial: str, path: Path) -> None:
    """Forget one sensor, or all for `all`.

    Raises
    ------
    ImuHipError
        Where the sensor is not known.
    """
    known = read_assignments(path)
    if serial != "all" and known.segment_of(serial) is None:
        raise ImuHipError(
            f"No sensor {serial} is remembered.", "See which are with `imu-hip assign --list`."
        )
    write_assignments(Assignments() if serial == "all" else known.forget(serial), path)


def place(given: Sequence[str], path: Path) -> None:
    """Remember what was written as SERIAL=SEGMENT.

    Raises
    ------
    ImuHipError
        Naming the first part that is not such a pair.
    """
    known = read_assignments(path)
    placed: dict[str, Segment] = {}
    for text in given:
        serial, _, name = text.partition("=")
        segment = _named(name)
        if not serial or segment is None:
            raise ImuHipError(
                f"{text!r} does not say which sensor sits where.",
                f"Write SERIAL=SEGMENT, with one of {', '.join(Segment)}.",
            )
        if serial in placed or segment in placed.values():
            raise ImuHipError(
                f"{text!r} names a sensor or a segment that stands before it already.",
                "Name each once; nothing was changed.",
            )
        placed[serial] = segment
    for serial, segment in placed.items():
        known = known.set(
            serial, replace(known.sensors.get(serial, Assigned(segment)), segment=segment)
        )
    write_assignments(known, path)


def _named(text: str) -> Segment | None:
    """The segment that a person wrote as left_thigh, left-thigh or left thigh."""
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    return Segment(name) if name in set(Segment) else None


async def ask(by: str, segments: str | None, virtual: str | None, console: Console) -> None:
    """Find out where the sensors nearby sit, and remember it.

    Raises
    ------
    ImuHipError
        Where there are no sensors, or where it cannot be found out.
    """
    wanted = chosen_segments(segments, LEGS if by == "moving" else tuple(Segment))
    async with on_air(virtual) as air:
        console.print("Looking for sensors ...", highlight=False)
        sensors = (await meet_all(air.central, air.drivers)).known
        if not sensors:
            raise ImuHipError(
                "No sensor was found.", "Switch them on; `imu-hip doctor` helps if that is done."
            )
        if by == "tag":
            found = _by_tag(sensors, wanted)
        elif by == "light":
            found = await by_light(air, sensors, wanted, console)
        else:
            found = await _by_moving(air, sensors, wanted, console)
    remember(found, assignments_file(virtual))


def _by_tag(
    sensors: Sequence[KnownSensor], wanted: Sequence[Segment]
) -> dict[Segment, KnownSensor]:
    found: dict[Segment, KnownSensor] = {}
    for sensor in sensors:
        segment = segment_of_tag(sensor.label)
        if segment is None or segment not in wanted:
            continue
        if segment in found:
            raise ImuHipError(
                f"Two sensors are tagged as {segment.words}: {found[segment].words} and "
                f"{sensor.words}.",
                "Switch one off, or use --by light.",
            )
        found[segment] = sensor
    if not found:
        labels = ", ".join(sensor.words for sensor in sensors)
        raise ImuHipError(
            f"No tag says where its sensor sits: {labels}.",
            "Tag them like left_thigh in the maker's app, or use --by light or --by moving.",
        )
    return found


async def _by_moving(
    air: Air, sensors: Sequence[KnownSensor], wanted: Sequence[Segment], console: Console
) -> dict[Segment, KnownSensor]:
    serials: dict[Segment, str] = {}
    async with MovingSensors(air.central, sensors) as moving:
        air.begin()
        for step in Step:
            if step.segment not in wanted:
                continue
            for _ in range(MOST_TRIES):
                console.print(f"{step.instruction}  ({MOVING_S:.0f} s from now)", highlight=False)
                answer = tell(step, await moving.during(MOVING_S), serials)
                if isinstance(answer, Told):
                    serials[step.segment] = answer.serial
                    told = f"The {step.segment.words} is {answer.serial}."
                    console.print(told, highlight=False, markup=False)
                    break
                console.print(answer.why, highlight=False, markup=False)
            else:
                raise ImuHipError(
                    f"The {step.segment.words} could not be told by moving.",
                    "Use --by light, or write SERIAL=SEGMENT; nothing was changed.",
                )
    by_serial = {sensor.serial: sensor for sensor in sensors}
    return {segment: by_serial[serial] for segment, serial in serials.items()}
