"""The README's Python example runs as it is written."""

import re
from pathlib import Path

from imu_hip.recording.formats.generic_map import read_map

ROOT = Path(__file__).parents[2]


def test_the_python_example_prints_both_legs(monkeypatch, capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(example, "README.md", "exec"), {})
    left, right = capsys.readouterr().out.splitlines()
    assert left.startswith("left 2")
    assert right.startswith("right 3")


def test_the_map_of_columns_is_one_that_is_read(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "map.toml"
    path.write_text(example, encoding="utf-8")
    assert read_map(path) is not None
