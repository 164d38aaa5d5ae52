"""Random kills: `python -m tests.faults kills --runs 200 [--target record] [--seed 1]`."""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from tests.faults.kill_cohort import CohortVictim
from tests.faults.kill_history import HistoryVictim
from tests.faults.kill_record import RecordVictim
from tests.faults.kill_serve import ServeVictim
from tests.faults.kill_toll import Toll
from tests.histories import new_database

SHARES = {"record": 0.3, "serve": 0.2, "history": 0.2, "postgresql": 0.15, "cohort": 0.15}
"""How kills are shared out where no target is named; `history` is one in a file."""

SERVER_VARIABLE = "IMU_HIP_TEST_POSTGRESQL"


def main(arguments):
    """Kill, look after, and print the table; fails where something was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults kills")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--target", choices=SHARES)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args(arguments)
    shares = {wish.target: 1.0} if wish.target else dict(SHARES)
    if not os.environ.get(SERVER_VARIABLE) and shares.pop("postgresql", None):
        print(f"No history in PostgreSQL is killed: {SERVER_VARIABLE} names no server for it.")
    runs = {target: round(share * wish.runs) for target, share in shares.items()}
    # They mostly wait, so they are killed side by side.
    with ThreadPoolExecutor(max(len(runs), 1)) as pool:
        found = {t: pool.submit(tolls_of, t, n, wish.seed) for t, n in runs.items()}
        tolls = {target: each.result() for target, each in found.items()}
    print(table(tolls))
    if any(is_too_high(toll) for each in tolls.values() for toll in each):
        sys.exit(1)


def is_too_high(toll):
    """Whether a kill cost more than it may: a second of samples."""
    return toll.results > 0 or not toll.restarted or toll.samples_s > 1.0


def tolls_of(target, runs, seed):
    """Kill one victim so many times, in a folder of its own."""
    rng = np.random.default_rng([seed, *target.encode()])
    tolls = []
    with ExitStack() as opened:
        victim = _victim(target, opened)
        for number in range(1, runs + 1):
            try:
                tolls.append(victim.kill(rng))
            except Exception as error:
                # One that was not thought of must not hide what the others found.
                tolls.append(Toll(1, restarted=False, told=repr(error)))
            if is_too_high(tolls[-1]):
                print(f"{target} {number}: {tolls[-1]}", flush=True)
    return tolls


def _victim(target, opened):
    folder = tempfile.TemporaryDirectory(prefix=f"kill_{target}_", ignore_cleanup_errors=True)
    place = Path(opened.enter_context(folder))
    if target == "postgresql":
        server = os.environ[SERVER_VARIABLE]
        return HistoryVictim(place, opened.enter_context(new_database(server)))
    victims = {
        "record": RecordVictim,
        "serve": ServeVictim,
        "history": HistoryVictim,
        "cohort": CohortVictim,
    }
    return victims[target](place)


def table(tolls):
    """The table of tolls by target."""
    head = ("target", "kills", "committed results lost", "most samples lost (s)", "failed restarts")
    rows = [head]
    for target, each in tolls.items():
        lost = sum(int(toll.results) for toll in each)
        longest_s = max((toll.samples_s for toll in each), default=0.0)
        failed = sum(not toll.restarted for toll in each)
        rows.append((target, str(len(each)), str(lost), f"{longest_s:.2f}", str(failed)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
