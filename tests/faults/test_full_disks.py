"""A disk that is full or takes nothing: one sentence, and nothing that looks whole and is not."""

from contextlib import suppress
from pathlib import Path

import pytest

from imu_hip.history.errors import HistoryError
from imu_hip.history.store import open_history
from tests.histories import repetition, result, session

SEATED = Path(__file__).parents[2] / "recordings" / "simulated_seated.parquet"

ON_BOTH = (
    f"analyze {SEATED} --out D",
    f"convert {SEATED} D/a.csv",
    f"convert {SEATED} D/a.parquet",
    f"export {SEATED} D/a.mot",
    f"export {SEATED} D/a.c3d",
    f"export {SEATED} D/dataset --to motion-bids --subject 01",
    f"compare {SEATED}:left {SEATED}:right --json D/c.json",
    "trend Anna --out D --db h.sqlite",
    f"cohort {SEATED} --out D/t.parquet --workers 1",
    "history backup D/b.sqlite --db h.sqlite",
    "history export Anna D/e --db h.sqlite",
    "history export Anna D/e.zip --db h.sqlite",
    "history report 1 D/r.html --db h.sqlite",
    "history people --db D/h.sqlite",
    "history delete Anna --yes --db D/h.sqlite",
    "serve --no-browser --virtual --db D/h.sqlite",
)


def named(line):
    """A command without its paths."""
    return " ".join(Path(word).name for word in line.split()[:3])


@pytest.fixture(scope="session")
def annas(tmp_path_factory):
    """A history with one person and one session."""
    path = tmp_path_factory.mktemp("anna") / "h.sqlite"
    with open_history(str(path)) as history:
        number = session(history, history.add_person("Anna"), result())
        history.add_repetition(number, repetition())
    return path.read_bytes()


@pytest.fixture
def place(disk, annas, tmp_path):
    """A small disk with a history on it, which lies beside it, too."""
    folder = disk(400)
    for where in (tmp_path, folder):
        (where / "h.sqlite").write_bytes(annas)
    return folder


def fill(folder):
    """Leave no space on a disk; how much can be taken back is said by the name of the file."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return filler


def contents(folder):
    """All files that hold anything, but for those that SQLite keeps beside a history."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return {path: path.read_bytes() for path in files if not path.name.endswith(("-shm", "-wal"))}


def refuses(call, folder, line):
    """Call a command on a disk: it says in one sentence where nothing can be written and why."""
    before = contents(folder)
    words = [str(folder / word[2:]) if word.startswith("D/") else word for word in line.split()]
    outcome = call(*(str(folder) if word == "D" else word for word in words))
    assert outcome.status == 2, outcome
    assert "Traceback" not in outcome.err
    (sentence,) = outcome.err.splitlines()
    assert str(folder) in sentence
    assert ".part" not in sentence
    assert contents(folder) == before
    return sentence


@pytest.mark.parametrize("line", ON_BOTH, ids=named)
def test_a_full_disk_is_told_and_nothing_looks_whole(place, call, line):
    fill(place)
    sentence = refuses(call, place, line)
    assert any(words in sentence for words in ("No space left", "disk is full"))


@pytest.mark.parametrize("line", [*ON_BOTH, "record D/r.parquet --virtual dot"], ids=named)
def test_a_read_only_folder_is_told(place, call, take_nothing, line):
    take_nothing(place)
    sentence = refuses(call, place, line)
    assert any(words in sentence for words in ("you may write", "permission"))


def test_a_disk_that_fills_up_costs_no_result_and_takes_more_once_there_is_space(place):
    address = str(place / "h.sqlite")
    with open_history(address) as history:
        filler = fill(place)
        kept = 1
        with suppress(HistoryError):
            while kept < 1000:
                history.add_repetition(1, repetition(kept + 1))
                kept += 1
        with pytest.raises(HistoryError, match="the disk is full"):
            history.add_repetition(1, repetition(kept + 1))
        assert [one.number for one in history.repetitions(1)] == list(range(1, kept + 1))
        filler.unlink()
        history.add_repetition(1, repetition(kept + 1))
    with open_history(address) as history:
        assert [one.number for one in history.repetitions(1)] == list(range(1, kept + 2))


def test_a_history_is_not_migrated_where_no_copy_of_it_can_be_made(disk, older):
    place = disk(1000)
    path = older(str(place / "old.sqlite"))
    before = Path(path).read_bytes()
    filler = fill(place)
    with pytest.raises(HistoryError, match="the disk is full"):
        open_history(path)
    assert Path(path).read_bytes() == before
    assert not list(place.glob("*before*"))
    filler.unlink()
    with open_history(path) as history:
        assert [person.alias for person in history.people()] == ["Anna"]
