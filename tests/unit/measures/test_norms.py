"""The table of published norms is complete and used as it is."""

from statistics import NormalDist

import pytest

from imu_hip.measures.norms import all_norms, norms_for
from imu_hip.names import Direction, Sex, Task


def test_every_position_sex_and_direction_occurs_once():
    keys = [(n.position, n.sex, n.direction) for n in all_norms()]
    assert sorted(keys) == sorted(
        (p, s, d) for p in (Task.SEATED, Task.PRONE) for s in Sex for d in Direction
    )


@pytest.mark.parametrize("norm", all_norms(), ids=lambda n: f"{n.position}-{n.sex}-{n.direction}")
def test_norms_are_plausible_and_name_their_source(norm):
    assert 20.0 < norm.mean_deg < 60.0
    assert 5.0 < norm.sd_deg < 15.0
    assert norm.n > 100
    assert norm.source
    assert norm.population


@pytest.mark.parametrize("norm", all_norms(), ids=lambda n: f"{n.position}-{n.sex}-{n.direction}")
def test_the_mean_is_the_fiftieth_percentile(norm):
    assert norm.percentile(norm.mean_deg) == pytest.approx(50.0)
    # One SD above the mean lies 84.13 % of a normal distribution.
    assert norm.percentile(norm.mean_deg + norm.sd_deg) == pytest.approx(84.13, abs=0.01)
    assert norm.percentile(norm.mean_deg - norm.sd_deg) == pytest.approx(15.87, abs=0.01)


def test_a_published_value():
    # Czuppon et al.: seated internal rotation of 131 female athletes, 34.7 ± 10.7°.
    (norm,) = norms_for(Task.SEATED, Direction.INTERNAL, Sex.FEMALE)
    assert (norm.mean_deg, norm.sd_deg, norm.n) == (34.7, 10.7, 131)
    assert norm.percentile(20.0) == pytest.approx(100 * NormalDist().cdf((20 - 34.7) / 10.7))


def test_both_sexes_without_a_sex_and_none_for_other_tasks():
    assert [n.sex for n in norms_for(Task.PRONE, Direction.EXTERNAL, None)] == [
        Sex.MALE,
        Sex.FEMALE,
    ]
    assert norms_for(Task.RUN, Direction.EXTERNAL, None) == ()
