"""What befalls a program that runs: it is paused, or somebody sets the time of day."""

import os
import shutil
import signal
import struct
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).with_name("clock_step.c")
HOUR_S = 3600.0
STEPS_S = (-HOUR_S, HOUR_S, -24 * HOUR_S, 400 * 24 * HOUR_S)
"""An hour as where a time zone is set wrongly, a day, and a clock that had lost its battery."""


def missing_compiler():
    """Why the time of day cannot be set for one program here; empty where it can."""
    if os.name != "posix" or shutil.which("cc") is None:
        return "a C compiler makes the time of day that tests can set, and there is none"
    return ""


class TimeOfDay:
    """The time of day of the programs that are started with `environment`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock_step"
        self._library = folder / "clock_step.so"
        self.set(0.0)
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", self._library, SOURCE, "-ldl"]
        subprocess.run(command, check=True)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "CLOCK_STEP_FILE": str(self.file)}

    def set(self, off_s: float) -> None:
        """From now on it is this much ahead of the true time of day; negative is behind."""
        # In place: programs look at this file all the time.
        with self.file.open("r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("d", off_s))


def pause(process: subprocess.Popen, duration_s: float) -> None:
    """As a laptop that sleeps, or Ctrl-Z: nothing of the program runs for a while."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(duration_s)
    process.send_signal(signal.SIGCONT)


class Disturber:
    """Pauses programs and sets their time of day at random moments.

    Where there is no compiler, the time of day stays as it is.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = None if missing_compiler() else TimeOfDay(folder)
        self.pauses: list[tuple[int, int]] = []
        """Begin and end of all pauses so far, on the clock that nobody can set, in ns."""

    @property
    def environment(self) -> dict[str, str]:
        """What a program is to be started with."""
        return {} if self.clock is None else self.clock.environment

    def disturb(self, process: subprocess.Popen, duration_s: float, rng) -> None:
        """Let a program run for so long, or to its end; most are disturbed once meanwhile."""
        at_s = rng.uniform(0.0, duration_s)
        if _ends(process, at_s):
            return
        what = rng.random()
        if what < 0.3:
            began_ns = time.perf_counter_ns()
            pause(process, rng.uniform(0.1, 2.0))
            self.pauses.append((began_ns, time.perf_counter_ns()))
        elif what < 0.7 and self.clock is not None:
            self.clock.set(float(rng.choice(STEPS_S)))
        _ends(process, duration_s - at_s)


def _ends(process, within_s):
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True
