"""The lines before the table in a CSV file of a Movella (Xsens) DOT."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from imu_hip.recording.formats.files import decode, head_of
from imu_hip.recording.formats.table import TextTable

TIME_COLUMN: Final = "sampletimefine"
HEADER_LINES: Final = 40

_STARTED: Final = re.compile(r"(\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d)[_.](\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class DotFile:
    """What the lines before the table say, and where the table is."""

    table: TextTable
    tag: str
    firmware: str
    rate_hz: float | None
    synced: bool
    started: datetime | None

    @property
    def name(self) -> str:
        """File name."""
        return self.table.name


def parse_dot_file(name: str, data: bytes) -> DotFile | None:
    """Read the lines before the table; None where the file is not one of a DOT."""
    lines = decode(head_of(data)).splitlines()[:HEADER_LINES]
    stated_separator = lines[0][4:5] if lines and lines[0].lower().startswith("sep=") else ""
    separator = stated_separator or ","
    place = next(
        (i for i, line in enumerate(lines) if TIME_COLUMN in _fold_all(line, separator)), None
    )
    if place is None or lines[0].startswith("//"):
        return None
    stated: dict[str, str] = {}
    for line in lines[:place]:
        key, _, value = line.partition(":")
        stated[folded(key)] = value.strip(f"{separator} \t")
    rate = re.match(r"\d+(\.\d+)?", stated.get("outputrate", ""))
    header = tuple(cell.strip() for cell in lines[place].split(separator))
    return DotFile(
        table=TextTable(name, data, header, place + 1, separator),
        tag=stated.get("devicetag", ""),
        firmware=stated.get("firmwareversion", ""),
        rate_hz=float(rate[0]) if rate else None,
        synced=stated.get("syncstatus", "").lower() == "synced",
        started=_start_time(stated.get("starttime", "")),
    )


def folded(name: str) -> str:
    """A column name without case and signs, `dv[1]` as `dv1`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _fold_all(line: str, separator: str) -> list[str]:
    return [folded(cell) for cell in line.split(separator)]


def _start_time(text: str) -> datetime | None:
    match = _STARTED.search(text)
    if not match:
        return None
    try:
        second = datetime.strptime(match[1], "%Y-%m-%d_%H:%M:%S")
    except ValueError:
        return None
    return second + timedelta(milliseconds=int(match[2]))
