"""The memory of a virtual Capture2Go, storable between two commands of a demonstration."""

import base64
import json
import struct
import zlib
from dataclasses import dataclass, field

from imu_hip.bluetooth.drivers.capture2go_packages import MeasurementMode

_MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    zlib.error,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class RunningRecording:
    """A recording that has not ended.

    Parameters
    ----------
    mode
        What is measured, and the sensor's part in a group of clocks.
    began_s
        True time at which it began.
    started_ns
        What the sensor's clock showed then.
    duration_s
        None records until it is stopped.
    """

    name: str
    mode: MeasurementMode
    began_s: float
    started_ns: int
    duration_s: float | None


@dataclass(slots=True)
class Capture2GoMemory:
    """Files by name in the order in which they were made, and the recording that runs.

    Parameters
    ----------
    size_bytes
        Room for the bytes of all files; names cost nothing.
    files
        A running recording's file is among them and grows.
    """

    size_bytes: int
    files: dict[str, bytearray] = field(default_factory=dict)
    running: RunningRecording | None = None

    @property
    def used_bytes(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))

    @property
    def free_percent(self) -> int:
        """Room left, rounded down."""
        return max(0, 100 * (self.size_bytes - self.used_bytes) // self.size_bytes)

    def append(self, name: str, data: bytes) -> bool:
        """Write to a file; False, and nothing written, where there is no room."""
        if self.used_bytes + len(data) > self.size_bytes:
            return False
        self.files[name] += data
        return True

    def to_json(self) -> str:
        """Everything as text; what a running recording holds is measured anew from its start."""
        running = self.running
        stored = {name: data for name, data in self.files.items() if not _grows(running, name)}
        document = {
            "size_bytes": self.size_bytes,
            "files": {
                name: base64.b64encode(zlib.compress(data, 1)).decode("ascii")
                for name, data in stored.items()
            },
            "running": None
            if running is None
            else {
                "name": running.name,
                "mode": running.mode.encode().hex(),
                "began_s": running.began_s,
                "started_ns": running.started_ns,
                "duration_s": running.duration_s,
            },
        }
        return json.dumps(document)

    @classmethod
    def from_json(cls, text: str) -> "Capture2GoMemory":
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError
            Where the text is something else.
        """
        try:
            document = json.loads(text)
            files = {
                name: bytearray(zlib.decompress(base64.b64decode(data)))
                for name, data in document["files"].items()
            }
            running = document["running"]
            if running is not None:
                mode = MeasurementMode.decode(bytes.fromhex(running.pop("mode")))
                running = RunningRecording(mode=mode, **running)
            return cls(document["size_bytes"], files, running)
        except _MALFORMED as error:
            raise ValueError(f"no memory of a virtual Capture2Go: {error}") from error


def _grows(running: RunningRecording | None, name: str) -> bool:
    return running is not None and running.name == name
