"""Visits to a sensor that are taken up again after a lost link."""

from types import SimpleNamespace

import pytest

from imu_hip.bluetooth import visit
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import Identity
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.visit import MOST_FRUITLESS_VISITS, Worn, persistently, visiting
from imu_hip.names import Segment

AT_ONCE = Patience(first_backoff_s=0.0, longest_backoff_s=0.0)
WORN = Worn(
    Segment.LEFT_SHIN,
    KnownSensor(SimpleNamespace(address="D4:22", name="Xsens DOT"), Identity("DOT", "D422"), None),
)


class Trip:
    """Visits whose link is lost until the errand is done; each brings what is planned for it."""

    def __init__(self, brings):
        self.brings = list(brings)
        self.got = 0
        self.visits = 0

    async def errand(self, _):
        self.visits += 1
        if not self.brings:
            return "done"
        self.got += self.brings.pop(0)
        raise LinkLostError("The link was lost")

    async def run(self, **options):
        return await persistently(None, WORN, self.errand, lambda: self.got, AT_ONCE, **options)


@pytest.fixture(autouse=True)
def always_there(monkeypatch):
    class Visit:
        async def __aenter__(self):
            return None

        async def __aexit__(self, *error):
            return None

    monkeypatch.setattr(visit, "visiting", lambda *_: Visit())


async def test_an_errand_that_succeeds_is_done_once():
    trip = Trip([])
    assert await trip.run() == "done"
    assert trip.visits == 1


async def test_it_goes_on_as_long_as_it_gets_ahead():
    trip = Trip([1] * (4 * MOST_FRUITLESS_VISITS))
    assert await trip.run() == "done"
    assert trip.visits == 4 * MOST_FRUITLESS_VISITS + 1


async def test_it_gives_up_after_visits_without_progress():
    trip = Trip([0] * 100)
    with pytest.raises(LinkLostError):
        await trip.run()
    assert trip.visits == MOST_FRUITLESS_VISITS


async def test_progress_makes_fruitless_visits_forgotten():
    nearly = [0] * (MOST_FRUITLESS_VISITS - 1)
    trip = Trip([*nearly, 1, *nearly, 1, *nearly])
    assert await trip.run() == "done"


async def test_less_patience_can_be_asked_for():
    trip = Trip([0] * 100)
    with pytest.raises(LinkLostError):
        await trip.run(most_fruitless=2)
    assert trip.visits == 2


async def test_a_refusal_is_not_tried_again():
    visits = 0

    async def errand(_):
        nonlocal visits
        visits += 1
        raise DialogueError("no")

    with pytest.raises(DialogueError):
        await persistently(None, WORN, errand, patience=AT_ONCE)
    assert visits == 1


async def test_a_sensor_that_is_not_seen_is_named():
    async def nobody(_address, _timeout_s):
        return None

    central = SimpleNamespace(find_again=nobody)
    with pytest.raises(LinkLostError, match=r"left shin sensor \(D422\) was not seen in 5 s"):
        async with visiting(central, WORN):
            pytest.fail("nobody is there")
