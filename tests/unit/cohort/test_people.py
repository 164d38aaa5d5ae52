"""The table of people, and whom a path tells."""

import pytest

from imu_hip.cohort.errors import PeopleError
from imu_hip.cohort.naming import common_folder, who_recorded
from imu_hip.cohort.people import NOBODY, read_people
from imu_hip.cohort.people_of import name_recordings

A, B = "/data/clinic/anna/first.parquet", "/data/clinic/ben/first.parquet"


@pytest.fixture
def table(tmp_path):
    """Write a table of people."""

    def table(*lines):
        path = tmp_path / "people.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return table


def named(people, table, *recordings):
    naming = name_recordings(lambda: iter(recordings), people, table)
    return naming, [naming.of(recording) for recording in recordings]


@pytest.mark.parametrize(
    ("recording", "person", "session", "told_by"),
    [
        ("/d/sub-01/ses-02/motion/sub-01_ses-02_motion.parquet", "sub-01", "ses-02", "Motion-BIDS"),
        ("/d/sub-01/walk.parquet", "sub-01", "walk", "Motion-BIDS"),
        ("s3://bucket/d/sub-7/ses-a/x.parquet", "sub-7", "ses-a", "Motion-BIDS"),
        ("/d/anna/first.parquet", "anna", "first", "folders"),
        ("/d/north/anna/first.parquet", "north/anna", "first", "folders"),
        ("/d/anna.parquet", "anna", "anna", "file names"),
        # A name that only begins like one of Motion-BIDS is none.
        ("/d/subway/first.parquet", "subway", "first", "folders"),
    ],
)
def test_person_and_session_are_told_by_the_path(recording, person, session, told_by):
    who = who_recorded(recording, "/d/")
    assert (who.person, who.session) == (person, session)
    assert who.told_by.startswith(told_by)


def test_the_common_folder_is_that_of_all_recordings():
    folder = None
    for recording in (A, B, "/data/clinic/first.parquet"):
        folder = common_folder(folder, recording)
    assert folder == "/data/clinic/"
    # A folder whose name begins alike is another one.
    assert common_folder("/data/clinic/", "/data/clinic2/x.parquet") == "/data/"
    assert common_folder("/data/", "s3://bucket/x.parquet") == ""


def test_in_one_folder_each_file_is_a_person():
    _, ((one, _), (two, _)) = named(NOBODY, None, "/d/x/1.parquet", "/d/x/2.parquet")
    assert (one.person, two.person) == ("1", "2")


@pytest.mark.parametrize(
    "name",
    [
        "/data/clinic/anna/first.parquet",
        "anna/first.parquet",
        "./anna/first.parquet",
        "anna\\first.parquet",
        "anna/*",
        "anna/",
        "*/anna/*.parquet",
        "anna/f*t.parquet",
    ],
)
def test_a_recording_is_named_by_as_much_of_its_path_as_it_takes(table, name):
    path = table("recording,sex", f"{name},female")
    _, ((_, anna), (_, ben)) = named(read_people(path), path, A, B)
    assert anna == ("female",)
    assert ben == ("",)


def test_person_and_session_of_the_table_come_before_those_of_the_path(table):
    path = table("recording;person;session;age", "anna/first.parquet;P7;2;31")
    naming, ((anna, cells), _) = named(read_people(path), path, A, B)
    assert (anna.person, anna.session, cells) == ("P7", "2", ("31",))
    assert naming.columns == (("age", True),)
    assert "1 recording is not in people.csv" in naming.notes[1]


def test_people_are_named_by_person_and_by_session(table):
    path = table("person,session,group", "anna,,a", "ben,first,b", "ben,second,c")
    _, ((_, anna), (_, ben)) = named(read_people(path), path, A, B)
    assert (anna, ben) == (("a",), ("b",))
    assert read_people(path).values("group") == {"a", "b", "c"}


def test_all_faults_are_told_at_once_with_their_lines(table):
    path = table("person,age", "anna,31", "ben", ",5", "anna,32")
    with pytest.raises(PeopleError) as told:
        read_people(path)
    for fault in (
        "line 3 has 1 cells and not 2",
        "line 4 names neither a recording nor a person",
        "lines 2 and 5 both name anna",
    ):
        assert fault in told.value.what


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("name,age", "line 1 has neither the column recording nor the column person"),
        ("person,,age", "column 2 has no name"),
        ("person,age,age", "the column age comes 2 times"),
        ("person,value", "the name value is that of a column of results"),
    ],
)
def test_faults_of_the_first_line_are_told(table, head, fault):
    with pytest.raises(PeopleError) as told:
        read_people(table(head, "anna,1,2"))
    assert fault in told.value.what


def test_two_lines_that_mean_one_recording_are_told(table):
    path = table("recording,sex", "anna/*,female", "first.parquet,male")
    with pytest.raises(PeopleError, match="lines 3 and 2 both mean /data/clinic/anna/first"):
        named(read_people(path), path, A, B)


def test_a_table_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PeopleError, match="There is no file"):
        read_people(tmp_path / "nobody.csv")
