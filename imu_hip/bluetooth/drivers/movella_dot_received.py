"""Which packets of a download are there."""

from collections.abc import Sequence


class Received:
    """Which packets of a file are there."""

    __slots__ = ("_there",)

    def __init__(self, held: Sequence[tuple[int, int]] = ()) -> None:
        self._there = bytearray(max((end for _, end in held), default=0))
        for start, end in held:
            self._there[start:end] = b"\1" * (end - start)

    @property
    def end(self) -> int:
        """One past the last packet that is there."""
        return len(self._there)

    @property
    def missing(self) -> int:
        """How many packets are missing before the last."""
        return self._there.count(0)

    def add(self, number: int) -> bool:
        """Note a packet; whether it is new."""
        self._there.extend(bytes(max(0, number + 1 - self.end)))
        new = not self._there[number]
        self._there[number] = 1
        return new

    def next_missing(self, start: int) -> int:
        """First missing packet from `start` on; the end where none is missing before it."""
        found = self._there.find(0, start)
        return max(start, self.end) if found < 0 else found
