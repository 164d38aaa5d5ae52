"""Which sensor sits on which segment, remembered by serial in the user's configuration."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from platformdirs import user_config_path

from imu_hip.errors import ImuHipError, OutputError
from imu_hip.names import Segment
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.formats.segment_names import segment_from_name
from imu_hip.recording.formats.toml_text import first_line_with, parse_toml

CONFIGURATION_VARIABLE: Final = "IMU_HIP_CONFIG"
FILE_NAME: Final = "sensors.toml"

_HEADER: Final = "# Which sensor sits on which segment. Written by `imu-hip assign`.\n"
_KEYS: Final = ("segment", "model", "tag")
_SHORT_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class AssignmentError(ImuHipError):
    """The file of remembered sensors cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where a sensor sits, and what a person knows it by."""

    segment: Segment
    model: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Assignments:
    """Sensors by serial; read-only after construction.

    Raises
    ------
    ValueError
        Where two sensors sit on one segment or a serial is empty.
    """

    sensors: Mapping[str, Assigned] = field(default_factory=dict)

    def __post_init__(self) -> None:
        segments = [assigned.segment for assigned in self.sensors.values()]
        if len(segments) != len(set(segments)) or "" in self.sensors:
            raise ValueError("a segment has one sensor, and a sensor has a serial")
        object.__setattr__(self, "sensors", MappingProxyType(dict(self.sensors)))

    def conflicts(self, serial: str, segment: Segment) -> tuple[str, ...]:
        """Serials of other sensors that sit on the segment; `set` would forget them."""
        return tuple(
            other
            for other, assigned in self.sensors.items()
            if assigned.segment is segment and other != serial
        )

    def set(self, serial: str, assigned: Assigned) -> "Assignments":
        """The same with one sensor placed; whatever sat on its segment is forgotten."""
        displaced = self.conflicts(serial, assigned.segment)
        kept = {other: value for other, value in self.sensors.items() if other not in displaced}
        return Assignments({**kept, serial: assigned})

    def forget(self, serial: str) -> "Assignments":
        """The same without one sensor, known or not."""
        return Assignments({s: assigned for s, assigned in self.sensors.items() if s != serial})

    def segment_of(self, serial: str) -> Segment | None:
        """Where a sensor sits, None where it is not known."""
        assigned = self.sensors.get(serial)
        return assigned.segment if assigned else None


def segment_of_tag(tag: str) -> Segment | None:
    """Segment that a sensor's tag such as 'left thigh' or 'R-shin' means, None where unclear."""
    return segment_from_name(tag)


def assignments_path() -> Path:
    """Where sensors are remembered: the user's configuration folder, or `IMU_HIP_CONFIG`."""
    given = os.environ.get(CONFIGURATION_VARIABLE)
    folder = Path(given).expanduser() if given else user_config_path("imu-hip", appauthor=False)
    return folder / FILE_NAME


def read_assignments(path: Path) -> Assignments:
    """Read the remembered sensors, none where there is no file yet.

    Raises
    ------
    AssignmentError
        Where the file cannot be read or is damaged, with the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Assignments()
    except OSError as error:
        raise AssignmentError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Ask for permission to read it, or set IMU_HIP_CONFIG to another folder.",
        ) from error
    try:
        return parse_assignments(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _damaged(path, f"line {line} is not text in UTF-8") from None
    except ValueError as error:
        raise _damaged(path, str(error)) from None


def write_assignments(assignments: Assignments, path: Path) -> None:
    """Remember the sensors; a file that is there and damaged is left as it is.

    Raises
    ------
    AssignmentError
        Where the file that is there cannot be read.
    OutputError
        Where nothing can be written.
    """
    read_assignments(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be created: {error.strerror or error}.",
            "Set IMU_HIP_CONFIG to a folder that you may write to.",
        ) from error
    with replacing(path) as unfinished:
        unfinished.write_bytes(assignments_as_toml(assignments).encode())


def assignments_as_toml(assignments: Assignments) -> str:
    """Text that `parse_assignments` reads back exactly (TOML 1.0)."""
    blocks = [_HEADER]
    for serial, assigned in assignments.sensors.items():
        lines = [f"[sensors.{_quoted(serial)}]"]
        lines += [f"{key} = {_quoted(str(getattr(assigned, key)))}" for key in _KEYS]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def parse_assignments(text: str) -> Assignments:
    """Read what `assignments_as_toml` wrote, or a person who edited it.

    Raises
    ------
    ValueError
        Naming the line and what is wrong there.
    """
    try:
        content = parse_toml(text)
    except ValueError as error:
        raise ValueError(_with_line(str(error), text)) from None
    for fault in _faults(content):
        raise ValueError(f"line {_line_of(fault, text)}: {fault}")
    return Assignments(
        {
            serial: Assigned(Segment(v["segment"]), v.get("model", ""), v.get("tag", ""))
            for serial, v in content.get("sensors", {}).items()
        }
    )


def _damaged(path: Path, fault: str) -> AssignmentError:
    return AssignmentError(
        f"{path} is damaged, {fault}.",
        "Correct that line, or rename the file and run `imu-hip assign` again; "
        "nothing in it was changed.",
    )


def _with_line(message: str, text: str) -> str:
    found = re.search(r" \(at line (\d+), column \d+\)$", message)
    if found:
        return f"line {found[1]}: {message[: found.start()]}"
    # tomllib names no line where the text is cut off at its end.
    last = text.rstrip("\n").count("\n") + 1
    return f"line {last}: {message.removesuffix(' (at end of document)')}"


def _faults(content: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with a parsed file, in sentences that do not change as the file grows."""
    yield from (f"{key!r} is not known" for key in content if key != "sensors")
    sensors = content.get("sensors", {})
    if not isinstance(sensors, dict):
        yield "'sensors' is no table"
        return
    seated: dict[object, str] = {}
    for serial, values in sensors.items():
        if not isinstance(values, dict) or not serial:
            yield f"sensor {serial!r} is no table with a serial"
            continue
        yield from _sensor_faults(serial, values)
        segment = values.get("segment")
        if isinstance(segment, str) and segment in seated:
            yield f"sensors {seated[segment]!r} and {serial!r} are both on the {segment!r}"
        elif isinstance(segment, str):
            seated[segment] = serial


def _sensor_faults(serial: str, values: Mapping[str, object]) -> Iterator[str]:
    for key, value in values.items():
        if key not in _KEYS:
            yield f"{key!r} of sensor {serial!r} is not known"
        elif not isinstance(value, str):
            yield f"{key!r} of sensor {serial!r} is no text in quotation marks"
        elif key == "segment" and value not in set(Segment):
            yield f"{value!r} is no segment; these are: {', '.join(Segment)}"
    if "segment" not in values:
        yield f"sensor {serial!r} has no segment"


def _line_of(fault: str, text: str) -> int:
    return first_line_with(text, lambda content: fault in _faults(content))


def _quoted(text: str) -> str:
    """A basic string of TOML; what is no Unicode text becomes a question mark."""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return f'"{"".join(map(_escaped, readable))}"'


def _escaped(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    # Control characters may not stand in a TOML string as they are (TOML 1.0, "String").
    if character < " " or character == "\x7f":
        return f"\\u{ord(character):04x}"
    return character
