"""What must fit together in a protocol file, checked on what was read, whole or not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from imu_hip.guidance.protocol import ProtocolKind
from imu_hip.measures.cross_legged import CROSSING
from imu_hip.measures.repetitions import RepetitionParameters
from imu_hip.names import Task

LARGEST_NUMBER: Final = 1e9


def usual_gates(task: object) -> RepetitionParameters:
    """What counts as a repetition of a task where a protocol says nothing else."""
    return CROSSING if task == Task.CROSS_LEGGED else RepetitionParameters()


def misfits(table: Mapping[str, Any]) -> Iterator[str]:
    """Every fault between the parts of a protocol, with its place.

    The shape of the file is checked elsewhere, so whatever has the wrong type is passed over.
    """
    yield from _kind_misfits(table)
    sides = _list(table.get("sides"))
    if len(sides) != len({str(side) for side in sides}):
        yield "sides: one is named twice"
    seen: dict[str, int] = {}
    for number, part in enumerate(_tables(table.get("parts")), start=1):
        task = part.get("task")
        if isinstance(task, str) and task in seen:
            yield f"part {number}, task: {task} is part {seen[task]} already"
        elif isinstance(task, str):
            seen[task] = number
        for misfit in _part_misfits(part):
            yield f"part {number}, {misfit}"
    stretch = table.get("stretch")
    if isinstance(stretch, Mapping):
        yield from _stretch_misfits(stretch)


def _kind_misfits(table: Mapping[str, Any]) -> Iterator[str]:
    kind, parts, stretch = table.get("kind"), table.get("parts"), table.get("stretch")
    if kind == ProtocolKind.TEST and not parts:
        yield "parts: a test needs one at least"
    if kind == ProtocolKind.STRETCH and stretch is None:
        yield "stretch: is missing"
    if kind in (ProtocolKind.STRETCH, ProtocolKind.CALIBRATION) and parts:
        yield f"parts: belong to a test, not to a protocol of the kind {kind}"
    if kind in (ProtocolKind.TEST, ProtocolKind.CALIBRATION) and stretch is not None:
        yield f"stretch: does not belong to a protocol of the kind {kind}"


def _part_misfits(part: Mapping[str, Any]) -> Iterator[str]:
    crosses = part.get("task") == Task.CROSS_LEGGED
    turns = part.get("task") in (Task.SEATED, Task.PRONE)
    seen: set[object] = set()
    for number, movement in enumerate(_tables(part.get("movements")), start=1):
        direction = movement.get("direction")
        if crosses and direction is not None:
            yield f"movement {number}, direction: crossing a leg has none"
        if turns and direction is None:
            yield f"movement {number}, direction: is missing (internal or external)"
        if isinstance(direction, str | None) and direction in seen:
            yield f"movement {number}, direction: the same as that of another movement"
        elif isinstance(direction, str | None):
            seen.add(direction)
    gates = part.get("gates")
    yield from _gate_misfits(part, gates if isinstance(gates, Mapping) else {})


def _gate_misfits(part: Mapping[str, Any], gates: Mapping[str, Any]) -> Iterator[str]:
    usual_s = usual_gates(part.get("task")).shortest_plateau_s
    shortest_s = _number(gates.get("shortest_plateau_s", usual_s))
    hold_s = _number(part.get("hold_s"))
    if hold_s is not None and shortest_s is not None and hold_s < shortest_s:
        yield f"hold_s: is shorter than the shortest plateau that counts, {shortest_s:g} s"
    knee = [_number(value) for value in _list(gates.get("knee_range_deg"))]
    if len(knee) == 2 and None not in knee and knee[0] >= knee[1]:  # type: ignore[operator]
        yield "gates, knee_range_deg: the second must be greater than the first"


def _stretch_misfits(stretch: Mapping[str, Any]) -> Iterator[str]:
    bout_s, total_s = _number(stretch.get("bout_s")), _number(stretch.get("total_s"))
    if bout_s is not None and total_s is not None and total_s < bout_s:
        yield "stretch, total_s: is shorter than one bout"


def _tables(value: object) -> Iterator[Mapping[str, Any]]:
    for item in _list(value):
        yield item if isinstance(item, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A number of hundreds of digits is refused by its field.
    return float(value) if abs(value) < LARGEST_NUMBER else None
