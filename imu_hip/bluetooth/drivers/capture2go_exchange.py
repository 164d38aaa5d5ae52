"""Asking a Capture2Go: one command, then the frames that come until its reply is among them."""

import struct
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_frames import RX, TX, Cut, Frame, FrameSplitter
from imu_hip.bluetooth.drivers.capture2go_packages import (
    ErrorCode,
    Header,
    MeasurementMode,
    SensorState,
)
from imu_hip.bluetooth.drivers.capture2go_replies import ErrorReport, Status, has_right_size
from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, expect, write

REPLY_TIMEOUT_S: Final = 2.0
TRIES: Final = 3

FOREIGN_FRAMES: Final = 1500
"""While it streams, a sensor is never silent; after so many frames or notifications of something
else no reply comes."""

_REASONS: Final[Mapping[int, str]] = {
    ErrorCode.NOT_FOUND: "it has no such file",
    ErrorCode.DELETION_FAILED: "it could not delete the file",
    ErrorCode.FILE_SYSTEM: "its file system is damaged",
    ErrorCode.EXISTS: "it has a file of that name already",
    ErrorCode.TOO_SHORT: "the file is too short",
    ErrorCode.BAD_NAME: "it does not take that file name",
    ErrorCode.FULL: "its memory is full",
    ErrorCode.BUSY: "its file system is busy",
    ErrorCode.NO_RECORDING_CONFIG: "it was not told what to record",
    ErrorCode.CALIBRATION_FLASH: "its calibration could not be stored",
    ErrorCode.WRONG_STATE: "it cannot do that in its present state",
    ErrorCode.UNPARSEABLE: "it could not read the command",
    ErrorCode.UNKNOWN_COMMAND: "it does not know the command",
    ErrorCode.SEND_BUFFER_FULL: "its send buffer is full",
}


class ErrorReplyError(DialogueError):
    """The sensor refused a command.

    Parameters
    ----------
    code
        One of `ErrorCode`, or what a newer firmware says.
    """

    def __init__(self, code: int) -> None:
        super().__init__(_REASONS.get(code, f"it refused with error 0x{code:02x}"))
        self.code = code


class NoReplyError(DialogueError):
    """The sensor did not answer in time."""


class Exchange:
    """Questions and replies of one dialogue."""

    def __init__(self) -> None:
        self._splitter = FrameSplitter()
        self._frames: deque[Frame] = deque()

    def tell(self, command: Header, payload: bytes = b"") -> Dialogue[None]:
        """Send a command."""
        yield from write(RX, Frame(command, payload).encode())

    def next_frame(self, timeout_s: float = REPLY_TIMEOUT_S) -> Dialogue[Frame | None]:
        """The next whole frame, None after a silence of `timeout_s`."""
        for _ in range(FOREIGN_FRAMES):
            if self._frames:
                break
            value = yield from expect(TX, timeout_s)
            # A frame never pauses so long midway: what waits for its rest was none.
            self._take(self._splitter.finish() if value is None else self._splitter.hear(value))
            if value is None:
                break
        return self._frames.popleft() if self._frames else None

    def reply(
        self, command: Header, reply: Header, timeout_s: float = REPLY_TIMEOUT_S
    ) -> Dialogue[bytes]:
        """Wait for the payload of a reply to a command that was sent.

        Raises
        ------
        ErrorReplyError
            Where the sensor refuses the command.
        NoReplyError
            Where no reply comes.
        """
        for _ in range(FOREIGN_FRAMES):
            frame = yield from self.next_frame(timeout_s)
            if frame is None:
                break
            if not has_right_size(frame.header, frame.payload):
                continue
            if frame.header == reply:
                return frame.payload
            if frame.header == Header.ERROR:
                report = ErrorReport.decode(frame.payload)
                if report.command == command:
                    raise ErrorReplyError(report.code)
        raise NoReplyError(f"it did not answer {command.name.lower().replace('_', ' ')}")

    def ask(
        self,
        command: Header,
        reply: Header,
        payload: bytes = b"",
        *,
        tries: int = TRIES,
        timeout_s: float = REPLY_TIMEOUT_S,
    ) -> Dialogue[bytes]:
        """Send a command that may be repeated, until its reply comes.

        Raises
        ------
        ErrorReplyError
            Where the sensor refuses.
        NoReplyError
            Where no reply comes to any try.
        """
        for _ in range(tries - 1):
            yield from self.tell(command, payload)
            with suppress(NoReplyError):
                return (yield from self.reply(command, reply, timeout_s))
        yield from self.tell(command, payload)
        return (yield from self.reply(command, reply, timeout_s))

    def status(self) -> Dialogue[Status]:
        """Ask what the sensor does and how it is."""
        return Status.decode((yield from self.ask(Header.GET_STATUS, Header.STATUS)))

    def mode(self) -> Dialogue[MeasurementMode]:
        """Ask what the sensor measures."""
        return MeasurementMode.decode((yield from self.ask(Header.GET_MODE, Header.MODE)))

    def set_mode(self, mode: MeasurementMode) -> Dialogue[None]:
        """Change what the sensor measures.

        Raises
        ------
        DialogueError
            Where it sets something else.
        """
        payload = yield from self.ask(Header.SET_MODE, Header.MODE, mode.encode())
        # The reply's first field is when the mode was applied, no longer 0.
        if payload[8:] != mode.encode()[8:]:
            raise DialogueError("it does not measure what it was asked for")

    def set_time(self, utc_ns: int) -> Dialogue[None]:
        """Set the sensor's clock."""
        yield from self.ask(Header.SET_TIME, Header.TIME, struct.pack("<q", utc_ns))

    def begin(self, command: Header, reply: Header, state: SensorState) -> Dialogue[None]:
        """Send a command once that leads to a state, and make sure that it did.

        Raises
        ------
        DialogueError
            Where the sensor refuses, or is in another state.
        """
        # The reply alone may be lost; the state tells.
        with suppress(NoReplyError):
            yield from self.ask(command, reply, tries=1)
        if (yield from self.status()).state != state:
            raise DialogueError(f"it is not {state.name.lower()} although it was asked to")

    def _take(self, found: Cut) -> None:
        self._frames.extend(item for item in found if isinstance(item, Frame))
