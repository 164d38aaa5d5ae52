"""What the page does: it draws, speaks, sounds, listens to keys, and comes back by itself."""

import json
import math
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from imu_hip.guidance.protocol import Cue
from imu_hip.guidance.view import Command, Tone
from imu_hip.names import Side, Task
from imu_hip.web import outgoing
from tests.browser import looking, scenes
from tests.browser.answers import FOUND, KEPT

SPIES = """() => {
  window.spoken = [];
  const speak = speechSynthesis.speak.bind(speechSynthesis);
  speechSynthesis.speak = (words) => { spoken.push(words.text); speak(words); };
  window.notes = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    notes.push(this.frequency.value);
    return start.call(this, when);
  };
}"""
MEASURE = scenes.SCENES["measure"]


@contextmanager
def opened(chromium, server, *greeting, **options):
    """The page as it is greeted."""
    server.greeting = list(greeting or (scenes.hello(), outgoing.IDLE))
    server.answers = {"/api/history": KEPT, "/api/trend": FOUND, "/api/compare": FOUND}
    server.received.clear()
    server.requests.clear()
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, **options)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script(f"({SPIES})()")
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(server.address)
    page.wait_for_selector("main[data-view]")
    yield page
    assert faults == []
    context.close()


@pytest.fixture(scope="module")
def measuring(chromium, server):
    """The page in the middle of a test."""
    with opened(chromium, server, scenes.hello(), *MEASURE.messages()) as page:
        page.wait_for_selector("main[data-stage=measure]")
        yield page


def received(server, count=1):
    """Messages of the page, once there are so many; their token is right."""
    until = time.monotonic() + 5
    while len(server.received) < count and time.monotonic() < until:
        time.sleep(0.01)
    messages = [dict(message) for message in server.received]
    server.received.clear()
    assert [message.pop("token") for message in messages] == [scenes.TOKEN] * count
    return messages


def commands(server, count=1):
    return [message["command"] for message in received(server, count)]


def show(page, server, view, *frames):
    """Send a view and wait until it is there."""
    server.send(outgoing.view(view), *frames)
    page.wait_for_function(
        "n => document.querySelector('main').dataset.cueNumber === n", arg=str(view.cue_number)
    )


def pictured(page, kind, place):
    """Angles at which marks of the left dial stand, + to the right of the vertical."""
    places = page.eval_on_selector_all(
        f".leg.left .dial:not(.shin) {kind}", f"(found) => found.map({place})"
    )
    return [math.degrees(math.atan2(x, y)) for x, y in places]


def next_picture(page):
    """Wait until what has arrived was drawn."""
    page.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")


@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE])
@pytest.mark.parametrize("rotation_deg", [-38.0, 0.0, 27.5, 45.0])
def test_the_needle_is_the_shin_that_the_person_sees(measuring, server, task, rotation_deg):
    # Seated the shin hangs, prone it stands. An inward turn (+) moves the foot out: to the left
    # on the left leg and to the right on the right one, by the sine of the angle.
    number = int(1000 + 10 * rotation_deg) * (2 if task is Task.PRONE else 1)
    legs = dict.fromkeys(Side, scenes.leg(rotation_deg))
    frames = [scenes.frame(1.0 + t / 60.0, legs) for t in (0, 1)]
    show(measuring, server, replace(MEASURE.view, task=task, cue_number=number), *frames)
    next_picture(measuring)
    angles = {}
    for side in Side:
        x, y = measuring.evaluate(looking.NEEDLE, side.value)
        assert (y > 0) == (task is Task.SEATED)
        angles[side] = math.degrees(math.atan2(x, abs(y)))
    assert angles[Side.RIGHT] == pytest.approx(rotation_deg, abs=0.1)
    assert angles[Side.LEFT] == pytest.approx(-rotation_deg, abs=0.1)


def test_the_shin_against_the_horizontal_opens_to_its_own_side(measuring, server):
    legs = {Side.LEFT: scenes.leg(None, 30.0), Side.RIGHT: scenes.leg(None, 12.0)}
    view = replace(scenes.SCENES["cross-legged"].view, cue_number=777)
    frames = [scenes.frame(1.0 + t / 60.0, legs) for t in (0, 1)]
    show(measuring, server, view, *frames)
    next_picture(measuring)
    for side, slope_deg, outward in ((Side.LEFT, 30.0, -1), (Side.RIGHT, 12.0, 1)):
        x, y = measuring.evaluate(looking.NEEDLE, side.value)
        assert math.degrees(math.atan2(-y, outward * x)) == pytest.approx(slope_deg, abs=0.1)


