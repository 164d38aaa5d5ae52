"""What the computer remembers of recordings that run on sensors, because those remember little."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_path

from imu_hip.bluetooth.drivers.on_sensor import StoredFile
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.private_files import private_folder

DATA_VARIABLE: Final = "IMU_HIP_DATA"
"""Names a folder for what imu_hip remembers, instead of the system's usual place."""

START_TOLERANCE_S: Final = 2
"""Sensors store the host's start in whole seconds."""


class SessionError(ImuHipError):
    """A recording on sensors is not known here, or what is known of it is damaged."""


@dataclass(frozen=True, slots=True)
class SessionSensor:
    """One sensor of a session.

    Parameters
    ----------
    driver
        Name of its driver.
    started_s
        When it confirmed the start, on the host's clock, after the first sensor did.
    """

    segment: Segment
    serial: str
    driver: str
    model: str = ""
    firmware: str = ""
    tag: str = ""
    started_s: float = 0.0


@dataclass(frozen=True, slots=True)
class OnSensorSession:
    """One recording that runs or ran on several sensors.

    Parameters
    ----------
    name
        Also the name of its files, on sensors whose files have names.
    sync_group
        Names the common clock; empty where the sensors were not synchronised.
    """

    name: str
    started_utc_s: int
    sampling_rate_hz: float
    duration_s: float | None
    sync_group: str
    sensors: tuple[SessionSensor, ...]

    def file_of(self, files: Sequence[StoredFile]) -> StoredFile | None:
        """Which of a sensor's files belongs to this session, None where none does."""
        for file in files:
            if file.key == self.name:
                return file
        near = [
            file
            for file in files
            if file.started_utc_s is not None
            and abs(file.started_utc_s - self.started_utc_s) <= START_TOLERANCE_S
        ]
        # Of a start that failed and one right after it, the later file is meant.
        return min(reversed(near), key=self._seconds_off, default=None)

    def _seconds_off(self, file: StoredFile) -> int:
        return abs((file.started_utc_s or 0) - self.started_utc_s)


def data_folder() -> Path:
    """What imu_hip remembers lies here: in the system's usual place, or where it is told."""
    given = os.environ.get(DATA_VARIABLE)
    return Path(given).expanduser() if given else user_data_path("imu-hip", appauthor=False)


def sessions_folder() -> Path:
    """Where sessions are remembered."""
    return data_folder() / "on_sensor_sessions"


def remember(session: OnSensorSession, folder: Path) -> Path:
    """Write a session down; a later call with the same name replaces it.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    private_folder(folder)
    path = _path(session, folder)
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(asdict(session), indent=1), encoding="utf-8")
    return path


def forget(session: OnSensorSession, folder: Path) -> None:
    """Remove what was written down of a session; no error where nothing was."""
    _path(session, folder).unlink(missing_ok=True)


def remembered(folder: Path) -> tuple[OnSensorSession, ...]:
    """All sessions of a folder, oldest first.

    Raises
    ------
    SessionError
        Naming a file that is damaged.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    sessions = [_read(path) for path in files]
    return tuple(sorted(sessions, key=lambda session: session.started_utc_s))


def session_named(name: str | None, folder: Path) -> OnSensorSession:
    """The session of a name, or the newest where none is given.

    Raises
    ------
    SessionError
        Where there is none; it lists those that are known.
    """
    sessions = remembered(folder)
    found = [session for session in sessions if name in (None, session.name)]
    if found:
        return found[-1]
    if not sessions:
        raise SessionError(
            "This computer has started no recording on sensors.",
            "Start one with `imu-hip sensor start`, or see what they hold with "
            "`imu-hip sensor list`.",
        )
    names = ", ".join(session.name for session in sessions)
    raise SessionError(f"There is no session {name}.", f"Known are {names}.")


def _path(session: OnSensorSession, folder: Path) -> Path:
    return folder / f"{session.name}.json"


def _read(path: Path) -> OnSensorSession:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        sensors = tuple(
            SessionSensor(**{**sensor, "segment": Segment(sensor["segment"])})
            for sensor in content.pop("sensors")
        )
        return OnSensorSession(sensors=sensors, **content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SessionError(
            f"{path} is damaged ({error}).", "Move it away and try again; the sensors keep theirs."
        ) from error
