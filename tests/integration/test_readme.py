"""The README's Python example runs as it is written."""

import re
from pathlib import Path

import pytest

from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.generic_map import read_map

ROOT = Path(__file__).parents[2]


def python_examples():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_python_example_prints_both_legs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(python_examples()[0], "README.md", "exec"), {})
    left, right, *tables = capsys.readouterr().out.splitlines()
    assert any("cycle_excursion" in line for line in tables)
    assert any("band_low_deg" in line or "percent" in line for line in tables)
    assert left.startswith("left 2")
    assert right.startswith("right 3")


@pytest.mark.slow
def test_the_python_example_records_two_virtual_sensors(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    exec(compile(python_examples()[1], "README.md", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.splitlines() == ["2 sensors"]
    assert open_recording(tmp_path / "walk.parquet").duration_s > 2.5


def test_the_map_of_columns_is_one_that_is_read(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "map.toml"
    path.write_text(example, encoding="utf-8")
    assert read_map(path) is not None
