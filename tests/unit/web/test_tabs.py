"""Tabs: one drives, all see the same, a slow one costs nothing."""

import asyncio
import json

import pytest

from imu_hip.live.messages import LiveFrame
from imu_hip.web.pace import FRAME_S, FramePace
from imu_hip.web.tabs import MOST_TABS, MOST_WAITING, Tabs, TooManyTabsError


async def waiting(tab):
    """Everything that waits for a tab."""
    messages = []
    while True:
        try:
            async with asyncio.timeout(0.01):
                messages.append(await tab.next())
        except TimeoutError:
            return messages


async def test_the_first_tab_drives_and_the_next_follows_it():
    tabs = Tabs()
    first, second, third = tabs.join(), tabs.join(), tabs.join()
    assert [tabs.drives(tab) for tab in (first, second, third)] == [True, False, False]
    tabs.leave(first)
    assert tabs.drives(second)
    assert await waiting(second) == ['{"type":"drives","drives":true}']
    assert await waiting(third) == []
    tabs.leave(third)
    tabs.leave(second)
    assert tabs.drives(tabs.join())


async def test_another_tab_takes_over():
    tabs = Tabs()
    first, second = tabs.join(), tabs.join()
    tabs.drive(second)
    tabs.drive(second)
    assert tabs.drives(second)
    assert not tabs.drives(first)
    assert await waiting(first) == ['{"type":"drives","drives":false}']
    assert await waiting(second) == ['{"type":"drives","drives":true}']


async def test_there_are_only_so_many_tabs():
    tabs = Tabs()
    joined = [tabs.join() for _ in range(MOST_TABS)]
    with pytest.raises(TooManyTabsError):
        tabs.join()
    tabs.leave(joined[3])
    tabs.join()
    assert len(tabs) == MOST_TABS


async def test_of_frames_the_newest_waits_and_of_views_all():
    tabs = Tabs()
    tab = tabs.join()
    for number in range(100):
        tabs.show_newest("frame", f"frame {number}")
        tabs.show_newest("sensors", f"sensors {number}")
        if number % 10 == 0:
            tabs.show(f"view {number}")
    views = [f"view {number}" for number in range(0, 100, 10)]
    assert await waiting(tab) == [*views, "frame 99", "sensors 99"]


async def test_a_tab_that_takes_nothing_is_given_up_and_others_are_not():
    tabs = Tabs()
    slow, quick = tabs.join(), tabs.join()
    for number in range(MOST_WAITING + 1):
        tabs.show(f"view {number}")
        assert await quick.next() == f"view {number}"
    assert await slow.next() is None
    assert await waiting(quick) == []


async def test_frames_come_at_the_rate_of_a_display():
    sent = []
    clock = asyncio.get_running_loop().time

    def send(text):
        sent.append((clock(), json.loads(text)["time_s"]))

    pace = FramePace(send)
    begin = clock()
    number = 0
    while clock() - begin < 0.5:
        number += 1
        pace.show(LiveFrame(number, 0.0, {}))
        await asyncio.sleep(0.001)
    await asyncio.sleep(2 * FRAME_S)
    # 0.5 s at 64 Hz are 32 frames; one more may be early, and one goes at the end.
    assert 20 <= len(sent) <= 34
    assert sent[-1][1] == number
    assert [told for _, told in sent] == sorted({told for _, told in sent})


async def test_a_frame_and_an_early_one_go_at_once_and_none_after_the_stop():
    sent = []
    pace = FramePace(sent.append)
    for number in (1, 2, 3):
        pace.show(LiveFrame(number, 0.0, {}))
    assert [json.loads(text)["time_s"] for text in sent] == [1.0, 2.0]
    pace.stop()
    await asyncio.sleep(2 * FRAME_S)
    assert len(sent) == 2
