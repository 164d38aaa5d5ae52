"""People of a history, by their alias."""

import unicodedata
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Person, PersonSummary
from imu_hip.history.rows import person_of
from imu_hip.history.tables import LONGEST_ALIAS, people, sessions
from imu_hip.names import Sex

MOST_NAMED: Final = 20
"""How many people a message lists."""


def all_people(connection: Connection) -> tuple[Person, ...]:
    """Everybody, by alias."""
    rows = connection.execute(select(people).order_by(people.c.alias_key)).mappings()
    return tuple(person_of(row) for row in rows)


def summaries(connection: Connection) -> tuple[PersonSummary, ...]:
    """Everybody by alias, with the number of sessions and the newest."""
    counted = (
        select(
            people,
            func.count(sessions.c.id).label("n"),
            func.max(sessions.c.started_utc).label("last"),
        )
        .outerjoin(sessions, sessions.c.person_id == people.c.id)
        .group_by(people.c.id)
        .order_by(people.c.alias_key)
    )
    rows = connection.execute(counted).mappings()
    return tuple(PersonSummary(person_of(row), row["n"], row["last"]) for row in rows)


def person_named(connection: Connection, alias: str) -> Person:
    """The person of an alias, whatever its capitals.

    Raises
    ------
    HistoryError
        Where nobody has it; it lists those who are known.
    """
    found = _find(connection, _tidy(alias))
    if found is not None:
        return found
    known = [person.alias for person in all_people(connection)]
    if not known:
        raise HistoryError(f"Nobody is called {alias}.", "The history knows nobody yet.")
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    raise HistoryError(
        f"Nobody is called {alias}.", f"Known are {', '.join(known[:MOST_NAMED])}{more}."
    )


def add_person(connection: Connection, alias: str, sex: Sex | None) -> Person:
    """The person of an alias, new where there was none; a sex that is given becomes theirs."""
    tidy = _tidy(alias)
    found = _find(connection, tidy) or _insert(connection, tidy, sex)
    if sex is None or found.sex is sex:
        return found
    connection.execute(update(people).where(people.c.id == found.id).values(sex=sex.value))
    return Person(found.id, found.alias, sex, found.created_utc)


def rename_person(connection: Connection, person: Person, alias: str) -> Person:
    """Give a person another alias.

    Raises
    ------
    HistoryError
        Where somebody else has it, or the person is gone.
    """
    tidy = _tidy(alias)
    holder = _find(connection, tidy)
    if holder is not None and holder.id != person.id:
        raise HistoryError(f"Somebody is called {holder.alias} already.", "Choose another alias.")
    changed = connection.execute(
        update(people).where(people.c.id == person.id).values(alias=tidy, alias_key=_key(tidy))
    )
    if not changed.rowcount:
        raise gone(person)
    return person_named(connection, tidy)


def require_person(connection: Connection, person: Person) -> None:
    """Make sure that a person is there and stays until the transaction ends.

    Raises
    ------
    HistoryError
        Where they were deleted meanwhile.
    """
    chosen = select(people.c.id).where(people.c.id == person.id).with_for_update(key_share=True)
    if connection.execute(chosen).first() is None:
        raise gone(person)


def gone(person: Person) -> HistoryError:
    """What is told where a person was deleted meanwhile."""
    return HistoryError(
        f"{person.alias} is no longer in the history.", "They were deleted meanwhile."
    )


def _insert(connection: Connection, alias: str, sex: Sex | None) -> Person:
    values = {
        "alias": alias,
        "alias_key": _key(alias),
        "sex": None if sex is None else sex.value,
        "created_utc": datetime.now(UTC),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(people).values(values))
    except IntegrityError:
        # Another program added the same person a moment ago.
        pass
    found = _find(connection, alias)
    if found is None:
        raise HistoryError(f"{alias} cannot be added.", "Try again.")
    return found


def _find(connection: Connection, alias: str) -> Person | None:
    row = connection.execute(select(people).where(people.c.alias_key == _key(alias))).mappings()
    found = row.first()
    return None if found is None else person_of(found)


def _key(alias: str) -> str:
    return unicodedata.normalize("NFKC", alias).casefold()


def _tidy(alias: str) -> str:
    tidy = " ".join(unicodedata.normalize("NFC", alias).split())
    if not tidy:
        raise HistoryError("The alias of the person is empty.", "Give any name or number.")
    if len(tidy) > LONGEST_ALIAS:
        raise HistoryError(
            f"The alias of the person has {len(tidy)} characters.",
            f"At most {LONGEST_ALIAS} are kept; a short name is enough.",
        )
    if any(unicodedata.category(character).startswith("C") for character in tidy):
        raise HistoryError(
            "The alias of the person holds characters that cannot be shown.",
            "Use letters, figures and spaces.",
        )
    return tidy
