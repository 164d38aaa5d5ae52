"""What other installed packages add to imu_hip: kinds of sensors, formats of recordings.

A package names what it adds in its `pyproject.toml`, and every command knows it from then on:

    [project.entry-points."imu_hip.drivers"]
    wobble = "wobble_board:DRIVER"
"""

import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from imu_hip.errors import ImuHipError

DRIVERS: Final = "imu_hip.drivers"
"""Objects that fill the port `imu_hip.bluetooth.drivers.driver.Driver`."""

FORMATS: Final = "imu_hip.formats"
"""Objects of the class `imu_hip.recording.formats.registry.Format`."""


class PlugInError(ImuHipError):
    """Another package adds something to imu_hip that cannot be used."""


def added(group: str) -> Iterator[tuple[EntryPoint, object]]:
    """What installed packages add to a group, by name, each loaded as it is asked for.

    Raises
    ------
    PlugInError
        Where one cannot be loaded.
    """
    for entry in _entries(group, tuple(sys.path)):
        # Whatever a foreign module does while it is loaded is its own; it must not look like ours.
        try:
            loaded = entry.load()
        except Exception as error:
            raise unusable(entry, f"{type(error).__name__}: {error}") from error
        yield entry, loaded


@cache
def _entries(group: str, _places: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    # To look through all installed packages takes milliseconds, and a folder may hold thousands of
    # files for which they are asked. What is installed changes with the places it is looked for.
    return tuple(sorted(entry_points(group=group), key=lambda entry: entry.name))


def unusable(entry: EntryPoint, reason: str) -> PlugInError:
    """The error for something that was added and cannot be used."""
    package = entry.dist.name if entry.dist else "a package"
    return PlugInError(
        f"'{entry.name}', which {package} adds to imu_hip, cannot be used: {reason}.",
        f"Correct {entry.value} in {package}, or uninstall {package}.",
    )
