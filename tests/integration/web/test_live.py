"""Tabs and sessions over real sockets."""

import asyncio
import json
import time
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from imu_hip.errors import ImuHipError
from imu_hip.guidance.view import Command, Stage
from imu_hip.history.records import Mode, SessionState
from imu_hip.live.messages import LegFrame, LiveFrame
from imu_hip.names import Side
from imu_hip.web.live_socket import MESSAGES_AT_ONCE, MOST_REFUSED
from imu_hip.web.tabs import MOST_TABS
from tests.integration.web.conftest import PROTOCOL, by_hand, handshake
from tests.web_sessions import a_view

WRONG = (
    "",
    "{",
    "null",
    '{"type":"start"}',
    '{"type":"leave","token":"wrong"}',
    b"\x00\xff",
    "[" * 999,
)


def a_frame(number):
    return LiveFrame(number / 60.0, time.time(), {Side.LEFT: LegFrame(number, 0.0, 90.0, 0.0)})


async def test_a_tab_is_greeted_with_what_can_be_begun(serve):
    async with serve() as served, served.tab() as tab:
        assert tab.hello["drives"] is True
        assert tab.hello["virtual"] is True
        assert tab.hello["people"] == []
        assert tab.hello["unfinished"] == []
        assert tab.hello["protocols"] == [
            {
                "name": "seated_rotation",
                "title": "Seated rotation",
                "about": "Both hips, sitting.",
                "kind": "test",
            }
        ]
        assert "not a medical device" in tab.hello["words"]["device"]
        assert await tab.next() == {"type": "idle"}


async def test_a_session_is_begun_told_and_left(serve):
    async with serve() as served, served.tab() as tab:
        view = await tab.start("Ada")
        assert view["view"]["person"] == "Ada"
        wish = served.session.wish
        assert (wish.protocol, wish.mode, wish.virtual) == (
            PROTOCOL,
            Mode.ACTIVE,
            "dot,play=guided",
        )
        assert (wish.sex, wish.folder, wish.resume) == (None, served.folder, None)
        await tab.say("command", command="keep")
        await tab.say("start", person="Bo", protocol=PROTOCOL.name)
        assert "runs already" in (await tab.next("problem"))["problem"]
        assert served.session.told == [Command.KEEP]
        await tab.say("leave")
        assert (await tab.next())["type"] == "hello"
        assert (await tab.next())["type"] == "idle"
        assert served.session.was_saved
        assert len(served.sessions) == 1
        await tab.say("command", command="keep")
        assert "No session runs" in (await tab.next())["problem"]


async def test_two_tabs_see_the_same_and_one_drives(serve):
    async with serve() as served, served.tab() as first, served.tab() as second:
        assert second.hello["drives"] is False
        await second.say("start", person="Bo", protocol=PROTOCOL.name)
        assert "Another tab leads" in (await second.next("problem"))["problem"]
        assert served.sessions == []
        assert await first.start() == await second.next("view")
        served.session.listener(a_view(notice="Counted."))
        assert (await first.next("view"))["view"]["notice"] == "Counted."
        assert (await second.next("view"))["view"]["notice"] == "Counted."
        await second.say("drive")
        assert (await first.next())["drives"] is False
        assert (await second.next())["drives"] is True
        await first.say("command", command="stop")
        assert "Another tab leads" in (await first.next())["problem"]
        assert served.session.told == []
        async with served.tab() as third:
            assert third.hello["drives"] is False
            assert (await third.next())["view"]["notice"] == "Counted."
            await second.socket.close()
            # The one that has been open longest follows.
            assert (await first.next("drives"))["drives"] is True
            await first.say("command", command="pain")
            await first.say("leave")
            await third.next("idle")
            assert served.session.told == [Command.PAIN]


async def test_a_session_goes_on_without_any_tab(serve):
    async with serve() as served:
        async with served.tab() as tab:
            await tab.start()
        await asyncio.sleep(0.05)
        assert not served.session.was_saved
        async with served.tab() as tab:
            assert tab.hello["drives"] is True
            assert (await tab.next())["type"] == "view"


async def test_a_session_that_writes_its_report_is_waited_for(serve):
    async with serve() as served, served.tab() as tab:
        await tab.start()
        served.session.listener(a_view(stage=Stage.RESULT))
        await tab.say("leave")
        await asyncio.sleep(0.1)
        assert not served.session.was_saved
        served.session.concluded.set()
        await tab.next("idle")
        assert served.session.was_saved


async def test_the_end_of_the_server_saves_the_session(serve):
    async with serve() as served, served.tab() as tab:
        await tab.start()
    assert served.session.was_saved


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ImuHipError("No sensor was found.", "Switch them on."), "Switch them on."),
        (ZeroDivisionError("x / 0"), "fault of the program"),
    ],
)
async def test_a_session_that_fails_says_so_and_another_can_begin(serve, fault, words, caplog):
    async with serve() as served, served.tab() as tab:
        await tab.start()
        served.session.fault = fault
        served.session.ended.set()
        assert words in (await tab.next("problem"))["problem"]
        await tab.next("idle")
        await tab.start()
    assert ("ZeroDivisionError" in caplog.text) == isinstance(fault, ZeroDivisionError)


