"""Random kills: `python -m tests.faults kills --runs 200 [--target record] [--seed 1]`."""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from tests.faults.kill_cohort import CohortVictim
from tests.faults.kill_history import HistoryVictim
from tests.faults.kill_record import RecordVictim
from tests.faults.kill_serve import ServeVictim
from tests.faults.kill_toll import Toll

VICTIMS = {
    "record": RecordVictim,
    "history": HistoryVictim,
    "serve": ServeVictim,
    "cohort": CohortVictim,
}

SHARES = {"record": 0.3, "history": 0.4, "serve": 0.2, "cohort": 0.1}
"""How the kills are shared out where no target is named."""


def is_too_high(toll):
    """Whether a kill cost more than it may: a second of samples."""
    return toll.results > 0 or not toll.restarted or toll.samples_s > 1.0


def tolls_of(target, runs, seed):
    """Kill one victim so many times, in a folder of its own."""
    rng = np.random.default_rng([seed, *target.encode()])
    with tempfile.TemporaryDirectory(prefix=f"kill_{target}_") as folder:
        victim = VICTIMS[target](Path(folder))
        tolls = []
        for number in range(runs):
            try:
                tolls.append(victim.kill(rng))
            except Exception as error:
                # One that was not thought of must not hide what the others found.
                tolls.append(Toll(1, restarted=False, told=repr(error)))
            if is_too_high(tolls[-1]):
                print(f"{target} {number + 1}: {tolls[-1]}", flush=True)
        return tolls


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


def main(arguments):
    """Kill, look after, and print the table; fails where something was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults kills")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--target", choices=VICTIMS)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args(arguments)
    shares = {wish.target: 1.0} if wish.target else SHARES
    runs = {target: round(share * wish.runs) for target, share in shares.items()}
    with ThreadPoolExecutor(len(runs)) as pool:
        found = {t: pool.submit(tolls_of, t, n, wish.seed) for t, n in runs.items()}
        tolls = {target: each.result() for target, each in found.items()}
    print(table(tolls))
    if any(is_too_high(toll) for each in tolls.values() for toll in each):
        raise SystemExit(1)
