"""A history file that something has damaged: its data or one sentence, and never anything else."""

import random

import pytest

from imu_hip.errors import ImuHipError
from imu_hip.history.store import open_history
from tests.histories import bout, everything, repetition, result, session


def fill(path):
    """Two people with three sessions each; what the file, its log and the history hold then."""
    with open_history(str(path)) as history:
        for alias in ("Anna", "Bob"):
            person = history.add_person(alias)
            for _ in range(3):
                number = session(history, person, result(), result(41.0, side="right"))
                history.add_repetition(number, repetition(reason="x" * 300))
                history.add_bout(number, bout())
        log = path.with_name(f"{path.name}-wal").read_bytes()
        return path.read_bytes(), log, everything(history)


@pytest.fixture(scope="module")
def in_use(tmp_path_factory):
    """A history file and its log as a program left them that was killed, and what they hold."""
    return fill(tmp_path_factory.mktemp("use") / "h.sqlite")


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory):
    """A history file after the program has ended."""
    path = tmp_path_factory.mktemp("rest") / "h.sqlite"
    fill(path)
    return path.read_bytes()


@pytest.fixture
def answers(tmp_path):
    """What a history of these bytes answers, or the one sentence that it says instead."""
    path = tmp_path / "h.sqlite"

    def answers(data, log=None):
        for old in tmp_path.iterdir():
            old.unlink()
        path.write_bytes(data)
        if log is not None:
            path.with_name("h.sqlite-wal").write_bytes(log)
        try:
            with open_history(str(path)) as history:
                found = everything(history)
                history.add_person("somebody new")
                history.backup(tmp_path / "backup.sqlite")
                return found
        except ImuHipError as error:
            told = str(error)
            assert len(told.splitlines()) == 1
            assert str(path) in told
            # What is damaged is not copied as if it were whole.
            assert not (tmp_path / "backup.sqlite").exists()
            return told

    return answers


def test_the_log_of_a_program_that_was_killed_is_read(answers, in_use):
    assert answers(in_use[0], in_use[1]) == in_use[2]


def test_without_its_log_a_history_is_what_it_was_before_it(answers, in_use):
    # All that was kept since the file was made is in the log: without it nobody is known.
    found = answers(in_use[0])
    assert isinstance(found, str) or found == ((), (), [])


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_log_that_ends_early_or_holds_rubbish_gives_what_was_whole(answers, in_use, part):
    data, log, whole = in_use
    end = int(part * len(log))
    for broken in (log[:end], log[:end] + random.Random(1).randbytes(len(log) - end)):
        people, sessions, _ = answers(data, broken)
        # Frames are checked, so that only whole transactions are taken, from the first one on.
        assert people == whole[0][: len(people)]
        assert {each.id for each in sessions} <= {each.id for each in whole[1]}


def test_a_file_that_was_cut_off_anywhere_is_told(answers, at_rest):
    chance, whole = random.Random(2), answers(at_rest)
    for _ in range(12):
        found = answers(at_rest[: chance.randrange(1, len(at_rest))])
        # The end of the last page may hold nothing.
        assert isinstance(found, str) or found == whole


def test_bits_that_flip_are_told_or_change_no_more_than_a_value(answers, at_rest):
    chance = random.Random(3)
    told = 0
    for _ in range(40):
        data = bytearray(at_rest)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        told += isinstance(answers(bytes(data)), str)
    # SQLite has no checksums: a flip in a number or in empty space stays unseen.
    assert told > 3


def test_a_file_of_no_bytes_is_a_new_history(answers):
    assert answers(b"") == ((), (), [])


def test_pages_that_changed_places_are_told(answers, at_rest):
    pages = [at_rest[start : start + 4096] for start in range(0, len(at_rest), 4096)]
    random.Random(4).shuffle(pages)
    assert isinstance(answers(b"".join(pages)), str)
