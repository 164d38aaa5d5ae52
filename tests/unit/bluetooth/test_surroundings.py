"""Facts about a computer: read from files that may or may not be there."""

from dataclasses import replace

import pytest

from imu_hip.bluetooth.doctor import examine, problems
from imu_hip.bluetooth.scan_attempt import ScanOutcome
from imu_hip.bluetooth.surroundings import (
    LinuxFacts,
    RadioBlock,
    gather,
    gather_linux,
    look_at_folder,
)

FAILED = ScanOutcome(None, "Bluetooth is switched off.", "Switch it on.")


def written(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_linux_facts_come_from_its_files(tmp_path, monkeypatch):
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    written(
        tmp_path,
        {
            "sys/class/bluetooth/hci0/address": "",
            "sys/class/bluetooth/hci0:64/address": "",
            "sys/class/rfkill/rfkill0/type": "wlan\n",
            "sys/class/rfkill/rfkill0/soft": "1\n",
            "sys/class/rfkill/rfkill1/type": "bluetooth\n",
            "sys/class/rfkill/rfkill1/name": "hci0\n",
            "sys/class/rfkill/rfkill1/soft": "1\n",
            "sys/class/rfkill/rfkill1/hard": "0\n",
            "sys/kernel/debug/bluetooth/hci0/conn_min_interval": "24\n",
            "run/dbus/system_bus_socket": "",
            "proc/1/comm": "systemd\n",
            "proc/712/comm": "bluetoothd\n",
        },
    )
    facts = gather_linux(tmp_path)
    assert facts.adapters == ("hci0",)
    assert facts.blocks == (RadioBlock("hci0", soft=True, hard=False),)
    assert facts.has_bus
    assert facts.daemon_runs
    assert facts.enclosure == ""
    # 24 units of 1.25 ms.
    assert facts.shortest_interval_ms == {"hci0": 30.0}


def test_an_empty_linux_is_gathered_too(tmp_path, monkeypatch):
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    facts = gather_linux(tmp_path)
    assert replace(facts, bluez_version="") == LinuxFacts(has_bus=False, daemon_runs=False)


@pytest.mark.parametrize(
    ("files", "enclosure"),
    [
        ({".dockerenv": ""}, "container"),
        ({"run/.containerenv": ""}, "container"),
        ({"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n"}, "WSL"),
    ],
)
def test_an_enclosure_is_recognised(tmp_path, files, enclosure):
    written(tmp_path, files)
    assert gather_linux(tmp_path).enclosure == enclosure


def test_a_folder_is_tried_by_writing(tmp_path):
    folder = look_at_folder(tmp_path)
    assert folder.writable
    assert folder.free_bytes > 0
    assert list(tmp_path.iterdir()) == []
    assert not look_at_folder(tmp_path / "absent").writable


def test_this_computer_is_gathered(tmp_path):
    surroundings = gather(tmp_path, FAILED)
    assert surroundings.system
    assert surroundings.release
    assert surroundings.libraries["bleak"].startswith("3.")
    assert (surroundings.linux is not None) == (surroundings.system == "Linux")
    assert problems(examine(surroundings))
