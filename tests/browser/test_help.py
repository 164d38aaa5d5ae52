"""The help over the page: how it opens and closes, what it says, how it looks."""

from dataclasses import replace

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe

from imu_hip.guidance.view import Command
from imu_hip.names import DEVICE_WORDING, FOOT, TURN, Direction, Segment
from imu_hip.web import outgoing
from tests.browser import looking, scenes
from tests.browser.test_page import commands, opened, show

FOCUSED = "document.activeElement.closest('dialog.help') !== null"


@pytest.fixture
def start(chromium, server):
    """The page at its start."""
    with opened(chromium, server) as page:
        yield page


def open_help(page, key="?"):
    page.keyboard.press(key)
    page.wait_for_selector("dialog.help[open]")


@pytest.mark.parametrize("key", ["?", "F1"])
def test_a_key_opens_the_help_and_escape_closes_it(start, key):
    start.focus("[data-switch=sound]")
    open_help(start, key)
    assert start.evaluate(FOCUSED)
    start.keyboard.press("Escape")
    start.wait_for_selector("dialog.help", state="detached")
    assert start.evaluate("document.activeElement.dataset.switch") == "sound"


def test_a_question_mark_in_a_name_is_a_question_mark_but_f1_is_help(start):
    field = start.get_by_label("Name or alias")
    field.press("?")
    assert start.query_selector("dialog") is None
    assert field.input_value() == "?"
    field.press("F1")
    start.wait_for_selector("dialog.help[open]")


def test_the_button_opens_it_and_its_own_button_closes_it(start):
    start.get_by_role("button", name="Help").click()
    start.get_by_role("dialog", name="Help").get_by_role("button", name="Close").click()
    start.wait_for_selector("dialog.help", state="detached")
    assert start.evaluate("document.activeElement.dataset.action") == "help"
    # A second time it is the same panel, and only one.
    open_help(start)
    assert start.locator("dialog").count() == 1


def test_what_lies_behind_cannot_be_reached_meanwhile(chromium, server):
    scene = scenes.SCENES["measure"]
    with opened(chromium, server, scenes.hello(), *scene.messages()) as page:
        page.wait_for_selector("main[data-stage=measure]")
        open_help(page)
        assert page.is_visible("text=The session goes on behind this help")
        for _ in range(4):
            page.keyboard.press("Tab")
            # A modal dialog lets the focus go to itself or to the browser, to nothing behind it.
            assert page.evaluate(f"{FOCUSED} || document.activeElement === document.body")
        for key in ("k", "x", "p"):
            page.keyboard.press(key)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog.help", state="detached")
        page.keyboard.press("p")
        # Esc closed the help and did not stop the session; only the key after it was a command.
        assert commands(server) == [Command.PAUSE.value]


def test_a_session_goes_on_behind_it(chromium, server):
    scene = scenes.SCENES["measure"]
    with opened(chromium, server, scenes.hello(), *scene.messages()) as page:
        page.wait_for_selector("main[data-stage=measure]")
        open_help(page)
        show(page, server, replace(scene.view, cue_number=4242))
        assert page.is_visible("dialog.help")
        assert commands(server, 0) == []


def test_it_says_what_a_person_at_the_sensors_must_know(start):
    open_help(start)
    said = " ".join(start.inner_text("dialog.help").split())
    for direction in Direction:
        assert f"{TURN[direction].capitalize()} turn: {FOOT[direction]}" in said
    assert DEVICE_WORDING in said
    drawn = " ".join(start.locator(".places text").all_text_contents())
    for segment in Segment:
        assert segment.words in drawn
    # Every key of a command is named once, whatever keys there will be.
    keys = start.evaluate(
        "import('/static/commands.js').then(({ KEY }) => [...new Set(Object.values(KEY))])"
    )
    named = start.locator(".keys kbd").all_text_contents()
    for key in keys:
        assert named.count("Esc" if key == "Escape" else key) == 1
    assert {"Enter", "A"} <= set(named)


@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_accessible_and_nothing_is_cut_off(chromium, server, width):
    with opened(chromium, server, reduced_motion="reduce") as page:
        # So high that nothing has to be scrolled: what is scrolled away would seem to overlap.
        page.set_viewport_size({"width": width, "height": 3600})
        page.evaluate(AXE_SCRIPT)
        open_help(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            results = Axe("void 0").run(page, options={"resultTypes": ["violations"]})
            assert results.violations_count == 0, results.generate_report()
        page.evaluate("document.querySelectorAll('body > :not(dialog)').forEach((e) => e.remove())")
        assert page.evaluate(looking.OVERLAPS) == []
        assert page.evaluate(looking.CUT_OFF) == []
        assert page.evaluate(looking.SMALL_TEXTS, 12) == []
        panel = page.locator("dialog.help").bounding_box()
        for words in page.locator(".places text").all():
            box = words.bounding_box()
            assert box["x"] >= panel["x"]
            assert box["x"] + box["width"] <= panel["x"] + panel["width"]
        drawing = page.evaluate(
            "[...document.querySelectorAll('.places text')].map((t) => t.getBBox())"
            ".map((b) => [b.x, b.x + b.width])"
        )
        assert all(low >= 0 and high <= 320 for low, high in drawing)


def test_it_shows_without_a_connection_too(chromium, server):
    with opened(chromium, server, scenes.hello(), outgoing.IDLE) as page:
        server.accepts = False
        try:
            server.drop()
            open_help(page)
            assert page.is_visible("text=Where the sensors go")
        finally:
            server.accepts = True
