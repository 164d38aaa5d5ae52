"""imu_hip measures and reports without a word to any other computer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[2] / "recordings" / "simulated_seated.parquet"
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
PROGRAM = f"""
import json, sys
asked = []
sys.addaudithook(lambda event, given: event in {WATCHED} and asked.append([event, str(given)]))
from imu_hip.cli.main import run
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["imu-hip", *arguments]
    try:
        run()
    except SystemExit as ended:
        assert not ended.code, (arguments, ended.code)
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.connect(("127.0.0.1", 9))
print("ASKED", json.dumps(asked))
"""


@pytest.mark.slow
def test_no_command_that_measures_asks_another_computer(tmp_path):
    commands = [
        ["info", str(RECORDED)],
        ["analyze", str(RECORDED), "--out", str(tmp_path / "report")],
        ["convert", str(RECORDED), str(tmp_path / "seated.csv")],
        ["history", "people", "--db", f"sqlite:///{tmp_path / 'history.sqlite'}"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    asked = json.loads(done.stdout.rpartition("ASKED ")[2])
    # The one of the test itself shows that the others would have been seen.
    assert [event for event, _ in asked] == ["socket.connect"]
    assert "127.0.0.1" in asked[0][1]
    assert list((tmp_path / "report").glob("*.html"))
