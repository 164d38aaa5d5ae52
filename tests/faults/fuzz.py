"""Fuzz every reader of what comes from outside: `python -m tests.faults fuzz --runs 100000`.

No input may lead to anything but a sentence: no traceback, no hang, no memory beyond bounds, and
no recording with a number that cannot be. Failures are kept as files, to be run again with
`--replay FILE --target NAME`.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from tempfile import gettempdir

from tests.faults.fuzz_misbehaving import MISBEHAVING
from tests.faults.fuzz_target import WITHIN, Target, scratch
from tests.faults.fuzz_targets import TARGETS, target_named
from tests.faults.fuzz_worker import NOTE, Failure, Tally, input_of, tried, where_of

STUCK_S = 60.0
"""Of time on the clock, for one input that holds the interpreter and spends no processor time."""

ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """What became of all runs."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    watch: Callable[[str], None] = lambda _: None

    def add(self, name: str, runs: int, slowest_s: float, peak_mb: float) -> None:
        """Count runs of a target."""
        tally = self.tallies.setdefault(name, Tally())
        tally.runs += runs
        tally.slowest_s = max(tally.slowest_s, slowest_s)
        tally.peak_mb = max(tally.peak_mb, peak_mb)


def shares(targets: Sequence[Target], runs: int) -> dict[str, int]:
    """How many of all runs each target gets, at least its part by weight."""
    whole = sum(target.weight for target in targets)
    return {target.name: -int(-runs * target.weight // whole) for target in targets}


def fuzzed(
    targets: Sequence[Target], runs: int, seed: int, watch: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Run targets in processes of their own until each has had its share.

    `watch` is told of every failure and of every target that is done.
    """
    outcome = Outcome(watch=watch)
    work = [(name, 0, share) for name, share in shares(targets, runs).items()]
    while work:
        work = _one_worker(work, seed, outcome)
    return outcome


def _one_worker(
    work: list[tuple[str, int, int]], seed: int, outcome: Outcome
) -> list[tuple[str, int, int]]:
    """Let one process do what it can; what is left, without the input that ended it."""
    with scratch() as folder:
        note = folder / "note"
        note.write_bytes(bytes(NOTE.size))
        errors = folder / "errors"
        argument = json.dumps({"note": str(note), "seed": seed, "work": work})
        with errors.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.fuzz_worker", argument],
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env={
                    **os.environ,
                    WITHIN: str(folder),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "MALLOC_ARENA_MAX": "2",
                },
            )
        is_stuck = _listen(process, note, work, outcome)
        if not work or process.returncode == 0:
            return work
        name, _, last = work[0]
        number, began_s = NOTE.unpack(note.read_bytes())
        told = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        if not began_s:
            raise RuntimeError(f"{name} cannot even begin:\n{told}")
        kind = "stuck" if is_stuck else "died"
        outcome.failures.append(Failure(name, number, kind, f"status {process.returncode}", told))
        outcome.add(name, number + 1 - work[0][1], 0.0, 0.0)
        return [(name, number + 1, last), *work[1:]]


def _listen(
    process: subprocess.Popen[bytes],
    note: Path,
    work: list[tuple[str, int, int]],
    outcome: Outcome,
) -> bool:
    """Take what a worker says until it ends, striking off what is done; whether it was stuck."""
    lines: Queue[bytes | None] = Queue()
    reader = threading.Thread(target=_read_lines, args=(process, lines))
    reader.start()
    is_stuck = False
    while True:
        try:
            line = lines.get(timeout=1.0)
        except Empty:
            _, began_s = NOTE.unpack(note.read_bytes())
            if began_s and time.monotonic() - began_s > STUCK_S:
                is_stuck = True
                process.kill()
            continue
        if line is None:
            break
        _hear(json.loads(line), work, outcome)
    reader.join()
    process.wait()
    return is_stuck


def _read_lines(process: subprocess.Popen[bytes], lines: "Queue[bytes | None]") -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _hear(told: dict, work: list[tuple[str, int, int]], outcome: Outcome) -> None:
    if "failure" in told:
        outcome.failures.append(Failure(**told["failure"]))
        failed = outcome.failures[-1]
        outcome.watch(f"{failed.target} {failed.number}: {failed.where}")
        return
    outcome.add(told["done"], told["runs"], told["slowest_s"], told["peak_mb"])
    name, _, last = work.pop(0)
    outcome.watch(_row(name, 0, Tally(told["runs"], told["slowest_s"], told["peak_mb"])))
    if told["next"] < last:
        work.insert(0, (name, told["next"], last))


def table(outcome: Outcome) -> str:
    """What became of each target, as text."""
    rows = [f"{'target':34} {'runs':>8} {'failures':>8} {'slowest ms':>10} {'peak MB':>8}"]
    for name, tally in outcome.tallies.items():
        failed = sum(failure.target == name for failure in outcome.failures)
        rows.append(_row(name, failed, tally))
    every = outcome.tallies.values()
    whole = Tally(
        sum(tally.runs for tally in every),
        max((tally.slowest_s for tally in every), default=0.0),
        max((tally.peak_mb for tally in every), default=0.0),
    )
    return "\n".join([*rows, _row("all", len(outcome.failures), whole)])


def _row(name: str, failed: int, tally: Tally) -> str:
    slowest_ms = 1e3 * tally.slowest_s
    return f"{name:34} {tally.runs:8} {failed:8} {slowest_ms:10.0f} {tally.peak_mb:8.0f}"


def kept(outcome: Outcome, seed: int, folder: Path) -> list[str]:
    """Write one input of each fault into a folder; a line for each."""
    found: dict[tuple[str, str, str], list[Failure]] = {}
    for failure in outcome.failures:
        found.setdefault((failure.target, failure.kind, failure.where), []).append(failure)
    told = []
    for (name, kind, where), alike in found.items():
        folder.mkdir(parents=True, exist_ok=True)
        first = alike[0]
        target = MISBEHAVING[name] if name in MISBEHAVING else target_named(name)
        path = folder / f"{name.replace(' ', '_')}-{seed}-{first.number}.bin"
        path.write_bytes(input_of(target, target.seeds(), seed, first.number))
        path.with_suffix(".txt").write_text(first.text, encoding="utf-8")
        told.append(f"{len(alike)}x {name}: {kind}, {where}: {path}")
    return told


def replayed(target: Target, path: Path) -> str:
    """Run one kept input; what it did, in a line."""
    with scratch() as folder:
        spent_s, fault = tried(target, target.prepare(folder), path.read_bytes())
    if fault is not None:
        import traceback  # noqa: PLC0415 (only here)

        traceback.print_exception(fault)
    said = "nothing that it may not" if fault is None else where_of(fault)
    return f"{target.name}: {said}, in {1e3 * spent_s:.0f} ms"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    """Fuzz as the arguments say; status 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000, help="inputs in all")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(gettempdir()) / "imu_hip_fuzz")
    parser.add_argument("--replay", type=Path, help="run one kept input")
    parser.add_argument("--atheris", action="store_true", help="let coverage guide the inputs")
    given = parser.parse_args(arguments)
    chosen = [target_named(name) for name in given.target] if given.target else list(TARGETS)
    if given.replay:
        print("\n".join(replayed(target, given.replay) for target in chosen))
        return
    if given.atheris:
        from tests.faults.fuzz_coverage import guided  # noqa: PLC0415 (Linux only)

        outcome = guided(chosen, given.runs, given.seed, given.out)
        print(table(outcome))
    else:
        outcome = fuzzed(chosen, given.runs, given.seed, _tell)
        print(table(outcome))
        print("\n".join(kept(outcome, given.seed, given.out)))
    sys.exit(1 if outcome.failures else 0)
