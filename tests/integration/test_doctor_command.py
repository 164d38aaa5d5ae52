"""`imu-hip doctor` on the computer that runs the tests, whether it has Bluetooth or not."""

import pytest
import typer

from imu_hip.bluetooth import scan_attempt
from imu_hip.bluetooth.scan_attempt import ScanOutcome
from imu_hip.cli import main
from imu_hip.cli.doctor import doctor


@pytest.fixture
def app(monkeypatch):
    """A command of its own, run as `imu-hip` is."""
    app = typer.Typer()
    app.command()(doctor)
    app.callback()(lambda: None)
    monkeypatch.setattr(main, "app", app)


@pytest.fixture
def scanned(monkeypatch):
    """Say what the scan is to find."""

    def scanned(outcome):
        async def scan_apart():
            return outcome

        monkeypatch.setattr(scan_attempt, "scan_apart", scan_apart)

    return scanned


def test_this_computer_is_examined(app, cli):
    outcome = cli("doctor")
    for title in ("Python", "bleak", "Scan", "Data folder", "Clock"):
        assert title in outcome.out
    assert (outcome.status == 2) == ("problem" in outcome.out)
    assert ("cannot record yet" in outcome.complaint) == (outcome.status == 2)


def test_no_bluetooth_ends_with_one_sentence_and_status_2(app, refused, scanned):
    scanned(ScanOutcome(None, "Bluetooth is [off].", "Switch it on."))
    outcome = refused("doctor", words=("cannot record yet", "scan"))
    # Square brackets are shown and not taken for colours.
    assert "Bluetooth is [off]." in outcome.said


def test_a_computer_that_can_record_ends_with_status_0(app, cli, scanned):
    scanned(ScanOutcome(5))
    outcome = cli("doctor")
    assert outcome.status == 0
    assert "5 devices seen" in outcome.said


def test_a_folder_that_cannot_be_written_to_is_a_problem(app, refused, scanned, tmp_path):
    scanned(ScanOutcome(5))
    refused("doctor", "--folder", tmp_path / "absent", words=("data folder",))