async def test_what_was_cut_off_is_offered_and_resumed_by_its_person(serve, history):
    person = history.add_person("Ada")
    ended = history.begin_session(person, PROTOCOL.name, Mode.ACTIVE, simulated=True, recording="")
    history.finish_session(ended.id, SessionState.STOPPED, ())
    cut = history.begin_session(person, PROTOCOL.name, Mode.PASSIVE, simulated=True, recording="")
    gone = history.begin_session(person, "gone", Mode.ACTIVE, simulated=True, recording="")
    async with serve() as served, served.tab() as tab:
        assert tab.hello["people"] == [{"alias": "Ada", "sex": None}]
        assert tab.hello["unfinished"] == [
            {
                "session": cut.id,
                "person": "Ada",
                "title": "Seated rotation",
                "started": cut.started_utc.isoformat(),
                "repetitions": 0,
            }
        ]
        for number in (ended.id, gone.id, 999):
            await tab.say("resume", session=number)
            await tab.next("problem")
        assert served.sessions == []
        await tab.say("resume", session=cut.id)
        await tab.next("view")
        wish = served.session.wish
        assert (wish.person, wish.mode, wish.resume) == ("Ada", Mode.PASSIVE, cut.id)


async def test_a_session_that_runs_is_not_offered(serve, history):
    person = history.add_person("Ada")
    running = history.begin_session(
        person, PROTOCOL.name, Mode.ACTIVE, simulated=True, recording=""
    )
    async with serve() as served, served.tab() as tab:
        await tab.start()
        served.session.listener(a_view(session=running.id))
        await tab.next("view")
        async with served.tab() as other:
            assert other.hello["unfinished"] == []


async def test_a_message_that_is_wrong_leaves_the_session_as_it_is(serve):
    async with serve() as served, served.tab() as tab:
        await tab.start()
        for text in WRONG:
            await tab.socket.send(text)
            assert (await tab.next())["type"] == "problem"
        assert not served.session.was_saved
        await tab.say("command", command="pause")
        await tab.say("leave")
        await tab.next("idle")
        assert served.session.told == [Command.PAUSE]


async def test_a_huge_message_closes_its_tab_alone(serve):
    async with serve() as served, served.tab() as tab, served.tab() as other:
        await tab.start()
        await other.socket.send(json.dumps({"type": "drive", "token": "x" * 20_000}))
        with pytest.raises(ConnectionClosed) as closed:
            await other.next("problem")
        assert closed.value.rcvd.code == 1009
        await tab.say("command", command="pause")
        await tab.say("leave")
        await tab.next("idle")
        assert served.session.told == [Command.PAUSE]


async def test_a_tab_that_talks_too_much_or_only_nonsense_is_closed(serve):
    async with serve() as served, served.tab() as tab:
        await tab.start()
        too_much = ('{"type":"drive","token":""}', 2 * int(MESSAGES_AT_ONCE))
        for text, count in (("{}", MOST_REFUSED), too_much):
            async with served.tab() as other:
                for _ in range(count):
                    await other.socket.send(text)
                with pytest.raises(ConnectionClosed):
                    await other.next("never")
                assert other.socket.close_code == 1008
        assert not served.session.was_saved


async def test_of_fifty_tabs_so_many_are_served_and_the_others_told(serve):
    async with serve() as served:
        sockets = await asyncio.gather(*(served.connect() for _ in range(50)))
        first = [
            json.loads(message) for message in await asyncio.gather(*(s.recv() for s in sockets))
        ]
        kinds = [message["type"] for message in first]
        assert kinds.count("hello") == MOST_TABS
        assert kinds.count("problem") == 50 - MOST_TABS
        told = next(message for message in first if message["type"] == "problem")["problem"]
        assert (
            told == f"The page is open in {MOST_TABS} tabs already. Close one and load this again."
        )
        await asyncio.gather(*(socket.close() for socket in sockets))
        await asyncio.sleep(0.05)
        async with served.tab() as tab:
            await tab.start()


async def test_a_slow_tab_neither_delays_others_nor_piles_up(serve, monkeypatch):
    monkeypatch.setattr("imu_hip.web.live_socket.STUCK_S", 0.3)
    async with serve() as served, served.tab() as quick:
        slow, _ = await by_hand(served, handshake(served), only=1)
        await quick.start()
        delays = []
        # 12 MB of views are more than the system keeps for a tab that reads nothing.
        for number in range(200):
            served.session.listener(a_view(notice=f"{number}" + "x" * 60_000))
            served.session.listener(a_frame(number))
            begin = time.perf_counter()
            while (await quick.next("view"))["view"]["notice"].rstrip("x") != f"{number}":
                pass
            delays.append(time.perf_counter() - begin)
        assert max(delays) < 0.25
        # The slow one has been given up: there is room for as many others as there may be.
        async with AsyncExitStack() as opened:
            await asyncio.sleep(0.35)
            for _ in range(MOST_TABS - 1):
                await opened.enter_async_context(served.tab())
        slow.close()
