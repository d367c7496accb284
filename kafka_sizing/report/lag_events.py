"""What befalls a group in; the same in words out."""

from __future__ import annotations

import numpy as np

from kafka_sizing.consumers.simulation import (
    Crash,
    Deployment,
    Event,
    Join,
    Leave,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
)
from kafka_sizing.units import format_duration, format_share


def event_text(event: Event) -> str:
    """Say what an event is.

    Parameters
    ----------
    event : Event
        What happens.

    Returns
    -------
    str
        The same in words, without when.

    Examples
    --------
    >>> from kafka_sizing.consumers import Crash
    >>> from kafka_sizing.report.lag_events import event_text
    >>> event_text(Crash(at_s=60, member=3, back_after_s=90))
    'member 3 crashes, back after 1 min 30 s'
    """
    match event:
        case Join():
            return "a member is started"
        case Leave():
            return f"member {event.member} leaves"
        case Crash():
            back = event.back_after_s
            after = "for good" if back is None else f"back after {format_duration(back)}"
            return f"member {event.member} crashes, {after}"
        case Stuck():
            return f"member {event.member} hangs for {format_duration(event.for_s)}"
        case Deployment():
            pause = f", {format_duration(event.pause_s)} apart" if event.pause_s else ""
            return f"rolling deployment, {format_duration(event.restart_s)} a member{pause}"
        case Slowdown():
            return _slowdown(event)
        case PoisonRecord():
            until = "for good" if event.for_s is None else f"for {format_duration(event.for_s)}"
            return f"a poison record stops partition {event.partition} {until}"
        case SharesChange():
            shares = np.asarray(event.shares)
            share = format_share(float(shares.max()))
            return f"load shifts: partition {int(shares.argmax())} takes {share}"
    return f"the topic grows to {np.asarray(event.shares).size:,} partitions"


def _slowdown(event: Slowdown) -> str:
    lasts = f"for {format_duration(event.for_s)}"
    whom = "all members" if event.member is None else f"member {event.member}"
    if not event.capacity_fraction:
        return f"outage of what {whom} wait{'s' if event.member is not None else ''} for, {lasts}"
    return f"{whom} at {format_share(event.capacity_fraction)} of capacity {lasts}"