def test_marks_stand_where_the_numbers_say(measuring, server):
    # A dial's ring reaches from radius 62 to 96; last time's line on the left dial lies at 31°
    # inward (to the left, so at -31°) and 38° outward.
    show(measuring, server, replace(MEASURE.view, cue_number=778))
    lines = pictured(measuring, ".last-time", "(l) => [l.x2.baseVal.value, l.y2.baseVal.value]")
    assert sorted(lines) == pytest.approx([-31.0, 38.0], abs=0.1)
    dots = pictured(measuring, ".counted", "(c) => [c.cx.baseVal.value, c.cy.baseVal.value]")
    assert sorted(dots) == pytest.approx([-36.9, -35.2, 40.6], abs=0.2)
    words = measuring.inner_text(".leg.left [data-direction=internal]")
    assert "2 of 3 counted" in words
    assert "inward turn, foot moves out" in words


def test_delays_from_sample_to_picture_are_kept(measuring, server):
    before = measuring.evaluate("imuHipDelays.length")
    legs = dict.fromkeys(Side, scenes.leg(3.0))
    server.send(scenes.frame(2.0, legs, time.time()))
    measuring.wait_for_function("n => imuHipDelays.length > n", arg=before)
    assert -50 < measuring.evaluate("imuHipDelays.at(-1)") < 5000


def test_a_sensor_that_is_away_leaves_no_needle(measuring, server):
    scene = scenes.SCENES["lost sensor"]
    show(measuring, server, replace(scene.view, cue_number=779), *scene.messages()[2:])
    server.send(scene.messages()[0])
    next_picture(measuring)
    measuring.wait_for_selector(".leg.left .needle.away", state="attached")
    assert measuring.inner_text("[data-segment=left_shin]") == "Left shin: connecting again"
    assert "battery 9 %" in measuring.inner_text("[data-segment=right_thigh]")
    assert measuring.get_attribute("#warning", "role") == "alert"


