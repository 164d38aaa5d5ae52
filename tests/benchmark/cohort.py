"""What a cohort of a thousand recordings costs beside analysing them one after another.

The recordings are sixty distinct ones of five minutes, seated sessions and runs with five sensors
at 100 Hz, each linked under as many names as it takes; four names in a hundred are damaged files.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
from pyarrow import parquet

from imu_hip import CohortPlan, measure_cohort, open_recording
from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.memory import keep_freed_memory
from imu_hip.cohort.plan import Progress
from imu_hip.names import Side
from imu_hip.recording.formats import write_recording
from imu_hip.simulation import (
    TYPICAL,
    GaitPlan,
    LegPlan,
    StaticSession,
    simulate_run,
    simulate_static_session,
)
from tests.clusters import cluster

Row = tuple[str, str, str]

DISTINCT = 60
MANY = int(os.environ.get("IMU_HIP_BENCHMARK_COHORT", "1000"))
BAD_EVERY = 25
WARM_UP = 10
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def everything() -> list[Row]:
    """Cost, memory and overhead on two local processes; then a cluster whose worker is killed."""
    with tempfile.TemporaryDirectory() as folder:
        distinct = list(_distinct(Path(folder) / "distinct"))
        names = linked(distinct, Path(folder) / "many", MANY)
        return [*_local(distinct, names, Path(folder)), *_on_cluster(names, Path(folder))]


def _distinct(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    for n in range(DISTINCT):
        rng = np.random.default_rng(n)
        path = folder / f"recording{n}.parquet"
        if n % 2:
            plan = GaitPlan(
                duration_s=270.0,
                calibration=True,
                rotation_excursion_deg=float(rng.uniform(8.0, 20.0)),
            )
            simulated = simulate_run(plan, TYPICAL, 100.0, n, pelvis_sensor=True)
        else:
            legs = {side: LegPlan(_peaks(rng), _peaks(rng)) for side in Side}
            session = StaticSession(legs=legs, rest_s=8.5, stand_s=10.0)
            simulated = simulate_static_session(session, TYPICAL, 100.0, n, pelvis_sensor=True)
        write_recording(simulated.recording, path)
        yield path


def _peaks(rng: np.random.Generator) -> tuple[float, ...]:
    return tuple((rng.normal(38.0, 6.0) + rng.normal(0.0, 1.5, 5)).tolist())


def linked(distinct: list[Path], folder: Path, count: int) -> Path:
    """A folder for each person, with a recording that is linked, or cut off."""
    for n in range(count):
        person = folder / f"person{n:05d}"
        person.mkdir(parents=True)
        source, path = distinct[n % len(distinct)], person / "session.parquet"
        if n % BAD_EVERY == BAD_EVERY - 1:
            path.write_bytes(source.read_bytes()[:100_000])
        else:
            path.hardlink_to(source)
    return folder


def _good(count: int) -> int:
    return count - count // BAD_EVERY


def _cpu_s(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            used = process.cpu_times()
            total += used.user + used.system
    return total


def _local(distinct: list[Path], names: Path, folder: Path) -> list[Row]:
    bare_s = _bare_s(distinct)
    itself = psutil.Process()
    began_s = _cpu_s([itself]) + _ended_s(itself)
    part = min(DISTINCT * 2, (MANY - WARM_UP) // 2)
    # CPU time of this process and its workers after so many recordings; to look costs some, too.
    looked = dict.fromkeys((WARM_UP, WARM_UP + part, MANY - part, MANY), 0.0)

    def look(done: Progress) -> None:
        if done.done in looked:
            looked[done.done] = _cpu_s([itself, *itself.children(recursive=True)])

    with _peak_of_workers(itself) as peak:
        plan = CohortPlan((str(names),), folder / "local.parquet", workers=2)
        result = measure_cohort(plan, look)
    # Children that have ended count with what they used in all.
    whole_s = _cpu_s([itself]) + _ended_s(itself) - began_s
    _require_whole(result.table, MANY)
    first = (looked[WARM_UP + part] - looked[WARM_UP]) / part
    last = (looked[MANY] - looked[MANY - part]) / part
    after_bare_s = _bare_s(distinct)
    usual_s = 0.5 * (bare_s + after_bare_s)
    per_recording = whole_s / _good(MANY)
    return [
        ("bare analysis of one recording of 5 minutes, before", f"{bare_s:.3f} s", "CPU time"),
        ("the same, after", f"{after_bare_s:.3f} s", ""),
        (f"cohort of {MANY}, recordings {WARM_UP} to {WARM_UP + part}", f"{first:.3f} s", ""),
        (f"cohort of {MANY}, the last {part}", f"{last:.3f} s", ""),
        ("last against first", f"{100 * (last / first - 1):+.1f} %", "within 10 %"),
        ("whole cohort with its start, for each that was measured", f"{per_recording:.3f} s", ""),
        (
            "the same against the bare analysis",
            f"{100 * (per_recording / usual_s - 1):+.1f} %",
            "<= +15 %",
        ),
        ("peak memory of a worker", f"{peak[0]:.0f} MB", "<= 600 MB"),
        ("peak memory of the program itself", f"{_peak_mb(itself.pid):.0f} MB", ""),
    ]


def _ended_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.children_user + used.children_system)


def _bare_s(distinct: list[Path]) -> float:
    """CPU seconds of a recording in a process that has done some before.

    Two run at once, since two workers do and processors share what they have; each with one
    numeric thread, as workers have: those that wait for work would take a quarter more.
    """
    command = [sys.executable, "-m", __name__, *map(str, distinct)]
    one_thread = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    both = [
        subprocess.Popen(command, env=one_thread, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    return sum(float(process.communicate()[0]) for process in both) / len(both)


def _bare_here_s(distinct: list[str]) -> float:
    keep_freed_memory()
    for path in distinct[:WARM_UP]:
        analyze(open_recording(path))
    began = time.process_time()
    for path in distinct:
        analyze(open_recording(path))
    return (time.process_time() - began) / len(distinct)


def _peak_mb(pid: int) -> float:
    """The most memory that a process ever had; 0 where it is gone or the system does not tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024.0
    return 0.0


