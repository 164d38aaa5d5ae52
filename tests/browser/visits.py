"""A person at the page of a running server, on virtual sensors."""

import socket
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import TimeoutError

from imu_hip.history.store import open_history
from tests.served_page import ServedPage

ONE_MOVEMENT = """
title = "One turn"
about = "One turn of each leg, as short as it can be."
kind = "test"
stop_rules = ["Stop if it hurts."]

[[parts]]
task = "seated"
picture = "seated"
familiarisation = 0
repetitions = {repetitions}
hold_s = {hold_s}

[parts.position]
text = "Sit tall"
speech = "Sit tall."

[[parts.movements]]
direction = "internal"

[parts.movements.move]
text = "Inward turn: {{side}} foot moves out"
speech = "Turn inward: {{side}} foot out."

[parts.movements.hold]
text = "Hold"
speech = "Hold."

[parts.movements.back]
text = "Back"
speech = "And back."
"""


def write_protocol(folder, repetitions, hold_s=1.0):
    """A protocol of one's own that takes as little time as it can; its folder."""
    own = folder / "protocols"
    own.mkdir()
    text = ONE_MOVEMENT.format(repetitions=repetitions, hold_s=hold_s)
    (own / "one_turn.toml").write_text(text, encoding="utf-8")
    return own


class Visit:
    """One tab; everything that the browser complains about is kept."""

    def __init__(self, browser, address):
        self.page = browser.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.see('main[data-view="start"]', 20.0)

    def _hear(self, message):
        if message.type == "error" and "WebSocket" not in message.text:
            self.complaints.append(message.text)

    def start(self, person, protocol):
        self.page.get_by_label("Name or alias").fill(person)
        self.page.locator(f'[data-protocol="{protocol}"]').click()
        self.see('main[data-view="session"]', 60.0)

    def see(self, selector, within_s, **which):
        """Wait for something to be seen; what was seen in its place is told where it is not."""
        try:
            self.page.locator(selector, **which).first.wait_for(timeout=within_s * 1000)
        except TimeoutError:
            pytest.fail(f"{selector} was not seen, but:\n{self.page.inner_text('body')}")

    def wait_for_result(self, within_s):
        self.see('main[data-view="result"]', within_s)
        self.see('a[data-action="report"]', 30.0)

    def value_deg(self, side, measure):
        row = self.page.locator(f'tr[data-side="{side}"][data-measure="{measure}"]')
        return float(row.get_attribute("data-value-deg"))


def free_port():
    """A port that nobody uses: the usual one may be taken while a server restarts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def served(folder, *arguments):
    """A server whose page can be visited, at a port of its own unless one is named."""
    port = () if "--port" in arguments else ("--port", free_port())
    with ServedPage(folder, "--no-browser", *port, *arguments) as running:
        running.wait_for_address()
        yield running


def kept(running):
    """The newest session of a history and its repetitions, read beside the server."""
    with open_history(running.history) as history:
        session = history.sessions(limit=1)[0]
        return session, history.repetitions(session.id), history.results(session.id)


def wait_until(condition, within_s, page):
    """Poll what only the history knows, while the page goes on."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        page.wait_for_timeout(250)
