"""`imu-hip record`, killed; what it saved is recovered before it is started again."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from imu_hip.errors import ImuHipError
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording
from imu_hip.recording.journal_reading import read_journal
from imu_hip.recording.recover import journal_path
from tests.faults import kill_child
from tests.faults.disturbing import Disturber
from tests.faults.kill_toll import Toll, environment_in
from tests.served_page import COMMAND

PLAN = "dot,play=seated,interval_ms=0,queue=0"
"""Sensors that hold back what a busy machine fetches late, so that only a kill can lose it."""

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
        self.disturber = Disturber(folder)

    def kill(self, rng):
        target = self.folder / f"run{self.number}.parquet"
        log = self.folder / f"sent{time.monotonic_ns()}"
        process = self._started(target, log)
        # Either while the sensors are met, or from the first sample to after the last one.
        meeting = rng.random() < 0.2
        for line in process.stdout:
            if line.startswith("Looking" if meeting else "Recording"):
                break
        began_ns = None if meeting else time.perf_counter_ns()
        self.disturber.disturb(process, rng.uniform(0.0, 4.0 if meeting else 4.5), rng)
        process.kill()
        out, err = process.communicate()
        if process.returncode > 0:
            return Toll(restarted=False, told=err)
        return self._looked_after(target, log, out, began_ns)

    def _started(self, target, log):
        return subprocess.Popen(
            [
                *(sys.executable, kill_child.__file__, log, "record", target.name),
                *("--virtual", PLAN, "--segments", "left_thigh,left_shin"),
                *("--duration", str(self.duration_s)),
            ],
            cwd=self.folder,
            env=environment_in(self.folder, **self.disturber.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _looked_after(self, target, log, out, began_ns):
        """Recover what there is, as a person is told to, and compare it with what was sent."""
        journal = journal_path(target)
        sent = sent_from(journal, log)
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
                return Toll(1, lost_s(sent, {}, self.disturber.pauses), False, done.stderr)
        if not target.exists():
            # Nothing was saved yet: everything is lost that was recorded so far.
            every = kill_child.sent(log) if began_ns and log.exists() else {}
            recorded = {
                one: [each for each in own if each[0] > began_ns] for one, own in every.items()
            }
            return Toll("Wrote" in out, lost_s(recorded, {}, self.disturber.pauses))
        self.number += 1
        streams = open_recording(target).streams
        told = fault_of(streams)
        if not sent and min(s.duration_s for s in streams.values()) < self.duration_s - 1.0:
            told = "it was finished and is short"
        return Toll(bool(told), lost_s(sent, streams, self.disturber.pauses), True, told)


def sent_from(journal, log):
    """Times and ticks of what each sensor of a journal sent, from the first in the journal on.

    What the journal holds must be the beginning of that, without anything left out.
    """
    try:
        found = read_journal(journal)
    except ImuHipError:
        return {}
    sent = kill_child.sent(log)
    ticks = {}
    for place, rows in found.rows.items():
        segment = found.header.sensors[place].segment
        kept = (rows.tick % TICKS).tolist()
        own = sent[list(Segment).index(segment) + 1]
        first = [tick for _, tick in own].index(kept[0])
        ticks[segment] = own[first:]
        assert [tick for _, tick in ticks[segment]][: len(kept)] == kept, segment
    return ticks


def lost_s(sent, streams, pauses):
    """How long before its end a program had been given what is not there any more.

    What came while the program was paused, it could not save: that time does not count.
    """
    longest_s = 0.0
    for segment, samples in sent.items():
        there = streams.get(segment)
        missing = samples[0 if there is None else len(there.time_s) :]
        if missing:
            first_ns, last_ns = missing[0][0], missing[-1][0]
            ends = ((max(begin, first_ns), min(end, last_ns)) for begin, end in pauses)
            paused_ns = sum(max(0, end - begin) for begin, end in ends)
            longest_s = max(longest_s, (last_ns - first_ns - paused_ns) / 1e9 + 1 / 60)
    return longest_s


def fault_of(streams):
    """What is wrong with the samples in between; empty where they are in their order."""
    for segment, stream in streams.items():
        # 17 ms by the sensor's own clock, whatever the time of day was set to. What came late after
        # a pause may be timed some samples wrongly, the more so on a busy machine.
        steps_s = np.diff(stream.time_s)
        if steps_s.min() <= 0.0 or steps_s.max() > 0.1:
            return f"{segment} has steps from {steps_s.min():.3f} to {steps_s.max():.3f} s"
    return ""
