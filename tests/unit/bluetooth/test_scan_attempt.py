"""An attempt to scan: whatever goes wrong, in this process or another, is told."""

import json
import sys

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from imu_hip.bluetooth.scan_attempt import Radio, ScanOutcome, attempt, scan_apart


@pytest.mark.parametrize(
    "error",
    [
        *(BleakBluetoothNotAvailableError("no", r) for r in BleakBluetoothNotAvailableReason),
        BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]),
        BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["Rejected send message"]),
        BleakError("something new"),
        FileNotFoundError(2, "No such file or directory"),
        OSError("The device is not ready for use"),
    ],
    ids=repr,
)
async def test_whatever_scanning_raises_is_told_with_advice(error):
    async def scan():
        raise error

    outcome = await attempt(scan)
    assert outcome.devices is None
    assert outcome.what.endswith(".")
    assert outcome.advice.endswith(".")


async def test_a_scan_that_works_counts_the_devices():
    async def scan():
        return 3

    assert await attempt(scan) == ScanOutcome(3)


def child(code):
    return (sys.executable, "-c", code)


async def test_the_outcome_of_the_other_process_is_read():
    text = json.dumps(
        {"devices": 2, "what": "", "advice": "", "radios": [{"name": "Intel", "on": True}]}
    )
    outcome = await scan_apart(child(f"print({text!r})"))
    assert outcome == ScanOutcome(2, radios=(Radio("Intel", on=True),))


@pytest.mark.parametrize("said", ["nonsense", "[1]", "{}", ""])
async def test_a_process_that_ends_unexpectedly_is_told(said):
    outcome = await scan_apart(child(f"print({said!r}); raise SystemExit(7)"))
    assert outcome.devices is None
    assert "status 7" in outcome.what


async def test_a_scan_that_never_ends_is_ended():
    outcome = await scan_apart(child("import time; time.sleep(60)"), patience_s=0.3)
    assert outcome.devices is None
    assert "did not end within 0.3 s" in outcome.what


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without signals")
async def test_macos_ending_the_process_is_a_matter_of_permission(monkeypatch):
    code = (
        "import os, resource, signal; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
        "os.kill(os.getpid(), signal.SIGABRT)"
    )
    monkeypatch.setattr(sys, "platform", "darwin")
    outcome = await scan_apart(child(code))
    assert "may not use Bluetooth" in outcome.what
    assert "Privacy & Security > Bluetooth" in outcome.advice
