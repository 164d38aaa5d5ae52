"""Fetching a file of a Capture2Go: chunks carry their offset, nothing confirms them.

Source: Capture2Go Communication Protocol, `CmdFsGetBytes` and `DataFsBytes`.
"""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_exchange import (
    ErrorReplyError,
    Exchange,
    NoReplyError,
)
from imu_hip.bluetooth.drivers.capture2go_packages import ErrorCode, Header, encode_name
from imu_hip.bluetooth.drivers.capture2go_replies import Chunk, FileSize, GetBytes
from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, Keep

WHOLE_FILE: Final = 0
"""As an end position. Whether another end is included in what comes is not documented."""

FRUITLESS_TRIES: Final = 5
"""So often a piece is asked for anew without a single new byte."""


def download_bytes(name: str, held: Sequence[tuple[int, int]]) -> Dialogue[int]:
    """Fetch what is missing of a file, yielding each piece as `Keep`; returns the file's size.

    Raises
    ------
    DialogueError
        Where the sensor has no such file, or stops sending and does not go on.
    """
    exchange = Exchange()
    payload = yield from exchange.ask(Header.GET_SIZE, Header.SIZE, encode_name(name))
    answered = FileSize.decode(payload)
    if answered.name != name:
        raise DialogueError(f"it answered for the file '{answered.name}' instead of '{name}'")
    for start, end in missing_parts(held, answered.size):
        whole = (start, end) == (0, answered.size)
        yield from _fetch(exchange, GetBytes(name, start, WHOLE_FILE if whole else end), end)
    return answered.size


def missing_parts(held: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Intervals `[start, end)` of a file that are in no interval held, ascending."""
    missing = []
    at = 0
    for start, end in sorted(held):
        if at < min(start, size):
            missing.append((at, min(start, size)))
        at = max(at, end)
    if at < size:
        missing.append((at, size))
    return missing


def _fetch(exchange: Exchange, wanted: GetBytes, end: int) -> Dialogue[None]:
    fruitless = 0
    while (reached := (yield from _fetch_until_jump(exchange, wanted, end))) < end:
        fruitless = 0 if reached > wanted.start else fruitless + 1
        if fruitless == FRUITLESS_TRIES:
            raise DialogueError(f"it sends nothing more of the file at byte {reached} of {end}")
        if fruitless == 0:
            wanted = GetBytes(wanted.name, reached, end)


def _fetch_until_jump(exchange: Exchange, wanted: GetBytes, end: int) -> Dialogue[int]:
    """Take chunks in order and return where the first one is missing."""
    # Chunks of an earlier transfer come out before the reply, so none is mistaken for ours.
    yield from _stop_transfer(exchange)
    yield from exchange.tell(Header.GET_BYTES, wanted.encode())
    at = wanted.start
    while at < end:
        try:
            payload = yield from exchange.reply(Header.GET_BYTES, Header.BYTES)
        except NoReplyError:
            return at
        chunk = Chunk.decode(payload)
        if chunk.offset != at:
            return at
        # Whether the end itself is sent is not documented; a byte too many is not kept.
        data = chunk.data[: end - at]
        yield Keep(at, data)
        at += len(data)
    yield from _stop_transfer(exchange)
    return at


def _stop_transfer(exchange: Exchange) -> Dialogue[None]:
    try:
        yield from exchange.ask(Header.STOP_GET_BYTES, Header.STOPPED_GET_BYTES)
    except ErrorReplyError as error:
        if error.code != ErrorCode.WRONG_STATE:
            raise
