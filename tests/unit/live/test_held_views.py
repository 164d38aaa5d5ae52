"""What is shown as finished is safe, or it is said that it is not."""

import pytest

from imu_hip.live.held_views import LONGEST_HELD_S, NOT_YET, HeldViews
from tests.web_sessions import a_view


class Screen:
    """Views that are held by a saver that the test leads."""

    def __init__(self):
        self.now_s = 100.0
        self.is_saving = False
        self.seen = []
        self.views = HeldViews(lambda: self.is_saving, self.seen.append, lambda: self.now_s)

    def wait(self, seconds):
        self.now_s += seconds
        self.views.look()


@pytest.fixture
def screen():
    return Screen()


def test_a_view_is_shown_at_once_where_nothing_is_to_be_saved(screen):
    screen.views.hold(a_view(cue_number=1))
    assert screen.seen == [a_view(cue_number=1)]
    screen.wait(10.0)
    assert len(screen.seen) == 1


def test_a_view_waits_until_what_it_shows_is_saved(screen):
    screen.is_saving = True
    screen.views.hold(a_view(cue_number=1))
    screen.wait(0.9 * LONGEST_HELD_S)
    screen.views.hold(a_view(cue_number=2))
    assert screen.seen == []
    screen.is_saving = False
    screen.views.look()
    assert screen.seen == [a_view(cue_number=2)]


def test_a_view_that_cannot_wait_any_longer_says_so_and_comes_again(screen):
    screen.is_saving = True
    screen.views.hold(a_view(cue_number=1, warning="A sensor is away."))
    screen.wait(LONGEST_HELD_S)
    screen.wait(10.0)
    assert screen.seen == [a_view(cue_number=1, warning=f"A sensor is away. {NOT_YET}")]
    # Later ones come, too, while a slow disk takes its time.
    screen.views.hold(a_view(cue_number=2))
    assert screen.seen[-1] == a_view(cue_number=2, warning=NOT_YET)
    screen.is_saving = False
    screen.views.look()
    assert screen.seen[-1] == a_view(cue_number=2)
    assert len(screen.seen) == 3
