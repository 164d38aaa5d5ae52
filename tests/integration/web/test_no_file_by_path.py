"""What stands in a request's path opens no file: files are looked up by name or number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ASKING = Path(__file__).with_name("opened_files.py")


@pytest.mark.slow
def test_no_path_of_a_request_opens_a_file(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ASKING), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    # The one file that is opened is the one that the history lists, under its number.
    assert told["listed"] == [["open", told["report"]]]
    # The paths led to answers of several kinds, so the routes were really reached.
    assert {"200", "404"} <= set(told["statuses"])
    assert set(told["statuses"]) <= {"200", "303", "404", "405"}
