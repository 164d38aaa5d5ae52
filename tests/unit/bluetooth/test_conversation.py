"""Dialogues over a connection: answers, refusals, lost links and time limits."""

import asyncio
from dataclasses import dataclass, field

import pytest
from bleak.exc import BleakCharacteristicNotFoundError, BleakError, BleakGATTProtocolError

from imu_hip.bluetooth.connection import Connection
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import (
    Expect,
    Keep,
    Pause,
    Read,
    RefusedError,
    Write,
    expect,
    read,
    write,
)
from imu_hip.bluetooth.errors import LinkLostError

VALUE, REPLY, ABSENT = "0000aaaa", "0000bbbb", "0000cccc"
WRITE_NOT_PERMITTED = 3


@dataclass
class FakeClient:
    """What a conversation uses of a bleak client."""

    values: dict = field(default_factory=lambda: {VALUE: b"\x05"})
    written: list = field(default_factory=list)
    callbacks: dict = field(default_factory=dict)
    subscriptions: list = field(default_factory=list)
    notify_options: list = field(default_factory=list)
    replies: list = field(default_factory=list)
    error: BaseException | None = None
    hangs: bool = False
    is_connected: bool = True

    async def _answer(self):
        await asyncio.sleep(0)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.error is not None:
            raise self.error

    async def read_gatt_char(self, uuid):
        await self._answer()
        return bytearray(self.values[uuid])

    async def write_gatt_char(self, uuid, value, response):
        # The sensor's answer may overtake the confirmation of the request.
        for reply in self.replies:
            self.notify(reply)
        await self._answer()
        self.written.append((uuid, value, response))

    async def start_notify(self, uuid, callback, bluez):
        self.notify_options.append(bluez)
        self.subscriptions.append(uuid)
        if uuid == ABSENT:
            raise BleakCharacteristicNotFoundError(uuid)
        self.callbacks[uuid] = callback

    async def disconnect(self):
        await self._answer()

    def notify(self, value, uuid=REPLY):
        self.callbacks[uuid](None, bytearray(value))


@pytest.fixture
def client():
    return FakeClient()


def converse(client, replies=(REPLY,), reply_timeout_s=5.0):
    connection = Connection(client, "left_thigh", reply_timeout_s)
    return connection, Conversation(connection, replies)


async def test_a_dialogue_reads_writes_and_returns(client):
    _, conversation = converse(client)

    def dialogue():
        value = yield from read(VALUE)
        yield from write(VALUE, value + b"\x01", response=False)
        return value[0]

    assert await conversation.run(dialogue()) == 5
    assert client.written == [(VALUE, b"\x05\x01", False)]


async def test_a_reply_faster_than_the_confirmation_is_heard_in_order(client):
    _, conversation = converse(client)
    client.replies = [b"one", b"two"]

    def dialogue():
        yield from write(VALUE, b"go")
        return [(yield from expect(REPLY, 1.0)), (yield from expect(REPLY, 1.0))]

    assert await conversation.run(dialogue()) == [b"one", b"two"]


async def test_what_came_before_a_dialogue_is_not_its_answer(client):
    _, conversation = converse(client)

    def ask():
        return (yield from expect(REPLY, 0.01))

    assert await conversation.run(ask()) is None
    client.notify(b"old")
    assert await conversation.run(ask()) is None


async def test_what_one_dialogue_left_unread_is_not_the_answer_to_the_next(client):
    _, conversation = converse(client)
    client.replies = [b"one", b"two"]
    await conversation.run(write(VALUE, b"go"))
    assert await conversation.run(expect(REPLY, 0.01)) is None


async def test_a_wait_for_a_notification_ends_when_it_comes(client):
    _, conversation = converse(client)

    def dialogue():
        return (yield Expect(REPLY.upper(), 30.0))

    running = asyncio.create_task(conversation.run(dialogue()))
    await asyncio.sleep(0.01)
    client.notify(b"now")
    assert await asyncio.wait_for(running, 1.0) == b"now"


