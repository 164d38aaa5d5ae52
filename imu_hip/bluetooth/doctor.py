"""Whether this computer can record from sensors, and what to do about what stands in the way."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from imu_hip.bluetooth.doctor_systems import linux_findings, macos_findings, windows_findings
from imu_hip.bluetooth.finding import Finding, State
from imu_hip.bluetooth.surroundings import Folder, Surroundings

OLDEST_PYTHON: Final = (3, 11)
NEEDED: Final = {"bleak": ((3, 1), (4,)), "bleak-retry-connector": ((4, 7), (5,))}
"""Versions `[from, below)` that the reader was written for."""

SCARCE_BYTES: Final = 1_000_000_000
"""Some hours: five sensors at 60 Hz write about 0.15 GB an hour."""

TOO_FEW_BYTES: Final = 100_000_000

_DAY_S: Final = 86_400.0
_SYSTEMS: Final = {
    "Linux": linux_findings,
    "Darwin": macos_findings,
    "Windows": windows_findings,
}
_SET_CLOCK: Final = {
    "Linux": "Run `sudo timedatectl set-ntp true`.",
    "Darwin": "Set it in System Settings > General > Date & Time.",
    "Windows": "Set it in Settings > Time & language > Date & time.",
}


def examine(surroundings: Surroundings) -> tuple[Finding, ...]:
    """Judge the facts about a computer.

    Returns
    -------
    tuple of Finding
        A problem among them prevents recording.
    """
    system = _SYSTEMS.get(surroundings.system)
    return (
        _python(surroundings.python),
        *_libraries(surroundings),
        *(system(surroundings) if system else ()),
        _scan(surroundings),
        _folder(surroundings.folder),
        _clock(surroundings),
        _virtual(surroundings),
    )


def problems(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings that prevent recording."""
    return tuple(finding for finding in findings if finding.state is State.PROBLEM)


def _python(version: tuple[int, ...]) -> Finding:
    what = f"Python {'.'.join(map(str, version))}."
    if version < OLDEST_PYTHON:
        return Finding("Python", State.PROBLEM, what, "Install Python 3.11 or newer.")
    return Finding("Python", State.OK, what)


def _libraries(surroundings: Surroundings) -> Iterator[Finding]:
    reinstall = "Run `python -m pip install --upgrade imu-hip`."
    for name, (first, below) in NEEDED.items():
        version = surroundings.libraries.get(name)
        if version is None:
            yield Finding(name, State.PROBLEM, "It is not installed.", reinstall)
            continue
        numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
        chosen = f", back-end {surroundings.backend}" if name == "bleak" else ""
        if first <= numbers < below:
            yield Finding(name, State.OK, f"Version {version}{chosen}.")
        else:
            what = f"Version {version}{chosen} was not tried with this program."
            yield Finding(name, State.WARNING, what, reinstall)
    if not surroundings.backend:
        yield Finding(
            "Back-end",
            State.PROBLEM,
            f"There is no Bluetooth for Python on {surroundings.system or 'this system'}.",
            "Use a computer with Linux, macOS or Windows.",
        )


def _scan(surroundings: Surroundings) -> Finding:
    scan = surroundings.scan
    if scan.devices is None:
        enclosed = surroundings.linux is not None and surroundings.linux.enclosure
        advice = f"See what is said of the {enclosed} above." if enclosed else scan.advice
        return Finding("Scan", State.PROBLEM, scan.what, advice)
    if scan.devices == 0:
        return Finding(
            "Scan",
            State.WARNING,
            "Bluetooth works, but no device was seen.",
            "Wake the sensors by their buttons, bring them near and end other programs that are "
            "connected to them.",
        )
    devices = "1 device" if scan.devices == 1 else f"{scan.devices} devices"
    return Finding("Scan", State.OK, f"Bluetooth works; {devices} seen.")


def _folder(folder: Folder) -> Finding:
    if not folder.writable:
        return Finding(
            "Data folder",
            State.PROBLEM,
            f"Nothing can be written to {folder.path}.",
            "Change to a folder of your own, such as one in your home folder.",
        )
    what = f"{folder.path} has {folder.free_bytes / 1e9:.1f} GB free."
    if folder.free_bytes >= SCARCE_BYTES:
        return Finding("Data folder", State.OK, what)
    scarce = folder.free_bytes >= TOO_FEW_BYTES
    state = State.WARNING if scarce else State.PROBLEM
    return Finding("Data folder", state, what, "Make room, or record to another disk.")


def _clock(surroundings: Surroundings) -> Finding:
    now = datetime.fromtimestamp(surroundings.clock_s, UTC)
    what = f"The clock shows {now:%Y-%m-%d %H:%M} UTC"
    if surroundings.clock_s >= surroundings.installed_s - _DAY_S:
        return Finding("Clock", State.OK, f"{what}.")
    advice = _SET_CLOCK.get(surroundings.system, "Set it.")
    return Finding(
        "Clock",
        State.WARNING,
        f"{what}, which is before this program was installed; recordings would be dated wrongly.",
        advice,
    )


def _virtual(surroundings: Surroundings) -> Finding:
    version = surroundings.libraries.get("bumble")
    if version is not None:
        what = f"Virtual sensors are installed (bumble {version})."
        return Finding("Virtual sensors", State.OK, what)
    return Finding(
        "Virtual sensors",
        State.OK,
        "Virtual sensors, to try everything without hardware, are not installed.",
        "If you want them, run `pip install '.[virtual]'` in imu_hip's folder.",
    )
