"""The floors of the package: what may import what, and what an import costs."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import imu_hip

ROOT = Path(__file__).parents[1]
HEAVY = ("numpy", "vqf", "pyarrow", "matplotlib", "pydantic", "typer", "rich", "jinja2", "asyncio")


def test_the_floors_are_kept():
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter comes with the dev extra, which is not installed")
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_importing_the_package_imports_nothing_heavy():
    code = f"import sys, imu_hip; print([m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_version_is_that_of_the_newest_change():
    changelog = ROOT / "CHANGELOG.md"
    if not changelog.is_file():
        pytest.skip("there is no CHANGELOG.md yet")
    newest = re.search(r"^##\s+\[?v?(\d+\.\d+\.\d+)", changelog.read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == imu_hip.__version__
