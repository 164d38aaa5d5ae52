"""Days and times as people of this computer's time zone read them."""

from datetime import date, datetime


def local(moment_utc: datetime) -> datetime:
    """A moment on this computer's clock."""
    return moment_utc.astimezone()


def local_day(moment_utc: datetime) -> date:
    """The day of a moment on this computer's calendar."""
    return local(moment_utc).date()


def day_words(day: date) -> str:
    """A day such as '3 March 2026'."""
    return f"{day.day} {day:%B %Y}"


def time_words(moment_utc: datetime) -> str:
    """A moment such as '3 March 2026, 18:05'."""
    return f"{day_words(local_day(moment_utc))}, {local(moment_utc):%H:%M}"


def span_words(days: float) -> str:
    """A stretch of time such as '5 days', '6 weeks' or '2.5 years'."""
    if days < 14:
        whole = max(round(days), 1)
        return "1 day" if whole == 1 else f"{whole} days"
    return f"{round(days / 7)} weeks" if days < 730 else f"{days / 365.25:.1f} years"
