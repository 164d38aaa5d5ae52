"""The memory of a virtual DOT: its recordings, and one that may be running."""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from imu_hip.bluetooth.drivers.movella_dot_export import MOTION_FIELDS, Records
from imu_hip.bluetooth.drivers.movella_dot_flash import (
    FILE_HEADER_BYTES,
    MOST_FILES,
    UNIT_BYTES,
    FileInfo,
    FlashInfo,
)
from imu_hip.bluetooth.virtual.dot_sensing import STORED_TYPE, exported

FLASH_BYTES_PER_SAMPLE: Final = 52
FULLEST_FRACTION: Final = 0.9
LONGEST_DURATION_S: Final = 0xFFFE


@dataclass(frozen=True, slots=True, eq=False)
class StoredRun:
    """One recording, shape (n,), in the format of the memory."""

    started_utc_s: int
    rate_hz: float
    records: Records

    @property
    def info(self) -> FileInfo:
        """What the sensor tells of it: no rate, and whole seconds."""
        duration_s = min(LONGEST_DURATION_S, round(len(self.records) / self.rate_hz))
        return FileInfo(self.started_utc_s, duration_s)

    @property
    def units(self) -> int:
        """How many units of memory it takes."""
        return -(-len(self.records) * FLASH_BYTES_PER_SAMPLE // UNIT_BYTES)


@dataclass(frozen=True, slots=True)
class RunningRecording:
    """A recording that runs, by the true time at which it began.

    Parameters
    ----------
    timer_s
        Seconds after which it ends by itself, None where it does not.
    """

    started_utc_s: int
    rate_hz: float
    began_s: float
    timer_s: int | None = None


@dataclass(slots=True)
class DotMemory:
    """What a virtual DOT keeps while it has no power, and the recording that runs.

    Parameters
    ----------
    formatted
        False is a memory that has to be erased before it can be used.
    """

    size_bytes: int
    files: list[StoredRun] = field(default_factory=list)
    running: RunningRecording | None = None
    erased_utc_s: int = 0
    formatted: bool = True

    @property
    def info(self) -> FlashInfo:
        """What the sensor tells of it."""
        units = tuple(file.units for file in self.files)
        return FlashInfo(self.erased_utc_s, self.size_bytes, units)

    @property
    def room_samples(self) -> int:
        """How many samples a new recording may have before memory is as full as it may be."""
        left = self.size_bytes * FULLEST_FRACTION - self.info.used_bytes - FILE_HEADER_BYTES
        if left < 0 or len(self.files) >= MOST_FILES:
            return 0
        return int(left // FLASH_BYTES_PER_SAMPLE)

    def stored(self, index: int, fields: Iterable[int] = MOTION_FIELDS) -> bytes:
        """Exactly what an export of a recording, counted from 1, sends of its samples."""
        return exported(self.files[index - 1].records, fields).tobytes()

    def to_json(self) -> str:
        """Text that holds the whole memory."""
        running = None
        if self.running is not None:
            running = {
                "started_utc_s": self.running.started_utc_s,
                "rate_hz": self.running.rate_hz,
                "began_s": self.running.began_s,
                "timer_s": self.running.timer_s,
            }
        return json.dumps(
            {
                "size_bytes": self.size_bytes,
                "erased_utc_s": self.erased_utc_s,
                "formatted": self.formatted,
                "running": running,
                "files": [
                    {
                        "started_utc_s": file.started_utc_s,
                        "rate_hz": file.rate_hz,
                        "records": base64.b64encode(zlib.compress(file.records.tobytes())).decode(),
                    }
                    for file in self.files
                ],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "DotMemory":
        """Read what `to_json` wrote; a running recording went on since it began.

        Raises
        ------
        ValueError
            If the text is something else.
        """
        try:
            content = json.loads(text)
            running = content["running"]
            return cls(
                int(content["size_bytes"]),
                [_file(file) for file in content["files"]],
                None if running is None else _running(running),
                int(content["erased_utc_s"]),
                bool(content["formatted"]),
            )
        except (KeyError, TypeError, OverflowError, RecursionError, zlib.error) as error:
            raise ValueError(f"no memory of a virtual DOT: {error}") from error


def _file(content: dict[str, str | int | float]) -> StoredRun:
    raw = zlib.decompress(base64.b64decode(str(content["records"])))
    records: Records = np.frombuffer(raw, STORED_TYPE)
    return StoredRun(int(content["started_utc_s"]), float(content["rate_hz"]), records)


def _running(content: dict[str, int | float]) -> RunningRecording:
    timer_s = content["timer_s"]
    return RunningRecording(
        int(content["started_utc_s"]),
        float(content["rate_hz"]),
        float(content["began_s"]),
        None if timer_s is None else int(timer_s),
    )