def test_live_regions_hear_cues_and_notices_but_not_the_running_angle(measuring, server):
    show(measuring, server, replace(MEASURE.view, cue_number=780, notice=""))
    measuring.evaluate(
        """() => {
          window.heard = [];
          const live = '[aria-live], [role=status], [role=alert]';
          new MutationObserver((changes) => changes.forEach((change) => {
            const node = change.target.nodeType === 3 ? change.target.parentElement : change.target;
            const region = node.closest(live);
            if (region && region.textContent) heard.push(region.textContent);
          })).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )
    for n in range(30):
        server.send(scenes.frame(3 + n / 60, dict.fromkeys(Side, scenes.leg(float(n)))))
    next_picture(measuring)
    assert measuring.evaluate("heard") == []
    view = replace(
        MEASURE.view, cue=Cue("Slowly back", ""), cue_number=781, notice="Not counted: too short."
    )
    show(measuring, server, view)
    assert measuring.evaluate("heard") == ["Slowly back", "Not counted: too short."]
    assert measuring.get_attribute("#cue", "aria-live") == "assertive"
    server.send(*[scenes.frame(4 + n, dict.fromkeys(Side, scenes.leg(31.2))) for n in (0, 1)])
    next_picture(measuring)
    measuring.keyboard.press("a")
    assert measuring.inner_text("#angle-now") == "Now: left 31° inward, right 31° inward."
    assert measuring.evaluate("spoken.at(-1)") == "left 31° inward, right 31° inward"


def test_everything_can_be_done_with_the_keyboard(chromium, server):
    with opened(chromium, server, scenes.hello(unfinished=False), outgoing.IDLE) as page:
        page.focus("#person")
        page.keyboard.type("Anna")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.dataset.protocol") == "seated":
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 3
        page.keyboard.press("Enter")
        assert received(server) == [
            {"type": "start", "person": "Anna", "sex": None, "protocol": "seated", "mode": "active"}
        ]
        show(page, server, MEASURE.view)
        for key in ("k", "r", "s", "x", "p", "Enter", " "):
            page.keyboard.press(key)
        assert commands(server, 7) == ["keep", "redo", "skip", "pain", "pause", "keep", "keep"]
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog", state="detached")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert commands(server) == ["stop"]


def test_a_key_whose_command_makes_no_sense_now_does_nothing(chromium, server):
    view = replace(MEASURE.view, buttons=(scenes.PAUSE,))
    with opened(chromium, server, scenes.hello(), outgoing.view(view)) as page:
        for key in ("k", "r", "Enter", "Escape", "p"):
            page.keyboard.press(key)
        assert commands(server) == ["pause"]


def test_focus_stays_on_its_button_while_others_come_and_go(measuring, server):
    show(measuring, server, replace(MEASURE.view, cue_number=790))
    measuring.focus("[data-command=pause]")
    fewer = tuple(b for b in MEASURE.view.buttons if b.command is not Command.KEEP)
    show(measuring, server, replace(MEASURE.view, cue_number=791, buttons=fewer))
    assert measuring.evaluate("document.activeElement.dataset.command") == "pause"
    show(measuring, server, replace(MEASURE.view, cue_number=792, buttons=(scenes.STOP,)))
    assert measuring.evaluate("document.activeElement.getAttribute('aria-label')")


def test_cues_are_spoken_and_tones_heard_once_and_both_can_be_switched_off(chromium, server):
    with opened(chromium, server) as page:
        page.fill("#person", "Anna")
        page.click("[data-protocol=seated]")
        first = replace(MEASURE.view, cue=Cue("Hold", "Hold it."), cue_number=1, tone_number=1)
        show(page, server, first)
        counted = replace(first, cue_number=2, tone=Tone.COUNTED, tone_number=2)
        show(page, server, replace(first, notice="only the notice changed"))
        show(page, server, counted)
        show(page, server, replace(counted, cue_number=3, tone=Tone.NOT_COUNTED, tone_number=3))
        assert page.evaluate("spoken") == ["Hold it."] * 3
        # Counted rises from 660 to 990 Hz, not counted are two low notes.
        assert page.evaluate("notes") == [660, 990, 233, 196]
        page.click("[data-switch=voice]")
        page.click("[data-switch=sound]")
        show(page, server, replace(counted, cue_number=4, tone_number=4))
        assert len(page.evaluate("spoken")) == 3
        assert len(page.evaluate("notes")) == 4
        page.reload()
        page.wait_for_selector("[data-switch=voice]")
        assert page.get_attribute("[data-switch=voice]", "aria-pressed") == "false"
        assert page.get_attribute("[data-switch=sound]", "aria-pressed") == "false"


def test_a_tab_that_only_watches_is_quiet_and_can_take_over(chromium, server):
    with opened(chromium, server, scenes.hello(drives=False), outgoing.view(MEASURE.view)) as page:
        assert page.locator("[data-command]").count() == 0
        page.keyboard.press("k")
        show(page, server, replace(MEASURE.view, cue_number=44))
        assert page.evaluate("spoken") == []
        page.click("[data-action=drive]")
        assert received(server) == [{"type": "drive"}]
        server.send(outgoing.drives(True))
        page.wait_for_selector("[data-command=keep]")


def test_the_page_comes_back_by_itself_and_says_that_the_line_is_lost(chromium, server):
    with opened(chromium, server, scenes.hello(), *MEASURE.messages()) as page:
        server.accepts = False
        server.drop()
        page.wait_for_selector("#line:not(:empty)")
        page.keyboard.press("k")
        page.wait_for_selector(".leg.left .needle.away", state="attached")
        server.greeting[1:] = [outgoing.view(replace(MEASURE.view, cue_number=55))]
        server.accepts = True
        page.wait_for_selector("main[data-cue-number='55']")
        assert page.inner_text("#line") == ""
        # What was pressed while the line was down is not sent late.
        assert server.received == []


def test_odd_messages_are_let_pass_by(chromium, server):
    with opened(chromium, server, scenes.hello(), *MEASURE.messages()) as page:
        odd = ["", "{", "null", "[]", "7", '{"type":"news"}', '{"type":"constructor"}']
        odd += ['{"type":"view"}', '{"type":"view","view":{"stage":3}}', '{"type":"frame"}']
        odd += ['{"type":"frame","time_s":1,"legs":{"middle":{}}}', '{"type":"hello"}']
        server.send(*odd)
        bare = {"type": "view", "view": {"stage": "measure", "cue": {"text": "Bare", "speech": ""}}}
        server.send(json.dumps(bare))
        page.wait_for_function("() => document.querySelector('#cue').textContent === 'Bare'")
        show(page, server, replace(MEASURE.view, cue_number=66))
        assert page.inner_text("#cue") == MEASURE.view.cue.text


def test_words_of_messages_are_never_markup(chromium, server):
    words = "<img src=x onerror=alert(1)><b>Anna</b>"
    view = replace(MEASURE.view, person=words, notice=words, warning=words, cue=Cue(words, ""))
    with opened(chromium, server, scenes.hello(), outgoing.view(view)) as page:
        page.wait_for_selector("#notice")
        assert page.inner_text("#cue") == words
        assert page.locator("main img, main #cue b").count() == 0


def test_a_thousand_frames_leave_nothing_behind(measuring, server):
    client = measuring.context.new_cdp_session(measuring)
    client.send("Performance.enable")

    def weight():
        client.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in client.send("Performance.getMetrics")["metrics"]}
        return metrics["JSHeapUsedSize"], metrics["Nodes"]

    show(measuring, server, replace(MEASURE.view, cue_number=800))

    def play(start_s):
        for part in range(20):
            frames = [
                scenes.frame(start_s + n / 60, dict.fromkeys(Side, scenes.leg(math.sin(n) * 40)))
                for n in range(part * 50, part * 50 + 50)
            ]
            server.send(*frames)
            next_picture(measuring)

    play(100.0)
    heap, nodes = weight()
    play(200.0)
    heap_after, nodes_after = weight()
    assert heap_after - heap < 300_000
    assert nodes_after <= nodes + 20


def test_the_result_says_sentences_first_and_every_value_with_its_uncertainty(chromium, server):
    scene = scenes.SCENES["result"]
    greeting = scenes.hello(people=False)
    with opened(chromium, server, greeting, *scene.messages()) as page:
        assert page.inner_text("#cue") == scene.view.sentences[0]
        row = "tr[data-task=seated][data-side=left][data-measure=internal]"
        assert page.get_attribute(row, "data-value-deg") == "35.8"
        assert "36° ±2°" in page.inner_text(row)
        assert page.locator("tr[data-measure]", has_text="±").count() == 6
        assert page.get_attribute("[data-action=report]", "href") == "/reports/12"
        assert page.get_attribute("[data-action=pdf]", "href") == "/reports/12.pdf"
        page.click("summary:has-text('1 not counted')")
        assert "not counted: the thigh lifted by 14°" in page.inner_text(".repetitions")
        page.click("[data-action=history]")
        page.wait_for_selector("h1:has-text('Earlier results of Anna')")
        page.click("[data-action=back]")
        page.click("[data-action=leave]")
        assert received(server) == [{"type": "leave"}]
        server.send(outgoing.IDLE)
        page.wait_for_selector(".start h1")
        assert page.input_value("#person") == "Anna"


def test_an_unfinished_session_is_offered_in_words(chromium, server):
    with opened(chromium, server) as page:
        words = page.inner_text("[data-resume='7']")
        assert words == "Go on with the seated test of Anna, 4 repetitions done"
        page.click("[data-resume='7']")
        assert received(server) == [{"type": "resume", "session": 7}]


def test_the_screen_stays_on_while_a_session_runs(chromium, server):
    spy = """() => {
      window.asked = [];
      const request = navigator.wakeLock.request.bind(navigator.wakeLock);
      navigator.wakeLock.request = (kind) => { asked.push(kind); return request(kind); };
    }"""
    with opened(chromium, server) as page:
        page.evaluate(spy)
        show(page, server, MEASURE.view)
        show(page, server, replace(MEASURE.view, cue_number=500))
        assert page.evaluate("asked") == ["screen"]


def test_a_name_is_asked_for_before_anything_starts(chromium, server):
    with opened(chromium, server) as page:
        page.click("[data-protocol=seated]")
        assert page.inner_text("#person-problem") == "Write a name first; an alias is enough."
        page.click("[data-person=Anna]")
        page.click("[data-protocol=seated]")
        assert received(server)[0] | {"type": ""} == {
            "type": "", "person": "Anna", "sex": "female", "protocol": "seated", "mode": "active"
        }  # fmt: skip


def test_earlier_sessions_are_compared_drawn_and_deleted(chromium, server):
    with opened(chromium, server) as page:
        page.click("[data-action=history]")
        page.click("[data-person=Anna]")
        page.click("[data-action=compare]")
        page.wait_for_selector(".field-problem:has-text('Choose two sessions')")
        page.check("[data-session='9']")
        page.check("[data-session='12']")
        page.click("[data-action=compare]")
        page.wait_for_function("() => document.querySelector('.chart')?.naturalWidth > 0")
        assert page.inner_text(".headline") == FOUND["sentences"][0]
        page.click("summary:has-text('Delete')")
        page.click("[data-action=delete]")
        page.click("[data-answer=no]")
        assert server.requests[-1][0] == "/api/compare"
        page.check("#with-recordings")
        server.answers["/api/delete"] = {"deleted": "Anna"}
        page.click("[data-action=delete]")
        page.click("[data-answer=yes]")
        page.wait_for_selector("main [data-person=Anna]", state="detached")
        path, body = server.requests[-1]
        assert path == "/api/delete"
        assert json.loads(body) == {"person": "Anna", "token": scenes.TOKEN, "recordings": True}
        server.answers.clear()
        page.click("[data-person=Ben]")
        page.wait_for_selector(".field-problem:has-text('There is nothing here.')")
