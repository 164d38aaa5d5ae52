"""Some kills at random moments; `python -m tests.faults kills` makes hundreds of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.faults.kill_cohort import CohortVictim
from tests.faults.kill_history import HistoryVictim
from tests.faults.kill_record import RecordVictim
from tests.faults.kill_serve import ServeVictim
from tests.faults.kill_toll import Toll
from tests.faults.kills import is_too_high, table

pytestmark = pytest.mark.slow

RUNS = {"record": 2, "serve": 2, "cohort": 2, "history": 3}


def test_kills_at_random_moments_lose_nothing_and_everything_starts_again(tmp_path):
    folders = {target: tmp_path / target for target in RUNS}
    for folder in folders.values():
        folder.mkdir()
    victims = {
        "record": RecordVictim(folders["record"], duration_s=1.5),
        # Too soon for a repetition: sessions that are gone on with have a test of their own.
        "serve": ServeVictim(folders["serve"], longest_s=4.0),
        "cohort": CohortVictim(folders["cohort"], longest_s=4.0),
        "history": HistoryVictim(folders["history"]),
    }

    def kill(target):
        # The same moments every time, as far as the machine is the same.
        rng = np.random.default_rng(6)
        return [victims[target].kill(rng) for _ in range(RUNS[target])]

    # They mostly wait, so they are killed side by side.
    with ThreadPoolExecutor(len(RUNS)) as pool:
        tolls = dict(zip(RUNS, pool.map(kill, RUNS), strict=True))
    assert not any(is_too_high(toll) for each in tolls.values() for toll in each), tolls


@pytest.mark.parametrize("runs", [2])
def test_a_writer_into_postgresql_is_killed(postgresql, tmp_path, runs):
    victim, rng = HistoryVictim(tmp_path, postgresql), np.random.default_rng(7)
    tolls = [victim.kill(rng) for _ in range(runs)]
    assert not any(is_too_high(toll) for toll in tolls), tolls


def test_the_table_says_what_was_lost_and_what_did_not_start_again():
    tolls = {"record": [Toll(), Toll(samples_s=0.4)], "serve": [Toll(2), Toll(0, 1.5, False)]}
    lines = [line.split() for line in table(tolls).splitlines()]
    assert lines[1:] == [["record", "2", "0", "0.40", "0"], ["serve", "2", "2", "1.50", "1"]]
    assert [is_too_high(toll) for each in tolls.values() for toll in each] == [0, 0, 1, 1]
