"""`imu-hip record`, killed; what it saved is recovered before it is started again."""

import subprocess
import sys
import time
from pathlib import Path

from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.journal_reading import read_journal
from imu_hip.recording.recover import journal_path
from tests.faults import kill_child
from tests.faults.kill_toll import COMMAND, Toll, environment_in

PLAN = "dot,play=seated,interval_ms=0,queue=0"
"""Sensors that hold back what a busy machine fetches late, so that only a kill can lose it."""

RATE_HZ = 60.0
TICKS = 2**32


class RecordVictim:
    """Recordings of two sensors in one folder.

    Parameters
    ----------
    duration_s
        Length of a recording that is not killed.
    """

    def __init__(self, folder: Path, duration_s: float = 3.0) -> None:
        self.folder = folder
        self.duration_s = duration_s
        self.number = 0

    def kill(self, rng):
        target = self.folder / f"run{self.number}.parquet"
        log = self.folder / f"sent{time.monotonic_ns()}"
        process = self._started(target, log)
        # Either while the sensors are met, or from the first sample to after the last one.
        meeting = rng.random() < 0.2
        for line in process.stdout:
            if line.startswith("Looking" if meeting else "Recording"):
                break
        began_s = time.perf_counter()
        try:
            process.wait(rng.uniform(0.0, 4.0 if meeting else self.duration_s + 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
        killed_s = time.perf_counter()
        out, err = process.communicate()
        if process.returncode > 0:
            return Toll(restarted=False, told=err)
        return self._looked_after(target, log, out, 0.0 if meeting else killed_s - began_s)

    def _started(self, target, log):
        return subprocess.Popen(
            [
                *(sys.executable, kill_child.__file__, log, "record", target.name),
                *("--virtual", PLAN, "--segments", "left_thigh,left_shin"),
                *("--duration", str(self.duration_s)),
            ],
            cwd=self.folder,
            env=environment_in(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _looked_after(self, target, log, out, recorded_s):
        """Recover what there is, as a person is told to, and compare it with what was sent."""
        journal = journal_path(target)
        sent = sent_from(journal, log) if journal.exists() else {}
        if journal.exists():
            done = subprocess.run(
                [COMMAND, "recover", journal.name],
                cwd=self.folder,
                env=environment_in(self.folder),
                capture_output=True,
                text=True,
                check=False,
            )
            if sent and done.returncode:
                return Toll(1, recorded_s, False, done.stderr)
        if not target.exists():
            # Nothing was saved yet: everything is lost that was recorded so far.
            return Toll("Wrote" in out, recorded_s)
        self.number += 1
        streams = open_recording(target).streams
        missing = [len(ticks) - len(streams[one].time_s) for one, ticks in sent.items()]
        if not sent and "Wrote" not in out:
            missing = [self.duration_s * RATE_HZ - len(s.time_s) for s in streams.values()]
        told = "" if all(not s.lost_samples() for s in streams.values()) else "samples in between"
        return Toll(bool(told), max([0, *missing]) / RATE_HZ, True, told)


def sent_from(journal, log):
    """Ticks that each sensor of a journal sent from the first one in it on."""
    try:
        found = read_journal(journal)
    except Exception:
        return {}
    sent = kill_child.sent(log)
    ticks = {}
    for place, rows in found.rows.items():
        segment = found.header.sensors[place].segment
        own = [tick for _, tick in sent[list(Segment).index(segment) + 1]]
        ticks[segment] = own[own.index(int(rows.tick[0]) % TICKS) :]
    return ticks
