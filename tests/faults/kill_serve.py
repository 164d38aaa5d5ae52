"""`imu-hip serve`, killed in a guided session; the page goes on with it after the next start."""

import json
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from imu_hip.history.store import open_history
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recover import journal_path
from tests.faults import kill_child
from tests.faults.disturbing import Disturber
from tests.faults.kill_record import fault_of, lost_s, sent_from
from tests.faults.kill_toll import WITHIN_S, Toll, environment_in
from tests.integration.live.conftest import quick_test

PLAN = "dot,play=guided,pace=3,left=36/41,interval_ms=0,queue=0"
PROTOCOL = quick_test('["left"]').replace("repetitions = 1", "repetitions = 3")


class ServeVictim:
    """One person's sessions on the page; a session that was cut off is gone on with.

    Parameters
    ----------
    longest_s
        A kill comes at the latest so long after the session was begun.
    """

    def __init__(self, folder: Path, longest_s: float = 60.0) -> None:
        self.folder = folder
        self.longest_s = longest_s
        self.disturber = Disturber(folder)
        self.history = folder / "history.sqlite"
        self.protocols = folder / "protocols"
        self.protocols.mkdir()
        (self.protocols / "left.toml").write_text(PROTOCOL, encoding="utf-8")

    def kill(self, rng):
        log = self.folder / f"sent{time.monotonic_ns()}"
        server = Server(self, log)
        try:
            address = server.address()
            if address is None:
                return Toll(restarted=False, told=server.told())
            # Most die at the moments that matter: when something was just shown as finished.
            shown = rng.random() < 0.6
            until_s = time.monotonic() + (self.longest_s if shown else rng.uniform(0.0, 30.0))
            disturbed = threading.Thread(
                target=self._disturb, args=(server, until_s, rng.spawn(1)[0])
            )
            disturbed.start()
            last = self._followed(address, until_s, rng.uniform(0.0, 2.0) if shown else None)
        finally:
            server.kill()
        told = server.told()
        if "Traceback" in told or last is None:
            return Toll(restarted=False, told=told or "no view came")
        return self._looked_after(last, log)

    def _disturb(self, server, until_s, rng):
        """Pause it or set its time of day once, at a moment that need not come."""
        self.disturber.disturb(server.process, until_s - time.monotonic(), rng)

    def _followed(self, address, until_s, after_s):
        """Follow a session until the moment to kill; the last view that was shown."""
        view = None
        with connect(
            f"{address.replace('http', 'ws')}/live", origin=address, compression=None, proxy=None
        ) as tab:
            hello = json.loads(tab.recv(timeout=WITHIN_S))
            tab.send(json.dumps({**_wish(hello), "token": hello["token"]}))
            known = None
            while (left_s := until_s - time.monotonic()) > 0.0:
                message = _next(tab, left_s)
                if message is None:
                    break
                if message["type"] == "problem":
                    raise AssertionError(message)
                if message["type"] != "view":
                    continue
                if "not saved yet" in message["view"]["warning"].lower():
                    # Nobody was told that this is safe.
                    continue
                view = message["view"]
                finished = (len(view["repetitions"]), len(view["results"]), bool(view["report"]))
                if known not in {None, finished} and after_s is not None:
                    until_s, after_s = min(until_s, time.monotonic() + after_s), None
                known = finished
                if view["stage"] in {"result", "stopped"} and view["report"]:
                    tab.send(json.dumps({"type": "leave", "token": hello["token"]}))
                    break
                if view["stage"] == "calibrate":
                    _answer(tab, hello, view)
        return view

    def _looked_after(self, view, log):
        if view["session"] is None:
            return Toll()
        with open_history(str(self.history)) as history:
            record = history.session(view["session"])
            kept = {
                (one.side, one.direction, one.number): one.peak_deg
                for one in history.repetitions(record.id)
            }
            results = len(history.results(record.id))
        missing = [
            one
            for one in view["repetitions"]
            if (one["side"], one["direction"], one["number"]) not in kept
        ]
        # Until the report is there, results are worked out anew from the repetitions each time,
        # also when the session is gone on with: those are what has to be kept.
        if len(view["results"]) > results and view["report"]:
            missing += view["results"]
        told = f"not kept: {missing} of {sorted(kept)}; {view['warning']}" if missing else ""
        if record.ended_utc is not None and record.ended_utc < record.started_utc:
            told += f"session {record.id} ended before it began"
        lost, fault = self._lost(record.recordings, log)
        return Toll(len(missing) + bool(fault), lost, told=told + fault)

    def _lost(self, recordings, log):
        """What the last recording, recovered now, lacks of what was sent, in s; and its fault."""
        if not recordings:
            return 0.0, ""
        journal = journal_path(Path(recordings[-1]))
        if not (sent := sent_from(journal, log)):
            return 0.0, ""
        streams = open_recording(journal).streams
        return lost_s(sent, streams, self.disturber.pauses), fault_of(streams)


class Server:
    """The page in a process of its own, and what it says."""

    def __init__(self, victim: ServeVictim, log: Path) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, kill_child.__file__, log, "serve", "--no-browser"),
                *("--plan", PLAN, "--protocols", victim.protocols, "--db", str(victim.history)),
            ],
            cwd=victim.folder,
            env=environment_in(victim.folder, **victim.disturber.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []
        self._said: queue.Queue[str | None] = queue.Queue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def address(self) -> str | None:
        """Where the page is; None where the program ends instead."""
        while (line := self._said.get(timeout=WITHIN_S)) is not None:
            if "The page is at" in line:
                return line.split()[4]
        return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reading.join()
        self.process.stdout.close()

    def told(self) -> str:
        return "".join(self._lines)

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.append(line)
            self._said.put(line)
        self._said.put(None)


def _wish(hello):
    if hello["unfinished"]:
        return {"type": "resume", "session": hello["unfinished"][0]["session"]}
    return {"type": "start", "person": "Ada", "protocol": "left"}


def _next(tab, left_s):
    with suppress(TimeoutError):
        return json.loads(tab.recv(timeout=left_s))
    return None


def _answer(tab, hello, view):
    """Say that the session may go on, where it asks."""
    if any(button["command"] == "continue" for button in view["buttons"]):
        with suppress(ConnectionClosed):
            said = {"type": "command", "command": "continue", "token": hello["token"]}
            tab.send(json.dumps(said))
