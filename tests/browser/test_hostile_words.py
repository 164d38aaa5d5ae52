"""Whatever the server repeats of people, files and sensors, the page shows as words."""

import json
from dataclasses import fields, replace

from imu_hip.guidance.protocol import Cue
from imu_hip.web import outgoing
from tests.browser import scenes
from tests.browser.answers import FOUND, KEPT

HOSTILE = '"><img src=x onerror=own()><script>own()</script><a href="javascript:own()">{{1}}</a>'
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20" '
    'onload="top.own()"><script>top.own()</script><rect width="40" height="20"/></svg>'
)
SPOILT = {"alias", "title", "comment", "version", "heading", "key", "caption", "about"}
SPOILT_LISTS = {"sentences", "head"}


def spoilt(value, name=""):
    """The same answer with hostile words wherever words are free."""
    if isinstance(value, dict):
        return {key: spoilt(each, key) for key, each in value.items()}
    if isinstance(value, list):
        if name in SPOILT_LISTS:
            return [HOSTILE for _ in value]
        return [spoilt(each, name) for each in value]
    if name == "svg":
        return PICTURE
    return HOSTILE if name in SPOILT or (name == "rows" and value) else value


def spoilt_view(view):
    """The same moment of a session, with hostile words."""
    texts = {"person", "title", "notice", "warning"} & {each.name for each in fields(view)}
    changes = dict.fromkeys(texts, HOSTILE)
    return replace(view, **changes, cue=Cue(HOSTILE, HOSTILE), sentences=(HOSTILE,) * 2)


def assert_only_words(page):
    assert page.evaluate("window.owned") == 0
    strange = "main script, main a[href^=javascript], header script, [onerror], [onload]"
    assert page.locator(strange).count() == 0
    assert page.locator("img:not(.chart)").count() == 0


def test_nothing_that_is_repeated_becomes_part_of_the_page(chromium, server):
    hello = json.loads(scenes.hello())
    greeting = json.dumps(hello).replace("Anna", json.dumps(HOSTILE)[1:-1])
    views = [spoilt_view(scenes.SCENES[name].view) for name in ("measure", "result")]
    server.greeting = [greeting, outgoing.IDLE]
    server.answers = {
        "/api/history": spoilt(KEPT),
        "/api/trend": spoilt(FOUND),
        "/api/compare": spoilt(FOUND),
    }
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script("window.owned = 0; window.own = () => { window.owned += 1; }")
    page.goto(server.address)
    page.wait_for_selector("main[data-view]")
    assert HOSTILE in page.inner_text("main")
    assert_only_words(page)
    page.click("[data-action=history]")
    page.locator("main [data-person]").first.click()
    page.wait_for_selector("[data-session='9']")
    page.check("[data-session='9']")
    page.check("[data-session='12']")
    page.click("[data-action=compare]")
    page.wait_for_function("() => document.querySelector('.chart')?.naturalWidth > 0")
    assert page.inner_text("main").count(HOSTILE) > 4
    assert_only_words(page)
    server.send(outgoing.problem(HOSTILE))
    page.wait_for_function("(words) => document.body.innerText.includes(words)", arg=HOSTILE)
    for view in views:
        server.send(outgoing.view(view))
        page.wait_for_selector(f"main[data-stage={view.stage.value}]")
        assert HOSTILE in page.inner_text("main")
        assert_only_words(page)
    context.close()
