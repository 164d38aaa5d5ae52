"""The page in every state, light and dark, narrow and wide: accessible, nothing overlaps."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe

from imu_hip.web import outgoing
from tests.browser import looking, scenes
from tests.browser.answers import FOUND, KEPT

VIOLATIONS = {"resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""What another scheme of colours can change."""

TALL = 2600
"""A window in which nothing is scrolled and so nothing lies below the row of buttons."""


@contextmanager
def opened(chromium, server, width, **options):
    """The page with the start view."""
    server.greeting = [scenes.hello(), outgoing.IDLE]
    server.answers = {"/api/history": KEPT, "/api/trend": FOUND, "/api/compare": FOUND}
    context = chromium.new_context(viewport={"width": width, "height": TALL}, **options)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.goto(server.address)
    page.wait_for_selector(".start h1")
    yield page
    assert faults == []
    context.close()


def states(page, server):
    """Walk through all states of the page; the name of each while it shows."""
    yield "start"
    page.click("summary:has-text('More about')")
    page.click("[data-protocol=seated]")
    page.wait_for_selector("#person-problem:not(:empty)")
    yield "start, no name"
    page.click("main [data-action=history]")
    page.click("[data-person=Anna]")
    page.wait_for_selector(".session-list")
    yield "history"
    page.click("[data-action=trend]")
    page.wait_for_selector(".chart")
    yield "trend"
    page.click("summary:has-text('Delete')")
    page.click("[data-action=delete]")
    page.wait_for_selector("dialog")
    yield "question"
    page.click("[data-answer=no]")
    for name, scene in scenes.SCENES.items():
        server.send(*scene.messages())
        page.wait_for_selector(f"main[data-stage={scene.view.stage.value}]")
        page.wait_for_function(
            "text => document.querySelector('#cue').textContent === text",
            arg=(scene.view.sentences or (scene.view.cue.text,))[0],
        )
        yield name
    server.send(outgoing.drives(False), outgoing.view(scenes.MEASURE))
    page.wait_for_selector(".watching:not([hidden])")
    yield "watching"


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1440])
def test_no_state_violates_a_rule_of_accessibility(chromium, server, width):
    found = {}
    with opened(chromium, server, width, reduced_motion="reduce") as page:
        page.evaluate(AXE_SCRIPT)
        for name in states(page, server):
            for scheme, rules in (("light", VIOLATIONS), ("dark", VIOLATIONS | CONTRAST)):
                page.emulate_media(color_scheme=scheme)
                results = Axe("void 0").run(page, options=rules)
                if results.violations_count:
                    found[name, scheme] = results.generate_report()
    assert found == {}


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_overlaps_is_cut_off_or_too_small(chromium, server, width):
    found = {}
    with opened(chromium, server, width) as page:
        for name in states(page, server):
            if name == "question":
                continue
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults = [
                *page.evaluate(looking.OVERLAPS),
                *(f"too small: {text}" for text in page.evaluate(looking.SMALL_TEXTS, 12)),
                *(f"cut off: {text}" for text in page.evaluate(looking.CUT_OFF)),
            ]
            if wide > width:
                faults.append(f"{wide} px wide")
            if faults:
                found[name] = faults
    assert found == {}


def test_the_cue_is_the_largest_text_and_can_be_read_from_two_metres(chromium, server):
    # 50 px on a desktop screen of 96 px an inch are 13 mm: at two metres some 23 minutes of arc,
    # more than four times the five minutes of the smallest letters that good eyes read.
    with opened(chromium, server, 1440) as page:
        server.send(*scenes.SCENES["measure"].messages())
        page.wait_for_selector("#cue")
        sizes = page.evaluate(
            "[...document.querySelectorAll('main *')].filter((e) => !e.closest('svg, #cue'))"
            ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
        )
        cue = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#cue')).fontSize)")
    assert cue >= 50
    assert cue > max(sizes)


def test_on_a_phone_cue_both_dials_and_buttons_are_in_sight_at_once(chromium, server):
    with opened(chromium, server, 360) as page:
        page.set_viewport_size({"width": 360, "height": 740})
        server.send(*scenes.SCENES["measure"].messages())
        page.wait_for_selector("main[data-stage=measure]")
        top = page.locator("#cue").bounding_box()["y"]
        below = page.locator(".doing").bounding_box()["y"]
        bottoms = [page.locator(f".leg.{side}").bounding_box() for side in ("left", "right")]
    assert top > 0
    assert all(box["y"] + box["height"] <= below for box in bottoms)


def test_nothing_moves_by_itself_where_reduced_motion_is_asked_for(chromium, server):
    with opened(chromium, server, 1440, reduced_motion="reduce") as page:
        for _ in states(page, server):
            assert page.evaluate("document.getAnimations().length") == 0
        still = page.evaluate(
            "[...document.querySelectorAll('*')].every((e) => getComputedStyle(e)"
            ".transitionDuration === '0s' && getComputedStyle(e).animationName === 'none')"
        )
    assert still


def test_the_switch_for_dark_is_remembered_and_stronger_than_the_system(chromium, server):
    ground = "getComputedStyle(document.body).backgroundColor"
    with opened(chromium, server, 1440, color_scheme="light") as page:
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        page.click("[data-switch=dark]")
        dark = page.evaluate(ground)
        page.reload()
        page.wait_for_selector(".start h1")
        assert page.evaluate(ground) == dark != "rgb(255, 255, 255)"
        assert page.get_attribute("[data-switch=dark]", "aria-pressed") == "true"
