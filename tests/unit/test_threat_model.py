"""Every line of the threat model is held by tests: this is the list of which."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
A_TEST = re.compile(r"^(async )?def test_", re.MULTILINE)

HELD_BY = {
    "foreign web page": ("integration/web/test_security.py", "browser/test_policy.py"),
    "words that are code": (
        "browser/test_policy.py",
        "browser/test_hostile_words.py",
        "integration/web/test_answers.py",
        "unit/report/test_hostile_words.py",
        "unit/recording/test_csv_cells.py",
    ),
    "path in a request": ("integration/web/test_no_file_by_path.py",),
    "another user": ("unit/recording/test_private_files.py", "unit/cohort/test_own_tls.py"),
    "neighbour in the network": ("unit/web/test_entry.py", "integration/web/test_security.py"),
    "file from a stranger": (
        "unit/recording/test_zip_limits.py",
        "unit/recording/test_parquet_bombs.py",
        "unit/recording/test_journal_bombs.py",
        "unit/cohort/test_hostile_archives.py",
        "unit/history/test_hostile_backups.py",
        "unit/test_no_pickle.py",
    ),
    "sensor that lies": ("unit/test_printable.py", "unit/cli/test_raw_names.py"),
    "a dependency": ("unit/test_dependencies.py",),
    "Dask scheduler": ("unit/test_no_pickle.py",),
    "export and delete": ("unit/history/test_personal_data.py", "unit/history/test_deletion.py"),
    "sends nothing": ("integration/test_nothing_is_sent.py",),
}


def section():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^### Threat model\n(.*?)(?=^#{1,3} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_every_threat_is_held_by_tests_that_are_there():
    rows = [line.split("|")[1].strip() for line in section().splitlines() if line.startswith("|")]
    for row in rows[2:]:
        assert sum(words in row for words in HELD_BY) == 1, row
    for words, files in HELD_BY.items():
        assert words in section(), words
        for name in files:
            assert re.search(
                r"^(async )?def test_", (TESTS / name).read_text("utf-8"), re.MULTILINE
            )
