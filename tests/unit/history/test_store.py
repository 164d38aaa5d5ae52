"""What is kept is what is found, the same in SQLite and in PostgreSQL."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from imu_hip import __version__
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode, Moment, SessionState, Step
from imu_hip.names import Direction, Sex, Side, Task
from tests.histories import BEGAN, bout, repetition, result, session


@pytest.fixture
def anna(history):
    return history.add_person("Anna")


@pytest.fixture
def running(history, anna):
    return history.begin_session(
        anna, "seated", Mode.ACTIVE, simulated=False, recording="/data/a.parquet"
    ).id


def test_a_new_history_is_empty(history):
    assert history.people() == history.sessions() == history.unfinished() == ()
    with pytest.raises(HistoryError, match="knows nobody yet"):
        history.person("Anna")


def test_a_person_is_found_by_alias_whatever_its_capitals_and_spaces(history):
    anna = history.add_person("  Anna\tB. ", Sex.FEMALE)
    assert (anna.alias, anna.sex) == ("Anna B.", Sex.FEMALE)
    assert history.person("ANNA b.") == history.add_person("anna b.") == anna
    assert history.people() == (anna,)
    assert abs(datetime.now(UTC) - anna.created_utc) < timedelta(minutes=1)


def test_a_sex_that_is_told_later_becomes_the_persons(history, anna):
    assert anna.sex is None
    assert history.add_person("anna", Sex.MALE) == replace(anna, sex=Sex.MALE)
    assert history.person("Anna").sex is history.add_person("Anna").sex is Sex.MALE


def test_an_unknown_person_names_those_who_are_known(history, anna):
    for number in range(30):
        history.add_person(f"runner {number:02d}")
    # Anna and 30 runners are 31, of whom 20 are named.
    with pytest.raises(HistoryError, match=r"called Bob. Known are Anna, runner 00, .* and 11 mor"):
        history.person("Bob")


@pytest.mark.parametrize(
    ("alias", "words"), [("", "empty"), (" \n", "empty"), ("x" * 101, "101"), ("a\x00b", "shown")]
)
def test_an_alias_that_cannot_be_kept_is_refused(history, alias, words):
    with pytest.raises(HistoryError, match=words):
        history.add_person(alias)
    assert history.people() == ()


def test_an_alias_of_a_hundred_wide_characters_is_kept(history):
    # Of one ligature, NFKC and lower case make up to 18 characters.
    for alias in ("Ä" * 100, "ﷺ" * 20, "'; DROP TABLE people; --", "100 %s"):
        assert history.person(history.add_person(alias).alias).alias == alias


def test_renaming_keeps_the_sessions_and_takes_nobodys_alias(history, anna, running):
    history.add_person("Bob")
    with pytest.raises(HistoryError, match="Somebody is called Bob already"):
        history.rename(anna, "bob")
    berta = history.rename(anna, "Berta")
    assert (berta.id, history.person("berta")) == (anna.id, berta)
    assert history.session(running).person == berta
    assert history.rename(berta, "BERTA").alias == "BERTA"


def test_a_session_is_read_as_it_was_begun_and_finished(history, anna, running):
    begun = history.session(running)
    assert begun == history.unfinished()[0] == history.sessions(anna)[0]
    assert (begun.person, begun.protocol, begun.mode) == (anna, "seated", Mode.ACTIVE)
    assert (begun.state, begun.ended_utc, begun.simulated) == (SessionState.RUNNING, None, False)
    assert (begun.recordings, begun.version) == (("/data/a.parquet",), __version__)
    assert begun.started_utc.tzinfo is UTC
    history.add_recording(running, "/data/b.parquet")
    history.add_recording(running, "/data/b.parquet")
    history.add_report(running, "/data/a.html")
    history.save_progress(running, '{"part": 1}')
    assert history.session(running).progress == '{"part": 1}'
    history.finish_session(running, SessionState.STOPPED, [result()], "Pain.")
    ended = history.session(running)
    assert ended.ended_utc >= ended.started_utc == begun.started_utc
    assert (ended.state, ended.comment, ended.progress) == (SessionState.STOPPED, "Pain.", "")
    assert ended.recordings == ("/data/a.parquet", "/data/b.parquet")
    assert history.reports(running) == ("/data/a.html",)
    assert history.unfinished() == ()


def test_repetitions_are_read_as_they_were_kept_in_their_order(history, running):
    kept = (
        repetition(1),
        repetition(2, counted=False, reason="the thigh lifted by 14°"),
        repetition(1, direction=Direction.EXTERNAL, moment=Moment.RETEST),
        repetition(1, task=Task.CROSS_LEGGED, side=Side.RIGHT, direction=None),
    )
    for each in kept:
        history.add_repetition(running, each)
    assert history.repetitions(running) == kept


@pytest.mark.parametrize("direction", [None, Direction.INTERNAL])
def test_the_same_repetition_twice_is_kept_once_and_another_one_refused(
    history, running, direction
):
    first = repetition(direction=direction)
    history.add_repetition(running, first)
    history.add_repetition(running, first)
    with pytest.raises(HistoryError, match="another entry in repetitions"):
        history.add_repetition(running, replace(first, peak_deg=30.0))
    assert history.repetitions(running) == (first,)


def test_a_repetition_that_is_withdrawn_can_be_done_again(history, running):
    for number in (1, 2):
        history.add_repetition(running, repetition(number))
        history.add_repetition(running, repetition(number, direction=None))
    history.withdraw_repetition(running, Task.SEATED, Side.LEFT, Direction.INTERNAL, Moment.TEST, 2)
    history.withdraw_repetition(running, Task.SEATED, Side.LEFT, None, Moment.TEST, 1)
    history.withdraw_repetition(running, Task.SEATED, Side.LEFT, None, Moment.TEST, 9)
    again = repetition(2, peak_deg=31.0)
    history.add_repetition(running, again)
    assert history.repetitions(running) == (
        repetition(1),
        repetition(2, direction=None),
        again,
    )


def test_a_corrected_repetition_keeps_its_place(history, running):
    for number in (1, 2):
        history.add_repetition(running, repetition(number))
    better = repetition(1, peak_deg=33.5)
    history.correct_repetition(running, better)
    assert history.repetitions(running) == (better, repetition(2))
    with pytest.raises(HistoryError, match="no repetition 3"):
        history.correct_repetition(running, repetition(3))


def test_what_was_not_measured_is_nan_and_never_a_number(history, running):
    measured = ("peak_deg", "plateau_s", "thigh_elevation_deg", "knee_flexion_deg")
    names = (*measured, "start_s", "end_s")
    unknown = dict.fromkeys(names, math.nan)
    history.add_repetition(running, repetition(counted=False, reason="lost samples", **unknown))
    history.add_repetition(running, repetition(counted=False, reason="lost samples", **unknown))
    (kept,) = history.repetitions(running)
    assert all(math.isnan(getattr(kept, name)) for name in unknown)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_result_that_is_no_number_is_refused_and_nothing_of_it_kept(history, running, value):
    with pytest.raises(HistoryError, match="value_deg is"):
        history.finish_session(running, SessionState.FINISHED, [result(), result(value)])
    assert history.results(running) == ()
    assert history.session(running).state is SessionState.RUNNING


def test_finishing_again_replaces_the_results(history, running):
    retest = result(40.0, moment=Moment.RETEST, sd_deg=None)
    history.finish_session(running, SessionState.FINISHED, [result(30.0)])
    history.finish_session(running, SessionState.FINISHED, [result(), retest])
    assert history.results(running) == (result(), retest)
    with pytest.raises(ValueError, match="finished or stopped"):
        history.finish_session(running, SessionState.RUNNING, [])


def test_there_is_no_writing_to_a_session_that_is_not_there(history):
    for write in (
        lambda: history.add_recording(7, "/a"),
        lambda: history.add_report(7, "/a"),
        lambda: history.add_repetition(7, repetition()),
        lambda: history.withdraw_repetition(7, Task.SEATED, Side.LEFT, None, Moment.TEST, 1),
        lambda: history.add_bout(7, bout()),
        lambda: history.save_progress(7, ""),
        lambda: history.finish_session(7, SessionState.FINISHED, ()),
        lambda: history.session(7),
    ):
        with pytest.raises(HistoryError, match=r"There is no session 7 .* `imu-hip history list`"):
            write()
    assert history.results(7) == history.repetitions(7) == history.reports(7) == ()


def test_texts_that_a_database_cannot_hold_lose_only_what_it_cannot(history, anna):
    begun = history.begin_session(
        anna, "own\0 protocol \ud800 ☃", Mode.PASSIVE, simulated=True, recording=""
    )
    assert begun.protocol == "own protocol ? ☃"
    assert begun.recordings == ()


def test_sessions_come_newest_first_and_no_more_than_asked(history, anna):
    bob = history.add_person("Bob")
    ids = [session(history, person) for person in (anna, bob, anna, anna)]
    assert [s.id for s in history.sessions()] == ids[::-1]
    assert [s.id for s in history.sessions(anna)] == [ids[3], ids[2], ids[0]]
    assert [s.id for s in history.sessions(anna, 2)] == [ids[3], ids[2]]
    assert [s.person for s in history.sessions(limit=3)] == [anna, anna, bob]
    assert [(s.person.alias, s.sessions) for s in history.summaries()] == [("Anna", 3), ("Bob", 1)]
    assert history.summaries()[0].last_utc == history.session(ids[3]).started_utc


def test_a_trend_holds_only_what_is_alike_oldest_first(history, anna):
    bob = history.add_person("Bob")
    first = session(history, anna, result(30.0), result(20.0, task=Task.PRONE))
    session(history, anna, result(31.0), mode=Mode.PASSIVE)
    simulated = session(history, anna, result(32.0), simulated=True)
    session(history, bob, result(33.0))
    last = session(history, anna, result(34.0), result(35.0, side=Side.RIGHT))
    trend = history.trend(anna, Task.SEATED, Mode.ACTIVE)
    assert [(p.session, p.result.value_deg) for p in trend] == [
        (first, 30.0),
        (last, 34.0),
        (last, 35.0),
    ]
    assert trend[0].started_utc == history.session(first).started_utc
    assert {p.mode for p in trend} == {Mode.ACTIVE}
    (virtual,) = history.trend(anna, Task.SEATED, Mode.ACTIVE, simulated=True)
    assert (virtual.session, virtual.result) == (simulated, result(32.0))


def test_last_results_are_the_newest_of_each_task_from_the_test(history, anna):
    session(history, anna, result(20.0, task=Task.PRONE))
    earlier = session(history, anna, result(30.0), result(31.0, side=Side.RIGHT))
    later = session(history, anna, result(33.0), result(39.0, moment=Moment.RETEST))
    only_a_retest = session(history, anna, result(40.0, moment=Moment.RETEST))

    def values(before=None, tasks=(Task.SEATED, Task.PRONE)):
        found = history.last_results(anna, tasks, Mode.ACTIVE, before)
        return [each.value_deg for each in found]

    assert values() == values(only_a_retest) == [33.0, 20.0]
    assert values(later) == [30.0, 31.0, 20.0]
    assert values(earlier, [Task.SEATED]) == []
    assert history.last_results(anna, [Task.SEATED], Mode.PASSIVE) == ()


def test_bouts_are_those_of_the_day_on_this_computers_clock(history, anna, running):
    midnight = datetime(2026, 3, 2).astimezone(UTC)
    before, at, last = (
        bout(started_utc=midnight + timedelta(minutes=m), side=s)
        for m, s in ((-1, Side.LEFT), (0, Side.RIGHT), (24 * 60 - 1, Side.LEFT))
    )
    for each in (last, before, at, at):
        history.add_bout(running, each)
    assert history.bouts(anna, date(2026, 3, 2)) == (at, last)
    assert history.bouts(anna, date(2026, 3, 1)) == (before,)
    assert history.bouts(history.add_person("Bob"), date(2026, 3, 2)) == ()
    assert history.session_bouts(running) == (before, at, last)


def test_a_moment_without_its_zone_is_refused(history, running):
    with pytest.raises(HistoryError, match="time zone"):
        history.add_bout(running, bout(started_utc=BEGAN.replace(tzinfo=None)))


def test_threads_lose_nothing(history, anna):
    def work(number):
        begun = history.begin_session(
            history.add_person(f"p{number % 3}"), "x", Mode.ACTIVE, simulated=False, recording=""
        )
        for each in range(5):
            history.add_repetition(begun.id, repetition(each))
        return begun.id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(work, range(16)))
    assert len(set(ids)) == 16
    assert all(len(history.repetitions(each)) == 5 for each in ids)
    assert [p.alias for p in history.people()] == ["Anna", "p0", "p1", "p2"]


def test_zero_has_no_sign_in_either_database(history, running):
    history.add_repetition(running, repetition(peak_deg=-0.0))
    assert math.copysign(1.0, history.repetitions(running)[0].peak_deg) == 1.0


def test_a_step_is_kept_as_a_whole_or_not_at_all(history, running):
    first = Step((), (repetition(1),), (bout(),), "one done")
    history.keep_step(running, first)
    # The same number with another peak cannot be kept, so nothing of that step is.
    refused = Step((), (repetition(2), repetition(1, 50.0)), (bout(5.0),), "three done")
    with pytest.raises(HistoryError, match="another entry"):
        history.keep_step(running, refused)
    assert [one.number for one in history.repetitions(running)] == [1]
    assert history.session_bouts(running) == (bout(),)
    assert history.session(running).progress == "one done"
    history.keep_step(running, Step((repetition(1),), (repetition(1, 50.0),), (), "done anew"))
    assert [one.peak_deg for one in history.repetitions(running)] == [50.0]
    assert history.session(running).progress == "done anew"
