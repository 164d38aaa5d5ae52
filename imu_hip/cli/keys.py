"""Single keys of a terminal, without Enter, while a program does something else."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LOOK_S: Final = 0.05

OnKey = Callable[[str], None]


@contextmanager
def heard_keys(on_key: OnKey) -> Iterator[bool]:
    """Hand each key to a function; tells whether there are keys at all.

    There are none where the input is no terminal. Ctrl-C goes on to interrupt.
    """
    if not sys.stdin.isatty():
        yield False
        return
    with _listening(on_key):
        yield True


if sys.platform == "win32":

    @contextmanager
    def _listening(on_key: OnKey) -> Iterator[None]:
        task = asyncio.get_running_loop().create_task(_looking(on_key))
        try:
            yield
        finally:
            task.cancel()

    async def _looking(on_key: OnKey) -> None:
        import msvcrt  # noqa: PLC0415

        while True:
            while msvcrt.kbhit():
                on_key(msvcrt.getwch())
            await asyncio.sleep(LOOK_S)

else:

    @contextmanager
    def _listening(on_key: OnKey) -> Iterator[None]:
        import os  # noqa: PLC0415
        import termios  # noqa: PLC0415
        import tty  # noqa: PLC0415

        file = sys.stdin.fileno()
        before = termios.tcgetattr(file)

        def ready() -> None:
            for key in os.read(file, 64).decode("utf-8", "ignore"):
                on_key(key)

        tty.setcbreak(file)
        loop = asyncio.get_running_loop()
        loop.add_reader(file, ready)
        try:
            yield
        finally:
            loop.remove_reader(file)
            termios.tcsetattr(file, termios.TCSADRAIN, before)