@contextmanager
def _peak_of_workers(process: psutil.Process) -> Iterator[list[float]]:
    peak, stop = [0.0], threading.Event()

    def look() -> None:
        while not stop.wait(3.0):
            with suppress(psutil.NoSuchProcess):
                found = [_peak_mb(child.pid) for child in process.children(recursive=True)]
                peak[0] = max([*peak, *found])

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield peak
    finally:
        stop.set()
        watching.join()


def _require_whole(table: Path, count: int) -> None:
    recordings = parquet.read_table(table, columns=["recording"])["recording"].to_pylist()
    keys = parquet.read_table(table, columns=["recording", "task", "side", "measure"])
    if len(set(recordings)) != _good(count):
        raise RuntimeError(f"{len(set(recordings))} recordings in the table, not {_good(count)}")
    if len(set(zip(*keys.to_pydict().values(), strict=True))) != len(recordings):
        raise RuntimeError("a value stands twice in the table")


def _on_cluster(names: Path, folder: Path) -> list[Row]:
    kills = []

    def kill_now_and_then(done) -> None:
        # After a fifth and after a half, while a recording is measured.
        if done.done in {MANY // 5, MANY // 2} and len(kills) < 2:
            kills.append(done.done)
            running.kill_a_worker()

    began = time.monotonic()
    with cluster() as running:
        plan = CohortPlan((str(names),), folder / "cluster.parquet", scheduler=running.address)
        result = measure_cohort(plan, kill_now_and_then)
    _require_whole(result.table, MANY)
    return [
        (
            f"scheduler and two workers, a worker killed {len(kills)} times",
            f"{result.recordings - result.failed} of {_good(MANY)}",
            "each once in the table",
        ),
        ("the same, time on the wall", f"{time.monotonic() - began:.0f} s", ""),
    ]


if __name__ == "__main__":
    print(_bare_here_s(sys.argv[1:]))
