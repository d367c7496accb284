"""A time as tools print it in; seconds since the epoch out."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

# Numbers beyond these are no seconds any more, but thousandths of them, and so on.
_SMALLER_UNITS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"
_ZONES: Final = {
    "cet": 1,
    "cest": 2,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_DATE: Final = re.compile(
    r"[a-z]{2,9},?\s+(?:(?P<month>[a-z]{3,9})\s+(?P<day>\d{1,2})|(?P<day2>\d{1,2})\s+"
    r"(?P<month2>[a-z]{3,9}))(?:\s+(?P<year>\d{4}),?)?\s+(?P<clock>\d{1,2}:\d{2}:\d{2})"
    r"(?:\s+(?P<half>[ap]m))?(?:\s+(?P<zone>[a-z]{1,5}|[+-]\d{2,4}))?(?:\s+(?P<year2>\d{4}))?",
    re.IGNORECASE,
)


def seconds_of(text: str, *, is_seconds: bool = False) -> float | None:
    """Read a time; None if it is none.

    Seconds since the epoch, or smaller units where the number is too large for them; ISO 8601;
    what ``date`` and ``date -R`` print. No zone, and a zone that has no one meaning, is UTC, which
    keeps the time between two samples right.
    """
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        return None if is_seconds else _date_of(text)
    if not math.isfinite(number):
        return None
    units = () if is_seconds else _SMALLER_UNITS
    return number / next((unit for above, unit in units if abs(number) > above), 1.0)


def _date_of(text: str) -> float | None:
    for read in (datetime.fromisoformat, _date_line, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, OverflowError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    return None


def _date_line(text: str) -> datetime:
    """Read what ``date`` prints in English: ``Tue Dec  1 10:00:00 UTC 2026``."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    month = (match["month"] or match["month2"])[:3].lower()
    year = match["year"] or match["year2"]
    number, within = divmod(_MONTHS.find(month), 3)
    if within or year is None:  # -1 is within, too
        raise ValueError(text)
    hour, minute, second = map(int, match["clock"].split(":"))
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    return datetime(
        int(year),
        number + 1,
        int(match["day"] or match["day2"]),
        hour,
        minute,
        second,
        tzinfo=_zone(match["zone"] or ""),
    )


def _zone(name: str) -> timezone:
    if name[:1] in ("+", "-"):
        sign = -1 if name[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(name[1:3]), minutes=int(name[3:] or 0)))
    return timezone(timedelta(hours=_ZONES.get(name.lower(), 0)))
