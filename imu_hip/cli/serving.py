"""Serving the live page from its start to Ctrl-C."""

import asyncio
import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.cli.running import stopping_on_interrupt
from imu_hip.guidance.protocol_file import protocols
from imu_hip.history.address import recordings_folder, reports_folder
from imu_hip.history.store import History, open_history
from imu_hip.live.session_runner import LiveSession
from imu_hip.web.app import live_page
from imu_hip.web.entry import Entry
from imu_hip.web.server import ALL_ADDRESSES, THIS_COMPUTER, listening, own_address, serving
from imu_hip.web.service import Service


@dataclass(frozen=True, slots=True)
class ServeWish:
    """What is to be served.

    Parameters
    ----------
    plan
        A description of virtual sensors, None for real ones.
    port
        A port that it must be, None for any.
    protocols
        A folder with protocols besides the usual ones.
    """

    plan: str | None
    port: int | None
    browser: bool
    lan: bool
    db: str | None
    protocols: Path | None
    out: Path | None


async def serve_until_stopped(wish: ServeWish, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; a running session is saved and ended then.

    Raises
    ------
    ImuHipError
        Where the port, the history, the protocols or the plan cannot be used.
    """
    if wish.plan is not None:
        parse_plan(wish.plan)
    offered = protocols(wish.protocols)
    stop = asyncio.Event()
    listener = listening(ALL_ADDRESSES if wish.lan else THIS_COMPUTER, wish.port)
    port = listener.getsockname()[1]
    with listener, stopping_on_interrupt(stop):
        folder = wish.out or recordings_folder()
        history = await asyncio.to_thread(_history, wish.db, folder)
        try:
            service = Service(history, offered, folder, wish.plan, LiveSession)
            page = live_page(service, _entry(port, say) if wish.lan else None)
            async with serving(page, listener):
                address = f"http://{THIS_COMPUTER}:{port}"
                say(f"The page is at {address} until Ctrl-C.")
                if wish.browser:
                    _open_browser(address)
                await stop.wait()
                say("Ending.")
        finally:
            history.close()


def _history(db: str | None, folder: Path) -> History:
    """The history; what lies in the folder of the sessions may be deleted on wish."""
    return open_history(db, folders={recordings_folder(), reports_folder(), folder.resolve()})


def _entry(port: int, say: Callable[[str], None]) -> Entry:
    address = own_address()
    where = f"http://{address}:{port}" if address else f"port {port} of this computer's address"
    return Entry(lambda code: say(f"The next device enters at {where} with the code {code}."))


def _open_browser(address: str) -> None:
    """Open the page where there is a display; a browser in the terminal would be in the way."""
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in displays):
        return
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
