"""The one-time code with which another device enters."""

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Final

from imu_hip.errors import ImuHipError

CODE_DIGITS: Final = 8
WRONG_CODES: Final = 5
"""Wrong codes after which an address is locked."""

LOCKED_S: Final = 600.0
WRONG_CODES_IN_ALL: Final = 50
"""Wrong codes of all addresses after which nobody enters until the server starts anew."""


class EntryError(ImuHipError):
    """A device may not enter."""


class Entry:
    """Exchanges each code once for a cookie, and then makes a new code.

    Parameters
    ----------
    announce
        Called with every new code, to show it where only its owner sees it.
    clock
        Seconds that never go back.
    """

    def __init__(
        self, announce: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._announce = announce
        self._clock = clock
        self._wrong: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}
        self._wrong_in_all = 0
        self._devices: set[bytes] = set()
        self._code = self._new_code()

    def exchange(self, code: str, address: str) -> str:
        """The cookie of a device that gave the right code.

        Raises
        ------
        EntryError
            Where the code is wrong or was used, or there were too many wrong ones.
        """
        if self._wrong_in_all >= WRONG_CODES_IN_ALL:
            raise EntryError("There were too many wrong codes.", "Start imu-hip serve anew.")
        if self._is_locked(address):
            raise EntryError(
                "There were too many wrong codes.", "Wait ten minutes or start imu-hip serve anew."
            )
        digits = "".join(code.split())
        if not secrets.compare_digest(digits.encode(), self._code.encode()):
            self._count_wrong(address)
            raise EntryError("This code is not right.", "Read the newest one in the terminal.")
        self._wrong.pop(address, None)
        self._code = self._new_code()
        cookie = secrets.token_urlsafe(32)
        self._devices.add(_digest(cookie))
        return cookie

    def knows(self, cookie: str) -> bool:
        """Whether a cookie was given out; digests are compared, so time tells nothing."""
        return _digest(cookie) in self._devices

    def _is_locked(self, address: str) -> bool:
        until = self._locked_until.get(address)
        if until is not None and self._clock() >= until:
            del self._locked_until[address]
            return False
        return until is not None

    def _count_wrong(self, address: str) -> None:
        self._wrong_in_all += 1
        self._wrong[address] = self._wrong.get(address, 0) + 1
        if self._wrong[address] >= WRONG_CODES:
            del self._wrong[address]
            self._locked_until[address] = self._clock() + LOCKED_S

    def _new_code(self) -> str:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        self._announce(f"{code[:4]} {code[4:]}")
        return code


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
