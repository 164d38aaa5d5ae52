"""`imu-hip cohort`, killed with its workers at work; the same command goes on from there."""

import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
from pyarrow import ArrowException, parquet

from tests.faults.kill_toll import Toll, environment_in
from tests.served_page import COMMAND

RECORDINGS = Path(__file__).parents[2] / "recordings"
COPIES = 8
ORPHANS_S = 20.0
"""Workers look so often whether their program is still there."""


class CohortVictim:
    """Some recordings in one folder, and the table that is made of them.

    Parameters
    ----------
    longest_s
        A kill comes at the latest so long after the start.
    """

    def __init__(self, folder: Path, longest_s: float = 12.0) -> None:
        self.folder = folder
        self.longest_s = longest_s
        self.table = folder / "out" / "cohort.parquet"
        (folder / "recordings").mkdir()
        for number in range(COPIES):
            name = ("simulated_seated", "simulated_prone")[number % 2]
            copy = folder / "recordings" / f"{number}.parquet"
            shutil.copyfile(RECORDINGS / f"{name}.parquet", copy)

    def kill(self, rng):
        before = self._kept()
        program = psutil.Popen(
            [COMMAND, "cohort", "recordings", "--out", self.table, "--workers", "2"],
            cwd=self.folder,
            env=environment_in(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        family = []
        until_s = time.monotonic() + rng.uniform(0.0, self.longest_s)
        while program.poll() is None and time.monotonic() < until_s:
            time.sleep(0.05)
            family = program.children(recursive=True) or family
        if rng.random() < 0.3 and program.poll() is None:
            # A worker alone: the program must notice, and go on with another one.
            for worker in family[-1:]:
                _killed(worker)
            _wait(program, 2.0)
        _killed(program)
        out, err = program.communicate()
        if program.returncode > 0:
            return Toll(restarted=False, told=err)
        return self._looked_after(before, out, family)

    def _looked_after(self, before, out, family):
        told = [f"{name} is not kept any more" for name in sorted(before - self._kept())]
        if self.table.exists():
            told += self._faults_of_table()
        elif "cohort.parquet" in out:
            told.append("the table was said to be there")
        _, orphans = psutil.wait_procs(family, timeout=ORPHANS_S)
        for orphan in orphans:
            _killed(orphan)
        if self.table.exists():
            # The next one begins anew.
            shutil.rmtree(self.table.parent)
        if orphans:
            return Toll(len(told), 0.0, False, f"{orphans} go on without their program")
        return Toll(len(told), told="; ".join(told))

    def _kept(self):
        """Recordings whose outcome the journal holds."""
        journal = self.table.with_name("cohort.journal")
        if not journal.exists():
            return set()
        with closing(sqlite3.connect(journal)) as database:
            try:
                return {name for (name,) in database.execute("SELECT recording FROM outcome")}
            except sqlite3.OperationalError:
                # Killed before it had any tables.
                return set()

    def _faults_of_table(self):
        """A table is there with every recording once, or it is not there."""
        try:
            columns = parquet.read_table(self.table).to_pydict()
        except ArrowException as error:
            return [f"the table is not whole: {error}"]
        keys = list(
            zip(*(columns[n] for n in ("recording", "task", "side", "measure")), strict=True)
        )
        faults = [] if len(keys) == len(set(keys)) else ["a result is in the table twice"]
        known = len(set(columns["recording"]))
        return faults if known == COPIES else [*faults, f"{known} of {COPIES} recordings"]


def _killed(process):
    with suppress(psutil.NoSuchProcess):
        process.kill()


def _wait(program, seconds):
    with suppress(psutil.TimeoutExpired):
        program.wait(seconds)
