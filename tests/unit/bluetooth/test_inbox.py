"""Notifications wait in order, and the oldest go where nobody reads them."""

from itertools import count

from imu_hip.bluetooth.inbox import Arrived, Inbox


def test_notifications_keep_their_order_and_time():
    inbox = Inbox(clock_ns=count(100).__next__)
    first, second = inbox.listener(1, "aa"), inbox.listener(1, "bb")
    first(b"1")
    second(b"2")
    first(b"3")
    batch = inbox.drain()
    assert batch.arrived == (
        Arrived(100, 1, "aa", b"1"),
        Arrived(101, 1, "bb", b"2"),
        Arrived(102, 1, "aa", b"3"),
    )
    assert batch.dropped == 0
    assert inbox.last_arrival_ns == 102


def test_a_drained_inbox_is_empty():
    inbox = Inbox()
    inbox.listener(1, "aa")(b"1")
    inbox.drain()
    assert inbox.drain().arrived == ()


def test_a_full_inbox_drops_the_oldest_and_counts_them():
    inbox = Inbox(capacity=3)
    listener = inbox.listener(1, "aa")
    for value in range(10):
        listener(bytes([value]))
    batch = inbox.drain()
    assert [arrived.value for arrived in batch.arrived] == [b"\x07", b"\x08", b"\x09"]
    assert batch.dropped == 7
    listener(b"x")
    assert inbox.drain().dropped == 0


def test_the_connection_that_carried_a_notification_is_told():
    inbox = Inbox()
    inbox.listener(1, "aa")(b"1")
    inbox.listener(2, "aa")(b"2")
    assert [arrived.connection for arrived in inbox.drain().arrived] == [1, 2]
