"""A Dask cluster of processes, as a laboratory would start it."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

DASK = Path(sys.executable).with_name("dask")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass(frozen=True)
class Cluster:
    """Where the scheduler answers, and the processes that watch over a worker each."""

    address: str
    watchers: tuple["subprocess.Popen[bytes]", ...]

    def kill_a_worker(self) -> None:
        """Kill one worker as a system does that has no memory left; its watcher starts another."""
        family = psutil.Process(self.watchers[0].pid).children(recursive=True)
        max(family, key=lambda process: process.memory_info().rss).kill()


@contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """A scheduler and workers of one thread, all gone in the end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        told = ["--scheduler-file", str(file)]
        ports = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
        worker = [DASK, "worker", *told, "--nthreads", "1", "--local-directory", folder]
        started = [subprocess.Popen([DASK, "scheduler", *told, *ports], **QUIET)]
        started += [
            subprocess.Popen([*worker, "--dashboard-address", "127.0.0.1:0"], **QUIET)
            for _ in range(workers)
        ]
        try:
            yield Cluster(_address(file), tuple(started[1:]))
        finally:
            for process in started[::-1]:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait()


def _address(file: Path) -> str:
    for _ in range(300):
        with suppress(OSError, ValueError):
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.1)
    raise RuntimeError("the scheduler does not start")
