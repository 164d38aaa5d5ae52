"""Answers of the server about what is kept."""

from tests.browser import scenes

RESULTS = [
    {
        "task": result.task.value,
        "side": result.side.value,
        "measure": result.measure,
        "moment": "test",
        "value_deg": result.value_deg,
        "sd_deg": 1.0,
        "repetitions": 3,
        "sem_deg": result.sem_deg,
        "mdc95_deg": result.mdc95_deg,
    }
    for result in scenes.RESULTS
]


def kept_session(number, started, state="finished", simulated=False):
    """One session as the server tells of it."""
    return {
        "session": number,
        "protocol": "seated",
        "title": "Seated test",
        "mode": "active",
        "state": state,
        "started": started,
        "ended": None,
        "simulated": simulated,
        "version": "0.5",
        "comment": "",
        "results": RESULTS,
    }


KEPT = {
    "person": {"alias": "Anna", "sex": "female"},
    "sessions": [
        kept_session(12, "2026-11-20T09:30:00+00:00"),
        kept_session(9, "2026-11-02T09:30:00+00:00", "stopped", simulated=True),
    ],
}
FOUND = {
    "sentences": [
        "Inward turn, left: 5° more than on 2 November; no measurable difference below 8°.",
        "Total arc: no measurable difference.",
    ],
    "pictures": [
        {
            "heading": "Inward turn, foot moves out",
            "svg": '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200" '
            'viewBox="0 0 400 200"><rect width="400" height="200" style="fill: #fff"/></svg>',
            "key": "Band: the measurement error.",
        }
    ],
    "tables": [
        {
            "caption": "Inward turn, foot moves out",
            "head": ["", "Left", "Right", "Error of a difference", "Repetitions"],
            "rows": [["2 Nov 2026", "31° ±2°", "37° ±2°", "6°", "3"]] * 2,
        }
    ],
}
