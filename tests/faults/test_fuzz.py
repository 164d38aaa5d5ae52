"""The fuzzer: it reaches every reader, notices what none may do, and finds nothing any more."""

import sys
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.registry import DRIVERS
from imu_hip.recording.formats.registry import FORMATS
from tests.faults import fuzz
from tests.faults.fuzz_answers import ANSWERS
from tests.faults.fuzz_coverage import guided
from tests.faults.fuzz_histories import HISTORIES
from tests.faults.fuzz_kept import KEPT
from tests.faults.fuzz_misbehaving import MISBEHAVING, NUMBER
from tests.faults.fuzz_packets import PACKETS
from tests.faults.fuzz_page import PAGE
from tests.faults.fuzz_readers import READERS
from tests.faults.fuzz_tables import TABLES
from tests.faults.fuzz_target import packed, scratch, unpacked, written
from tests.faults.fuzz_targets import TARGETS, target_named
from tests.faults.fuzz_worker import input_of, tried

SHORT_RUNS = 600
QUICK = [target for target in (*PACKETS, *ANSWERS, *KEPT, *PAGE) if target.weight >= 1.0]
DAMAGED_SEEDS = ("zip bytes",)
"""Some of its seeds are made to fill a memory."""


def by_name(targets):
    return pytest.mark.parametrize("target", targets, ids=lambda target: target.name)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_every_format_is_fuzzed(known):
    assert any(known.name in target.covers for target in READERS)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_every_driver_is_fuzzed(driver):
    names = [t.name for t in (*PACKETS, *ANSWERS) if driver.name in t.covers]
    wanted = ["stream", "answers", *(["stored file"] if driver.recorder else [])]
    assert {f"{driver.name} {what}" for what in wanted} <= set(names)


def test_names_are_unique():
    assert len({target.name for target in TARGETS}) == len(TARGETS)
    with pytest.raises(SystemExit, match="No target is called 'x'"):
        target_named("x")


@by_name(
    [
        target
        for target in (*READERS, *TABLES, *KEPT, *HISTORIES)
        if target.name not in DAMAGED_SEEDS
    ]
)
def test_seeds_are_accepted(target, tmp_path):
    """What is refused from the beginning would never be read to its end."""
    run = target.prepare(tmp_path)
    for data in target.seeds():
        run(data)


def test_inputs_are_the_same_again_and_differ_from_each_other():
    target = target_named("long CSV")
    seeds = target.seeds()
    inputs = [input_of(target, seeds, 1, number) for number in range(100)]
    assert inputs == [input_of(target, seeds, 1, number) for number in range(100)]
    assert len(set(inputs)) > 90
    assert inputs[50] != input_of(target, seeds, 2, 50)


def test_files_are_packed_into_one_input(tmp_path):
    files = {"a.csv": b"1,2\n", "one|b.csv": b"", "c": b"\x00#### FILE \n"}
    assert unpacked(packed(files)) == files
    assert [path.relative_to(tmp_path).as_posix() for path in written(packed(files), tmp_path)] == [
        "a.csv",
        "one/b.csv",
        "c",
    ]
    assert written(b"#### FILE ../x\n1\n#### FILE ..\n2", tmp_path) == [tmp_path / ".._x"]


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("raises", "KeyError"),
        ("warns", "RuntimeWarning"),
        ("tells a wrong number", "WrongNumberError"),
    ],
)
def test_an_exception_that_nobody_expects_is_a_fault(way, kind, tmp_path):
    target = MISBEHAVING[f"one that {way}"]
    run = target.prepare(tmp_path)
    faults = [tried(target, run, data)[1] for data in target.seeds()]
    assert [i for i, fault in enumerate(faults) if fault is not None] == [NUMBER]
    assert type(faults[NUMBER]).__name__ == kind


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak of memory")
def test_hangs_memory_and_crashes_are_told_and_the_rest_is_run(tmp_path):
    ways = ("hangs", "fills the memory", "dies")
    targets = [MISBEHAVING[f"one that {way}"] for way in ways]
    outcome = fuzz.fuzzed(targets, 18, seed=1)
    told = {failure.target: (failure.number, failure.kind) for failure in outcome.failures}
    assert told == {
        "one that hangs": (NUMBER, "hang"),
        "one that fills the memory": (NUMBER, "memory"),
        "one that dies": (NUMBER, "died"),
    }
    assert all(tally.runs == 6 for tally in outcome.tallies.values())
    lines = fuzz.kept(outcome, 1, tmp_path)
    assert len(lines) == 3
    assert (tmp_path / f"one_that_hangs-1-{NUMBER}.bin").read_bytes() == bytes([NUMBER])
    assert [row.split()[-3] for row in fuzz.table(outcome).splitlines()[1:]] == ["1", "1", "1", "3"]


def test_shares_are_by_weight_and_nobody_gets_none():
    shares = fuzz.shares(TARGETS, 1000)
    assert min(shares.values()) >= 1
    assert 1000 <= sum(shares.values()) <= 1000 + len(TARGETS)
    assert shares["dot stream"] > shares["analysis"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(QUICK), st.integers(0, 2**32))
def test_quick_readers_take_whatever_hypothesis_finds(target, number):
    with scratch() as folder:
        data = input_of(target, target.seeds(), number, 10**6)
        _, fault = tried(target, target.prepare(folder), data)
    assert fault is None, data


@pytest.mark.slow
def test_a_short_run_finds_nothing(tmp_path):
    """The long one is `python -m tests.faults fuzz`."""
    outcome = fuzz.fuzzed(TARGETS, SHORT_RUNS, seed=1)
    assert fuzz.kept(outcome, 1, tmp_path) == []
    assert sum(tally.runs for tally in outcome.tallies.values()) >= SHORT_RUNS


@pytest.mark.slow
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is made for Linux only")
def test_coverage_leads_to_what_no_mutation_finds(tmp_path):
    outcome = guided([target_named("dot stream")], 300, 1, tmp_path, "imu_hip.bluetooth.drivers")
    assert outcome.failures == []
    assert outcome.tallies["dot stream"].runs >= 300
