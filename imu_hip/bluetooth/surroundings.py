"""Facts about this computer that decide whether it can record; nothing is judged here."""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bleak.backends import get_default_backend
from bleak.exc import BleakError

import imu_hip
from imu_hip.bluetooth.scan_attempt import ScanOutcome

LIBRARIES: Final = ("bleak", "bleak-retry-connector", "bumble")

_INTERVAL_UNIT_MS: Final = 1.25
"""Unit of a connection interval (Bluetooth Core Specification, Vol 4, Part E, LE Connection)."""


@dataclass(frozen=True, slots=True)
class RadioBlock:
    """A Bluetooth radio of Linux's rfkill: blocked by software, by a switch, or not."""

    name: str
    soft: bool
    hard: bool


@dataclass(frozen=True, slots=True)
class LinuxFacts:
    """What Linux tells about its Bluetooth.

    Parameters
    ----------
    adapters
        Names such as `hci0`.
    enclosure
        `WSL`, `container`, or empty.
    bluez_version
        Empty where it cannot be read.
    shortest_interval_ms
        Connection interval that the kernel asks for, by adapter; root alone can read it.
    """

    adapters: tuple[str, ...] = ()
    blocks: tuple[RadioBlock, ...] = ()
    has_bus: bool = True
    daemon_runs: bool = True
    enclosure: str = ""
    bluez_version: str = ""
    shortest_interval_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where recordings would be written."""

    path: Path
    writable: bool
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that is judged.

    Parameters
    ----------
    system
        `Linux`, `Darwin` or `Windows`, as `platform.system()` says.
    release
        Version of the system (of the kernel on Linux).
    libraries
        Installed versions by name; what is not installed is absent.
    backend
        The back-end that bleak chose, empty where there is none.
    clock_s, installed_s
        The time now and when this package was installed, in seconds since 1970.
    """

    system: str
    release: tuple[int, ...]
    python: tuple[int, ...]
    libraries: Mapping[str, str]
    backend: str
    scan: ScanOutcome
    folder: Folder
    clock_s: float
    installed_s: float
    linux: LinuxFacts | None = None


def gather(folder: Path, scan: ScanOutcome, root: Path = Path("/")) -> Surroundings:
    """Gather the facts; what cannot be read is left out, nothing is raised.

    Parameters
    ----------
    folder
        Where recordings are to be written.
    scan
        What came of an attempt to scan.
    root
        Root of the file system.
    """
    system = platform.system()
    return Surroundings(
        system=system,
        release=_release(system),
        python=sys.version_info[:3],
        libraries=dict(_installed()),
        backend=_backend(),
        scan=scan,
        folder=look_at_folder(folder),
        clock_s=time.time(),
        installed_s=Path(imu_hip.__file__).stat().st_mtime,
        linux=gather_linux(root) if system == "Linux" else None,
    )


def gather_linux(root: Path) -> LinuxFacts:
    """Facts from the file system of Linux."""
    known = root / "sys" / "class"
    # A connection shows up beside its adapter, as hci0:64.
    adapters = sorted(p.name for p in (known / "bluetooth").glob("hci*") if ":" not in p.name)
    blocks = (_block(path) for path in sorted((known / "rfkill").glob("rfkill*")))
    debug = root / "sys" / "kernel" / "debug" / "bluetooth"
    units = {name: _text(debug / name / "conn_min_interval") for name in adapters}
    return LinuxFacts(
        adapters=tuple(adapters),
        blocks=tuple(block for block in blocks if block),
        has_bus="DBUS_SYSTEM_BUS_ADDRESS" in os.environ
        or (root / "run" / "dbus" / "system_bus_socket").exists(),
        daemon_runs=any(
            _text(path) == "bluetoothd" for path in (root / "proc").glob("[0-9]*/comm")
        ),
        enclosure=_enclosure(root),
        bluez_version=_bluez_version(),
        shortest_interval_ms={
            name: _INTERVAL_UNIT_MS * int(text) for name, text in units.items() if text.isdigit()
        },
    )


def look_at_folder(path: Path) -> Folder:
    """Try to write into a folder, and ask for its free space."""
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"imu-hip")
        return Folder(path, writable=True, free_bytes=shutil.disk_usage(path).free)
    except OSError:
        return Folder(path, writable=False, free_bytes=0)


def _release(system: str) -> tuple[int, ...]:
    if system == "Darwin":
        text = platform.mac_ver()[0]
    else:
        text = platform.version() if system == "Windows" else platform.release()
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def _installed() -> list[tuple[str, str]]:
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _backend() -> str:
    try:
        return get_default_backend().value
    except BleakError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _block(path: Path) -> RadioBlock | None:
    if _text(path / "type") != "bluetooth":
        return None
    name = _text(path / "name") or path.name
    return RadioBlock(name, _text(path / "soft") == "1", _text(path / "hard") == "1")


def _enclosure(root: Path) -> str:
    if "microsoft" in _text(root / "proc" / "sys" / "kernel" / "osrelease").lower():
        return "WSL"
    marks = (root / ".dockerenv", root / "run" / ".containerenv")
    return "container" if any(mark.exists() for mark in marks) else ""


def _bluez_version() -> str:
    command = shutil.which("bluetoothctl")
    if command is None:
        return ""
    try:
        done = subprocess.run(
            [command, "--version"], capture_output=True, text=True, check=False, timeout=5.0
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+\.\d+", done.stdout)
    return found[0] if found else ""
