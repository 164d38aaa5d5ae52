"""`imu-hip serve` as a person starts and ends it."""

import json
import socket
import stat
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from imu_hip.history.store import open_history
from imu_hip.recording.formats import open_recording
from tests.served_page import ServedPage

VIRTUAL = ("--virtual", "--no-browser")


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    for name, place in (("DATA", "data"), ("CONFIG", "config"), ("DB", "history.db")):
        monkeypatch.setenv(f"IMU_HIP_{name}", str(tmp_path / place))


def take_usual_port(taken, longest_s=120.0):
    """Take the port as soon as no other test's page has it; a foreign program may keep it."""
    until_s = time.monotonic() + longest_s
    while time.monotonic() < until_s:
        try:
            taken.bind(("127.0.0.1", 8765))
        except OSError:
            time.sleep(0.05)
        else:
            taken.listen()
            return


def test_the_page_is_served_until_ctrl_c_and_on_another_port_where_the_usual_one_is_taken(tmp_path):
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        take_usual_port(taken)
        with ServedPage(tmp_path, *VIRTUAL) as served:
            address = served.wait_for_address()
            assert not address.endswith(":8765")
            answer = httpx.get(address, trust_env=False)
            assert answer.status_code == 200
            assert "main.js" in answer.text
            for path in ("style.css", "main.js"):
                assert httpx.get(f"{address}/static/{path}", trust_env=False).status_code == 200
            status, said = served.interrupt()
    assert status == 0
    assert said.splitlines() == [f"The page is at {address} until Ctrl-C.", "Ending."]


def test_a_port_that_was_asked_for_and_is_taken_is_a_sentence(refused):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        said = refused("serve", *VIRTUAL, "--port", port, words=())
        assert said.complaint == (
            f"imu-hip: Port {port} cannot be used: Address already in use. "
            "Choose another one with --port, or leave --port away."
        )


def test_the_browser_opens_by_itself(tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    with ServedPage(tmp_path, "--virtual", BROWSER=f"{browser} %s") as served:
        address = served.wait_for_address()
        opened = tmp_path / "opened"
        deadline = time.monotonic() + 10.0
        while not (opened.exists() and opened.read_text(encoding="utf-8").strip()):
            assert time.monotonic() < deadline, "no browser was opened"
            time.sleep(0.05)
        assert opened.read_text(encoding="utf-8").strip() == address


def test_other_devices_get_an_address_and_a_code(tmp_path):
    with ServedPage(tmp_path, *VIRTUAL, "--lan") as served:
        line = served.line_with("The next device enters at")
        code = line.rpartition("code ")[2].rstrip(".")
        address = served.wait_for_address()
        # This computer needs none; the form is there, and the code is exchanged once.
        assert httpx.get(f"{address}/", trust_env=False).status_code == 200
        with httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False) as client:
            answer = client.post("/code", data={"code": code})
            assert "HttpOnly" in answer.headers["set-cookie"]
            assert client.post("/code", data={"code": code}).status_code == 403
        assert code not in served.line_with("The next device enters at")
        assert served.interrupt()[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--plan", "unicorn,play=guided"), "unicorn"),
        (("--virtual", "--protocols", "nowhere"), "nowhere"),
        (("--virtual", "--db", "oracle://x/y"), "oracle"),
    ],
)
def test_what_cannot_be_served_is_a_sentence(refused, arguments, words):
    refused("serve", "--no-browser", *arguments, words=[words])


@pytest.mark.slow
def test_ctrl_c_in_the_middle_saves_the_session_so_that_it_can_go_on(tmp_path):
    with ServedPage(tmp_path, *VIRTUAL, "--out", tmp_path / "out") as served:
        address = served.wait_for_address()
        socket_address = f"{address.replace('http', 'ws')}/live"
        with connect(socket_address, origin=address, compression=None, proxy=None) as tab:
            hello = json.loads(tab.recv())
            start = {"type": "start", "person": "Ada", "protocol": "seated"}
            tab.send(json.dumps(start | {"token": hello["token"]}))
            while json.loads(tab.recv(timeout=60.0)).get("view", {}).get("stage") != "calibrate":
                pass
            status, said = served.interrupt()
    assert (status, "Traceback" in said) == (0, False), said
    with open_history(served.history) as history:
        (session,) = history.unfinished()
    assert session.person.alias == "Ada"
    (recording,) = session.recordings
    assert Path(recording).parent == tmp_path / "out"
    assert len(open_recording(recording).streams) >= 4
