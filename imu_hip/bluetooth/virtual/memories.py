"""What virtual sensors keep from one command to the next, as real ones do: their memories."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.profiles import Kept
from imu_hip.errors import RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.private_files import private_folder


@dataclass(frozen=True, slots=True)
class Memories:
    """What the sensors of one person keep.

    Parameters
    ----------
    movement_began_s
        True time at which the person began to move, None where nobody records.
    """

    sensors: Mapping[Segment, Kept]
    movement_began_s: float | None = None


def memories_path(folder: Path, profile: str) -> Path:
    """Where the memories of a kind of sensors are kept."""
    return folder / f"{profile}.json"


def write_memories(memories: Memories, path: Path) -> None:
    """Keep memories.

    Raises
    ------
    OutputError
        Where they cannot be written.
    """
    private_folder(path.parent)
    content = {
        "movement_began_s": memories.movement_began_s,
        "sensors": {
            segment.value: {
                "memory": kept.memory,
                "clock": None if kept.clock is None else asdict(kept.clock),
            }
            for segment, kept in memories.sensors.items()
        },
    }
    # Two commands may end at once; a half-written memory would be a damaged one.
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(content), encoding="utf-8")


def read_memories(path: Path) -> Memories:
    """Read memories, empty ones where there is no file.

    Raises
    ------
    RecordingError
        Where the file is damaged.
    """
    if not path.exists():
        return Memories({})
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sensors = {
            Segment(name): Kept(
                str(kept["memory"]), None if kept["clock"] is None else Clockwork(**kept["clock"])
            )
            for name, kept in content["sensors"].items()
        }
        return Memories(sensors, content["movement_began_s"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path) from error


def damaged(path: Path) -> RecordingError:
    """Say that a file with memories cannot be used, and what to do."""
    return RecordingError(
        f"{path} is damaged: it is the memory of virtual sensors.",
        "Remove it; virtual sensors then begin with empty memories.",
    )
