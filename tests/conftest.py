"""Fixtures for all tests."""

import os
import sys
from pathlib import Path

import pytest

# At the end, so that the installed package is tested and not the folder beside the tests.
sys.path.append(str(Path(__file__).parents[1]))


@pytest.fixture(scope="session")
def reference_data():
    """Folder of the real recordings, which are not part of the project."""
    given = os.environ.get("IMU_HIP_REFERENCE_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if given and not folder.is_dir():
        pytest.fail(f"IMU_HIP_REFERENCE_DATA names {folder}, which is no folder")
    if not folder.is_dir():
        pytest.skip(f"no reference recordings in {folder}; set IMU_HIP_REFERENCE_DATA")
    return folder
