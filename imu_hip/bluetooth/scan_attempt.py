"""A real attempt to scan, in a process of its own.

macOS ends a process whose terminal may not use Bluetooth (signal SIGABRT, reason TCC); here that
ends the attempt only.
"""

import asyncio
import importlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Final

from bleak import BleakScanner

from imu_hip.bluetooth.errors import bluetooth_error

SCAN_S: Final = 3.0
PATIENCE_S: Final = 20.0
"""Longer than a scan and the start of Python; macOS may wait for a person's answer for ever."""

# -P: a file bleak.py in the person's folder must not take the place of the library.
_ATTEMPT: Final = (sys.executable, "-P", "-m", "imu_hip.bluetooth.scan_attempt")


@dataclass(frozen=True, slots=True)
class Radio:
    """A Bluetooth radio that Windows knows."""

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What came of an attempt to scan.

    Parameters
    ----------
    devices
        How many devices were seen, None where scanning failed.
    what, advice
        Why it failed and what to do; empty where it did not.
    radios
        All Bluetooth radios where the system tells them (Windows).
    """

    devices: int | None
    what: str = ""
    advice: str = ""
    radios: tuple[Radio, ...] = ()


async def devices_in_range() -> int:
    """Scan and count the devices that were seen."""
    return len(await BleakScanner.discover(timeout=SCAN_S))


async def attempt(scan: Callable[[], Awaitable[int]]) -> ScanOutcome:
    """Scan in this process; whatever goes wrong is told in sentences."""
    try:
        return ScanOutcome(await scan())
    # Bluetooth back-ends raise whatever their system raises: BleakError, OSError, EOFError.
    except Exception as error:
        told = bluetooth_error(error)
        return ScanOutcome(None, told.what, told.advice)


async def scan_apart(
    command: tuple[str, ...] = _ATTEMPT, patience_s: float = PATIENCE_S
) -> ScanOutcome:
    """Scan in a process of its own.

    Parameters
    ----------
    command
        What prints an outcome as JSON.
    patience_s
        After this time the process is ended.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), patience_s)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ScanOutcome(
            None,
            f"The scan did not end within {patience_s:g} s.",
            "If the system asks whether the terminal may use Bluetooth, allow it. "
            "Otherwise switch Bluetooth off and on.",
        )
    return _outcome(out, process.returncode or 0)


def _outcome(out: bytes, status: int) -> ScanOutcome:
    try:
        content = json.loads(out)
        radios = tuple(Radio(**radio) for radio in content.pop("radios"))
        return ScanOutcome(**content, radios=radios)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        if status == -signal.SIGABRT and sys.platform == "darwin":
            return ScanOutcome(
                None,
                "macOS ended the scan, because this terminal may not use Bluetooth.",
                "Add the terminal in System Settings > Privacy & Security > Bluetooth, quit it "
                "and start it again.",
            )
        return ScanOutcome(
            None,
            f"The scan ended unexpectedly with status {status}.",
            "Switch Bluetooth off and on, or restart the computer, then try once more.",
        )


async def _windows_radios() -> tuple[Radio, ...]:
    # Comes with bleak on Windows; imported by name because it exists nowhere else.
    radios = importlib.import_module("winrt.windows.devices.radios")
    return tuple(
        Radio(str(radio.name), radio.state == radios.RadioState.ON)
        for radio in await radios.Radio.get_radios_async()
        if radio.kind == radios.RadioKind.BLUETOOTH
    )


async def _print_outcome() -> None:
    outcome = asdict(await attempt(devices_in_range))
    if sys.platform == "win32":
        try:
            outcome["radios"] = [asdict(radio) for radio in await _windows_radios()]
        except (ImportError, OSError):
            outcome["radios"] = []
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    asyncio.run(_print_outcome())
