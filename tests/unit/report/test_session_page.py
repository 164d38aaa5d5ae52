"""The report of a guided session, from what a history keeps."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode, Moment, SessionState
from imu_hip.history.store import open_history
from imu_hip.names import DEVICE_WORDING, Direction, Segment, Sex, Side, Task
from imu_hip.report.from_history import legs_at, result_records
from imu_hip.report.session_advice import BETWEEN_DAYS, advice_for
from imu_hip.report.session_material import read_session
from imu_hip.report.session_page import (
    render_session,
    render_session_for_clinician,
    write_session_report,
)
from imu_hip.report.session_sentences import result_sentences
from tests.unit.report.sessions import (
    CALIBRATION_DEG,
    NOON,
    PERSON,
    bouts,
    crossings,
    material,
    repetition,
    repetitions,
    results,
    session_record,
)
from tests.unit.report.test_html import LOADS, visible_text

LAST = results(more_deg=-11.0)
LIFTED = repetition(
    Side.LEFT,
    Direction.INTERNAL,
    36.0,
    4,
    55.0,
    counted=False,
    reason="the thigh lifted by 14°",
)
DISEASES = ("arthr", "impinge", "dysplas", "syndrome", "labr", "anteversion", "patholog", "tendin")

MATERIALS = {
    "plain": material,
    "rejected": lambda: material((*repetitions(), LIFTED)),
    "last": lambda: material(last=LAST, last_day={Task.SEATED: date(2026, 2, 1)}),
    "several": lambda: material((*repetitions(), *crossings())),
    "stretched": lambda: material(
        (*repetitions(), *repetitions(more_deg=8.0, moment=Moment.RETEST)),
        bouts=bouts(),
        bouts_today=bouts(order="LRLLRL"),
    ),
    "retest only": lambda: material(
        repetitions(more_deg=8.0, moment=Moment.RETEST),
        last=results(),
        last_day={Task.SEATED: date(2026, 3, 3)},
    ),
    "stretch only": lambda: material((), bouts=bouts(), bouts_today=bouts()),
    "nothing": lambda: material((), calibration_deg={}),
    "one leg": lambda: material(
        repetitions({(Side.RIGHT, Direction.INTERNAL): (31.0, float("nan"))})
    ),
    "nothing counts": lambda: material((LIFTED,)),
    "stopped": lambda: material(session=session_record(state=SessionState.STOPPED, comment="ouch")),
}


class Balanced(HTMLParser):
    """Fails where an element is not closed by itself."""

    void = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_page(page):
    """What holds for every page: whole, alone, without diseases and gaps in the text."""
    parser = Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    assert not LOADS.search(page)
    assert "http" not in page.replace("http-equiv", "")
    text = visible_text(page)
    assert DEVICE_WORDING in text
    lower = text.replace(DEVICE_WORDING, "").lower()
    assert not [word for word in DISEASES if word in lower]
    assert "nan" not in lower.split()
    assert "None" not in text
    return text


@pytest.mark.parametrize("kind", list(MATERIALS))
def test_every_kind_of_session_has_a_whole_page(kind):
    made = MATERIALS[kind]()
    for page in (render_session(made), render_session_for_clinician(made)):
        text = check_page(page)
        assert "Kim" in text
        assert "active: the person moves the leg" in text
        assert "session 12" in text


def test_the_result_comes_first_then_what_to_do():
    text = visible_text(render_session(material()))
    first = text.index("Your left hip turns inward (foot moves out) 8° less than your right")
    assert first < text.index("inward turn, foot moves out (±2°)") < text.index("Target")
    assert "14° below 45°" in text
    assert "Your left hip is 14° ±2° below the target of 45° turning inward" in text
    assert "two bouts on the left for each on the right" in text
    assert "bouts of 30 to 60 s, several minutes in all, once to 3 times a day" in text
    assert "Measure again after about 4 weeks" in text
    assert BETWEEN_DAYS in text


def test_method_mode_errors_and_version_are_on_the_page():
    text = visible_text(render_session(material()))
    assert "Plus is flexion, adduction and inward (internal) rotation" in text
    assert "Krause et al. 2015" in text
    assert "Calibration of the left leg: ±1.2°" in text
    assert "2026-03-03_120000_seated.parquet" in text
    assert "/somewhere/" not in text
    assert "Measured with imu_hip 0.1.0" in text


def test_repetitions_are_listed_with_why_one_does_not_count():
    made = MATERIALS["rejected"]()
    text = visible_text(render_session(made))
    assert "left out: the thigh lifted by 14°" in text
    # The mean is that of 30.2, 31.5 and 31.1, without the 36 that does not count.
    test = legs_at(Moment.TEST, made.results, made.repetitions)[Task.SEATED][Side.LEFT]
    assert test.internal.mean_deg == pytest.approx(30.9333, abs=1e-4)
    assert len(test.repetitions) == 7


def test_against_last_time_names_the_day_and_marks_the_dial():
    page = render_session(MATERIALS["last"]())
    text = visible_text(page)
    assert "11° more than last time (1 February 2026)" in text
    assert "error between days of 9°" in text
    assert "Thin dashed line: last time." in text
    assert page.count('stroke-dasharray="5 3"') == 4
    assert render_session(material()).count('stroke-dasharray="5 3"') == 0


def test_before_and_after_carry_the_caveat_of_warm_muscle():
    text = visible_text(render_session(MATERIALS["stretched"]()))
    assert "Before and after the stretch" in text
    assert "After the stretch your left hip turns inward (foot moves out) 8° more" in text
    assert "warm muscle alone" in text
    assert "Thin dashed line: before the stretch." in text
    assert "2 × 45 s, 1 min 30 s" in text
    assert "4 × 45 s, 3 min" in text


def test_a_retest_alone_is_compared_with_the_test_of_the_same_day():
    text = visible_text(render_session(MATERIALS["retest only"]()))
    assert "Seated test after the stretch" in text
    assert "more than before the stretch" in text
    yesterday = replace(MATERIALS["retest only"](), last_day={Task.SEATED: date(2026, 3, 2)})
    assert "before the stretch" not in visible_text(render_session(yesterday)).replace(
        "Thin dashed line: before the stretch", ""
    )


def test_norms_and_literature_only_for_one_who_asks():
    made = material(session=session_record(person=replace(PERSON, sex=Sex.FEMALE)))
    plain = visible_text(render_session(made))
    assert "college athletes" not in plain
    assert "For clinicians" not in plain
    asked = check_page(render_session_for_clinician(made))
    assert "For clinicians" in asked
    assert "131 female college athletes" in asked
    assert "Literature, Uding et al. 2019" in asked
    assert "male college" not in asked.replace("female college", "")


def test_text_from_people_is_escaped():
    evil = "<b onload='x()'>&"
    made = material(
        session=session_record(person=replace(PERSON, alias=evil), comment=evil), title=evil
    )
    assert "<b onload" not in render_session(made)


def test_a_simulated_session_carries_its_badge():
    assert "SIMULATED" not in render_session(material())
    assert "SIMULATED" in render_session(material(session=session_record(simulated=True)))


def test_sentences_lead_with_the_difference_of_the_legs():
    told = result_sentences(results(), LAST)
    assert told[0].startswith("Your left hip turns inward (foot moves out) 8° less")
    assert told[2] == (
        "Your left hip turns inward 31° ±2° (foot moves out) and outward 40° ±2° (foot moves in)."
    )
    assert "last time" in told[4]
    assert result_sentences(()) == ()


def test_sentences_name_the_test_where_there_are_several():
    done = (*repetitions(), *crossings())
    told = result_sentences(result_records(done, CALIBRATION_DEG))
    assert told[0].startswith("Seated test: Your left hip")
    assert any(sentence.startswith("Cross-legged test: Your left shin slopes") for sentence in told)


def test_a_retest_alone_is_told_too():
    told = result_sentences(results(more_deg=8.0, moment=Moment.RETEST), results())
    assert told[0].startswith("Your left hip turns inward (foot moves out) 8° less")
    assert "warm muscle" in told[-1]
    assert any("from last time: 8° at most" in sentence for sentence in told)


def test_without_results_there_is_no_advice():
    advice = advice_for(())
    assert (advice.deficits, advice.dose) == ((), ())


def test_a_range_at_the_target_reaches_it():
    even = {(side, d): (46.0, 46.0, 46.0) for side in Side for d in Direction}
    advice = advice_for(results(even))
    assert advice.deficits[0] == (
        "Your left hip reaches the target of 45° turning inward (foot moves out) and reaches the "
        "target of 45° turning outward (foot moves in)."
    )
    assert any("same number of bouts" in sentence for sentence in advice.dose)


def test_a_day_is_that_of_this_computer():
    made = material(session=session_record(started_utc=NOON))
    assert made.day == NOON.astimezone().date()


def test_a_report_is_written_from_a_history_with_the_sensors_of_its_recording(tmp_path):
    recording = Path(__file__).parents[3] / "recordings" / "simulated_seated.parquet"
    with open_history(str(tmp_path / "h.sqlite3")) as history:
        kim = history.add_person("Kim")
        for more_deg, name in ((0.0, "gone.parquet"), (12.0, str(recording))):
            begun = history.begin_session(
                kim, "seated", Mode.ACTIVE, simulated=False, recording=name
            )
            for one in repetitions(more_deg=more_deg):
                history.add_repetition(begun.id, one)
            history.finish_session(begun.id, SessionState.FINISHED, results(more_deg=more_deg))
        made = read_session(history, begun.id)
        assert made.title == "Seated"
        assert made.last == history.results(begun.id - 1)
        assert made.last_day == {Task.SEATED: made.day}
        assert {sensor.segment for sensor in made.sensors} >= {Segment.LEFT_THIGH}
        path = tmp_path / "report.html"
        write_session_report(history, begun.id, path, "Seated test", CALIBRATION_DEG)
        text = check_page(path.read_text(encoding="utf-8"))
        assert "Left thigh" in text
        assert "12° more than last time" in text
        with pytest.raises(HistoryError, match="no session 99"):
            read_session(history, 99)
