"""The process that runs inputs: what it does to itself is seen from outside.

It is told its work as JSON in its only argument and answers in lines of JSON. Where it is gone or
stuck, its note of the present input tells which one did that.
"""

import faulthandler
import gc
import json
import mmap
import random
import signal
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.fuzz_misbehaving import MISBEHAVING
from tests.faults.fuzz_mutations import mutated
from tests.faults.fuzz_target import Target, scratch

LONGEST_S = 2.0
"""Of processor time, as the other processes of a computer must not matter."""

MOST_MB = 500.0
MORE_ADDRESSES_MB = 6000
"""Beyond what the worker has at its beginning; libraries reserve far more than they use."""

NOTE = struct.Struct("<qd")


class HangError(BaseException):
    """An input took too long; no `except Exception` may swallow this."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that did what no input may do.

    Parameters
    ----------
    kind
        `error`, `hang`, `memory`, `stuck` or `died`.
    where
        Kind of the exception and the innermost line of imu_hip, to tell faults apart.
    """

    target: str
    number: int
    kind: str
    where: str
    text: str


@dataclass(slots=True)
class Tally:
    """What one target did so far."""

    runs: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0


def input_of(target: Target, seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """The input of a number; the first ones are the seeds as they are."""
    if number < len(seeds):
        return seeds[number]
    return mutated(random.Random(f"{seed}/{target.name}/{number}"), seeds)


def where_of(error: BaseException) -> str:
    """Kind of an exception and the innermost line of imu_hip that it went through."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "imu_hip" in Path(frame.filename).parts or "tests" in Path(frame.filename).parts
    ]
    return f"{type(error).__name__} at {places[-1] if places else 'nowhere'}"


def tried(
    target: Target, run: Callable[[bytes], None], data: bytes
) -> tuple[float, BaseException | None]:
    """Run one input: processor time in seconds, and what it did that it may not."""
    began_s = time.process_time()
    fault: BaseException | None = None
    try:
        _set_alarm(LONGEST_S)
        run(data)
    except target.expected:
        pass
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        fault = error
    finally:
        _set_alarm(0.0)
    return time.process_time() - began_s, fault


def main(argument: str) -> None:
    """Run what JSON asks for: `note`, `seed`, and `work`, lists of target, first and last."""
    asked = json.loads(argument)
    faulthandler.enable()
    warnings.simplefilter("error", RuntimeWarning)
    _limit_addresses()
    with Path(asked["note"]).open("r+b") as file, mmap.mmap(file.fileno(), NOTE.size) as note:
        for name, first, last in asked["work"]:
            if not _run_target(_target(name), first, last, asked["seed"], note):
                # Another process goes on, which has its memory still.
                return


def _target(name: str) -> Target:
    if name in MISBEHAVING:
        return MISBEHAVING[name]
    from tests.faults.fuzz_targets import target_named  # noqa: PLC0415 (imports all of imu_hip)

    return target_named(name)


def _run_target(target: Target, first: int, last: int, seed: int, note: mmap.mmap) -> bool:
    """Run inputs of a target; False where the process has kept too much memory to go on."""
    # No input runs yet, so that nothing can be stuck.
    note[:] = NOTE.pack(first, 0.0)
    seeds = target.seeds()
    tally = Tally()
    with scratch() as folder:
        run = target.prepare(folder)
        _forget_peak()
        for number in range(first, last):
            data = input_of(target, seeds, seed, number)
            note[:] = NOTE.pack(number, time.monotonic())
            spent_s, fault = tried(target, run, data)
            tally.runs += 1
            tally.slowest_s = max(tally.slowest_s, spent_s)
            if fault is not None:
                _tell_failure(target.name, number, fault)
            peak_mb = _peak_mb()
            tally.peak_mb = max(tally.peak_mb, peak_mb)
            if peak_mb > MOST_MB:
                _tell(Failure(target.name, number, "memory", "memory", f"{peak_mb:.0f} MB"))
                del data, fault
                gc.collect()
                _forget_peak()
                if _peak_mb() > 0.8 * MOST_MB:
                    break
    _print({"done": target.name, "next": first + tally.runs, **asdict(tally)})
    return first + tally.runs == last


def _tell_failure(name: str, number: int, fault: BaseException) -> None:
    kind = "hang" if isinstance(fault, HangError) else "error"
    text = "".join(traceback.format_exception(fault))[-3000:]
    _tell(Failure(name, number, kind, where_of(fault), text))


def _tell(failure: Failure) -> None:
    _print({"failure": asdict(failure)})


def _print(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _on_alarm(*_: object) -> None:
    raise HangError(f"more than {LONGEST_S:g} s")


def _set_alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _on_alarm)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_addresses() -> None:
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 (not on every system)

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MORE_ADDRESSES_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _peak_mb() -> float:
    if sys.platform != "linux":
        return 0.0
    # getrusage also counts the program that started this one, however large it was.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    (peak_kb,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak_kb) / 1024.0


def _forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
