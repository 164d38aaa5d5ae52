"""Fuzzing led by coverage: atheris keeps inputs that reach new lines and goes on from them.

It runs in one process and ends it at the first failure; so each target has a process of its own,
and what it is given is changed by our mutations as well as by those of libFuzzer.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.faults.fuzz_mutations import LARGEST, mutated
from tests.faults.fuzz_target import WITHIN, Target, scratch
from tests.faults.fuzz_worker import LONGEST_S, MOST_MB, Failure, Tally, tried, where_of

ROOT = Path(__file__).parents[2]
_PEAK = re.compile(r"stat::peak_rss_mb:\s*(\d+)")
_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


def guided(targets: Sequence[Target], runs: int, seed: int, folder: Path, package: str = "imu_hip"):
    """Fuzz each target with its share of the runs, led by the lines that it reaches in a package.

    Failures are kept in a folder.
    """
    from tests.faults.fuzz import Outcome, shares  # noqa: PLC0415 (which imports this)

    outcome = Outcome()
    folder.mkdir(parents=True, exist_ok=True)
    for name, share in shares(targets, runs).items():
        with scratch() as around:
            told = around / "told"
            # Its own module imports only what it needs of imu_hip.
            module = next(each for each in targets if each.name == name).seeds.__module__
            asked = {"target": name, "module": module, "runs": share, "seed": seed}
            asked["package"] = package
            argument = json.dumps(asked | {"told": str(told), "out": str(folder)})
            began_s = time.monotonic()
            process = subprocess.run(
                [sys.executable, "-m", "tests.faults.fuzz_coverage", argument],
                cwd=ROOT,
                capture_output=True,
                check=False,
                env={**os.environ, WITHIN: str(around), "PYTHONDONTWRITEBYTECODE": "1"},
            )
            log = process.stderr.decode("utf-8", "replace")
            ran, peak = _RUNS.search(log), _PEAK.search(log)
            tally = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
            outcome.tallies[name] = Tally(
                int(ran[1]) if ran else tally.get("runs", 0),
                tally.get("slowest_s", time.monotonic() - began_s),
                float(peak[1]) if peak else 0.0,
            )
            if process.returncode:
                where = tally.get("where", f"status {process.returncode}")
                failure = Failure(name, tally.get("runs", 0), "atheris", where, log[-3000:])
                outcome.failures.append(failure)
                (folder / f"{name.replace(' ', '_')}-atheris.txt").write_text(log, encoding="utf-8")
    return outcome


def main(argument: str) -> None:
    """Let atheris run one target; it leaves the process itself."""
    import atheris  # noqa: PLC0415 (Linux only)

    asked = json.loads(argument)
    with atheris.instrument_imports(include=[asked["package"]], enable_loader_override=False):
        target = _target_in(import_module(asked["module"]), asked["target"])
    seeds = target.seeds()
    tally = {"runs": 0, "slowest_s": 0.0}
    told, out = Path(asked["told"]), Path(asked["out"])

    def change(data: bytes, most: int, number: int) -> bytes:
        if number % 2:
            return atheris.Mutate(data, most)
        return mutated(random.Random(number), [data, *seeds])[:most]

    with scratch() as folder, scratch() as corpus:
        run = target.prepare(folder)
        for place, data in enumerate(seeds):
            (corpus / f"seed{place}").write_bytes(data[:LARGEST])

        def once(data: bytes) -> None:
            spent_s, fault = tried(target, run, data)
            tally["runs"] += 1
            tally["slowest_s"] = max(tally["slowest_s"], spent_s)
            if fault is not None or tally["runs"] % 50 == 0:
                told.write_text(json.dumps(tally | _told(fault)), encoding="utf-8")
            if fault is not None:
                name = f"{target.name.replace(' ', '_')}-atheris.bin"
                (out / name).write_bytes(data)
                raise fault

        options = [
            f"-runs={asked['runs']}",
            f"-seed={asked['seed']}",
            f"-max_len={LARGEST}",
            f"-timeout={30 * int(LONGEST_S)}",
            f"-rss_limit_mb={int(MOST_MB)}",
            "-print_final_stats=1",
            str(corpus),
        ]
        atheris.Setup([sys.argv[0], *options], once, custom_mutator=change)
        atheris.Fuzz()


def _target_in(module: ModuleType, name: str) -> Target:
    tuples = [value for value in vars(module).values() if isinstance(value, tuple)]
    found = [each for value in tuples for each in value if isinstance(each, Target)]
    return next(target for target in found if target.name == name)


def _told(fault: BaseException | None) -> dict[str, str]:
    return {} if fault is None else {"where": where_of(fault)}


if __name__ == "__main__":
    main(sys.argv[1])
