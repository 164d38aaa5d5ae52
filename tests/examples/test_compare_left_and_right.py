"""The example runs as it is printed, and finds the difference that its runner has."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

EXAMPLE = Path(__file__).with_name("compare_left_and_right.py")


def run_example(*arguments):
    command = [sys.executable, str(EXAMPLE), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_example_compares_a_simulated_run_and_keeps_its_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run_example()
    assert done.returncode == 0, done.stderr
    left, right, verdict, *_, last = done.stdout.splitlines()
    assert left.startswith("left: ")
    assert right.startswith("right: ")
    assert verdict == "left against right: a measurable difference"
    assert last == "tables: run_tables"
    summary = pd.read_csv(tmp_path / "run_tables" / "summary.csv")
    difference = summary[
        (summary["side"] == "right minus left") & (summary["quantity"] == "cycle_excursion")
    ]
    assert difference["low"].item() < 10.0 < difference["high"].item()
    for name in ("strides", "curves", "angles"):
        assert len(pd.read_csv(tmp_path / "run_tables" / f"{name}.csv")) > 100


def test_the_example_says_what_is_wrong_with_a_file(tmp_path):
    done = run_example(tmp_path / "nothing.csv")
    assert done.returncode == 1
    assert "nothing.csv" in done.stderr
    assert "Traceback" not in done.stderr
