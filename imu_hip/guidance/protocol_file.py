"""Read protocols: those that come with the project, and a clinic's own folder of TOML files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from imu_hip.errors import RecordingError
from imu_hip.guidance.errors import ProtocolError
from imu_hip.guidance.protocol import Cue, Movement, Protocol, StretchPart, TestPart
from imu_hip.guidance.protocol_checks import misfits, usual_gates
from imu_hip.names import Doing, Task
from imu_hip.recording.formats.files import decode, read_bytes
from imu_hip.recording.formats.toml_text import parse_toml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from imu_hip.guidance.protocol_schema import CueTable, PartTable, ProtocolTable, StretchTable

BUILT_IN: Final = ("seated", "prone", "cross_legged", "short", "stretch", "calibration")

LARGEST_BYTES: Final = 100_000

_CALIBRATION: Final = "calibration"
_FOLDER: Final = Path(__file__).with_name("protocols")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ADVICE: Final = "Correct the file; the protocols that come with imu_hip show how."


def protocols(folder: Path | None = None) -> tuple[Protocol, ...]:
    """All protocols, those of the project first.

    Parameters
    ----------
    folder
        A clinic's own; every `*.toml` in it is a protocol that is named like its file.

    Raises
    ------
    ProtocolError
        Listing every fault of every file.
    """
    paths = [_FOLDER / f"{name}.toml" for name in BUILT_IN]
    if folder is not None:
        paths += _own_files(folder)
    read: list[Protocol] = []
    bad: list[ProtocolError] = []
    for path in paths:
        try:
            read.append(_read(path))
        except ProtocolError as error:
            bad.append(error)
    if bad:
        faults = [fault for error in bad for fault in error.faults]
        raise ProtocolError(" ".join(error.what for error in bad), _ADVICE, faults)
    return tuple(read)


def read_protocol(path_or_name: str, folder: Path | None = None) -> Protocol:
    """One protocol, by its name or by the path of its file.

    Raises
    ------
    ProtocolError
        Where there is none, or listing every fault of it.
    """
    if path_or_name in BUILT_IN:
        return _read(_FOLDER / f"{path_or_name}.toml")
    own = _own_files(folder) if folder is not None else []
    for path in own:
        if path.stem == path_or_name:
            return _read(path)
    if path_or_name.endswith(".toml"):
        return _read(Path(path_or_name))
    known = ", ".join((*BUILT_IN, *(path.stem for path in own)))
    raise ProtocolError(
        f"There is no protocol {path_or_name}.", f"Choose one of {known}, or name a TOML file."
    )


def _own_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ProtocolError(
            f"{folder} is no folder.", "Name the folder that holds your protocols as TOML files."
        )
    return sorted(folder.glob("*.toml"))


def _read(path: Path) -> Protocol:
    from pydantic import ValidationError  # noqa: PLC0415 (slow to import)

    from imu_hip.guidance.protocol_schema import ProtocolTable  # noqa: PLC0415

    table = _table(path)
    faults = [*_name_faults(path)]
    checked = None
    try:
        checked = ProtocolTable.model_validate(table)
    except ValidationError as error:
        faults += _faults(error.errors())
    faults += [misfit for misfit in misfits(table) if misfit not in faults]
    if faults or checked is None:
        listed = "; ".join(faults)
        raise ProtocolError(f"{path.name} has these faults: {listed}.", _ADVICE, faults)
    return _protocol(path.stem, checked)


def _table(path: Path) -> dict[str, Any]:
    try:
        data = read_bytes(path)
        if len(data) > LARGEST_BYTES:
            what = f"is larger than {LARGEST_BYTES // 1000} kB"
            raise ProtocolError(f"{path.name} {what}.", _ADVICE, (what,))
        return parse_toml(decode(data))
    except RecordingError as error:
        raise ProtocolError(error.what, "Check the file.", (error.what,)) from error
    except ValueError as error:
        what = f"{path.name} is not readable TOML: {error}"
        raise ProtocolError(f"{what}.", _ADVICE, (what,)) from error


def _name_faults(path: Path) -> list[str]:
    if path.parent == _FOLDER:
        return []
    if path.stem in BUILT_IN:
        return [f"name of the file: {path.stem} is a protocol of imu_hip already"]
    if not _NAME.fullmatch(path.stem):
        return ["name of the file: only small letters, digits, - and _, 40 at most, are allowed"]
    return []


def _faults(found: Sequence["ErrorDetails"]) -> list[str]:
    # A list with a bad item is also called too short, which is no fault of its own.
    inner = {details["loc"][:depth] for details in found for depth in range(len(details["loc"]))}
    return [
        f"{_place(details['loc'])}: {_words(details)}"
        for details in found
        if details["type"] != "too_short" or details["loc"] not in inner
    ]


def _place(location: Sequence[int | str]) -> str:
    """A place as a person reads it: ('parts', 0, 'task') is 'part 1, task'."""
    words: list[str] = []
    for part in location:
        if isinstance(part, int):
            words[-1] = f"{words[-1].removesuffix('s').replace('_', ' ')} {part + 1}"
        elif part != "[key]":
            words.append(part)
    return ", ".join(words) or "file"


def _words(details: "ErrorDetails") -> str:
    context: Mapping[str, Any] = details.get("ctx", {})
    if details["type"] in ("enum", "literal_error"):
        return f"must be {context['expected']}"
    template = _WORDS.get(details["type"])
    if template is not None:
        return template.format(**context)
    return details["msg"].removeprefix("Value error, ")


_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is not known; remove it or check its spelling",
        "string_type": "must be a text",
        "string_too_short": "is empty",
        "string_too_long": "is longer than {max_length} characters",
        "string_pattern_mismatch": "may hold only small letters, digits and _",
        "too_short": "needs {min_length} at least",
        "too_long": "may hold {max_length} at most",
        "greater_than_equal": "must be {ge:g} at least",
        "less_than_equal": "must be {le:g} at most",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "finite_number": "must be a number",
        "tuple_type": "must be a list",
        "model_type": "must be a table",
        "dict_type": "must be a table",
    }
)


def _protocol(name: str, table: "ProtocolTable") -> Protocol:
    cues = {doing: _cue(cue) for doing, cue in table.cues.items()}
    return Protocol(
        name=name,
        title=table.title,
        about=table.about,
        kind=table.kind,
        sides=table.sides,
        cues=MappingProxyType({**({} if name == _CALIBRATION else _calibration_cues()), **cues}),
        parts=tuple(_part(part) for part in table.parts),
        stretch=None if table.stretch is None else _stretch(table.stretch),
        stop_rules=table.stop_rules,
    )


@cache
def _calibration_cues() -> Mapping[Doing, Cue]:
    # Every other protocol begins with the same poses.
    return _read(_FOLDER / f"{_CALIBRATION}.toml").cues


def _cue(table: "CueTable") -> Cue:
    return Cue(table.text, table.speech)


def _part(table: "PartTable") -> TestPart:
    task = Task(table.task)
    given = {name: value for name, value in table.gates if value is not None}
    return TestPart(
        task=task,
        position=_cue(table.position),
        picture=table.picture,
        movements=tuple(
            Movement(m.direction, _cue(m.move), _cue(m.hold), _cue(m.back)) for m in table.movements
        ),
        familiarisation=table.familiarisation,
        repetitions=table.repetitions,
        hold_s=table.hold_s,
        gates=replace(usual_gates(task), **given),
    )


def _stretch(table: "StretchTable") -> StretchPart:
    return StretchPart(
        position=_cue(table.position),
        picture=table.picture,
        begin=_cue(table.begin),
        deepen=_cue(table.deepen),
        ease_off=_cue(table.ease_off),
        change=_cue(table.change),
        bout_s=table.bout_s,
        rest_s=table.rest_s,
        total_s=table.total_s,
        restricted_ratio=table.restricted_ratio,
        ease_off_within_deg=table.ease_off_within_deg,
    )