async def test_replies_are_subscribed_to_once_and_what_a_sensor_lacks_is_passed_over(client):
    _, conversation = converse(client, (ABSENT, REPLY, REPLY.upper()))

    def dialogue():
        return (yield from read(VALUE))

    await conversation.run(dialogue())
    await conversation.run(dialogue())
    assert client.subscriptions == [ABSENT, REPLY]


async def test_a_characteristic_with_two_listeners_is_subscribed_to_once(client):
    connection, conversation = converse(client)
    heard = []
    await connection.listen(REPLY, heard.append)
    client.replies = [b"both"]

    def dialogue():
        yield from write(VALUE, b"go")
        return (yield from expect(REPLY, 1.0))

    assert await conversation.run(dialogue()) == b"both"
    assert heard == [b"both"]
    assert client.subscriptions == [REPLY]


@pytest.mark.parametrize(
    "error",
    [BleakGATTProtocolError(WRITE_NOT_PERMITTED), BleakCharacteristicNotFoundError(VALUE)],
)
async def test_a_refusal_is_thrown_into_the_dialogue_which_may_go_on(client, error):
    _, conversation = converse(client)
    client.error = error

    def dialogue():
        try:
            yield Write(VALUE, b"x")
        except RefusedError:
            client.error = None
            return (yield Read(VALUE))
        return b"was not refused"

    assert await conversation.run(dialogue()) == b"\x05"


async def test_a_refusal_that_the_dialogue_does_not_handle_comes_out(client):
    _, conversation = converse(client)
    client.error = BleakGATTProtocolError(WRITE_NOT_PERMITTED)
    with pytest.raises(RefusedError, match="left_thigh"):
        await conversation.run(write(VALUE, b"x"))


async def test_an_error_of_a_link_that_is_gone_is_a_lost_link(client):
    connection, conversation = converse(client)
    client.error = BleakError("Not connected")
    client.is_connected = False
    connection.link_lost()
    with pytest.raises(LinkLostError):
        await conversation.run(read(VALUE))


async def test_a_sensor_that_does_not_answer_is_a_lost_link_after_the_time_limit(client):
    _, conversation = converse(client, reply_timeout_s=0.05)
    client.hangs = True
    with pytest.raises(LinkLostError, match="did not answer"):
        await asyncio.wait_for(conversation.run(read(VALUE)), 1.0)


@pytest.mark.parametrize("request_", [Expect(REPLY, 60.0), Pause(60.0)])
async def test_a_lost_link_ends_every_wait_and_closes_the_dialogue(client, request_):
    connection, conversation = converse(client)
    closed = []

    def dialogue():
        try:
            yield request_
        finally:
            closed.append(True)

    running = asyncio.create_task(conversation.run(dialogue()))
    await asyncio.sleep(0.01)
    connection.link_lost()
    with pytest.raises(LinkLostError):
        await asyncio.wait_for(running, 1.0)
    assert closed == [True]


async def test_dialogues_take_turns(client):
    _, conversation = converse(client)
    order = []

    def dialogue(name):
        for _ in range(3):
            order.append(name)
            yield Pause(0.005)

    await asyncio.gather(conversation.run(dialogue("a")), conversation.run(dialogue("b")))
    assert order == ["a", "a", "a", "b", "b", "b"]


async def test_a_cancelled_dialogue_is_closed_and_the_next_one_runs(client):
    _, conversation = converse(client)

    def waits():
        yield Expect(REPLY, 60.0)

    running = asyncio.create_task(conversation.run(waits()))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await conversation.run(read(VALUE)) == b"\x05"


async def test_pieces_of_a_file_are_handed_over_one_by_one(client):
    _, conversation = converse(client)
    kept = []

    async def keep(piece):
        await asyncio.sleep(0)
        kept.append(piece)

    def download():
        yield Keep(0, b"ab")
        yield Keep(2, b"c")
        return 3

    assert await conversation.run(download(), keep) == 3
    assert kept == [Keep(0, b"ab"), Keep(2, b"c")]


async def test_closing_takes_no_longer_than_its_limit(client):
    connection, _ = converse(client)
    client.hangs = True
    await asyncio.wait_for(connection.close(timeout_s=0.05), 1.0)
    assert connection.lost.is_set()
