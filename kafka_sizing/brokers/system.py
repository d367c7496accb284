"""The name of a limit of the operating system in; its value, source and date out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kafka_sizing._checks import check_choice
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLimit:
    """What a process may have, or a broker is advised to have, and who says so."""

    name: str
    value: int  #: in ``unit``
    unit: str
    what: str
    kind: Kind
    source: str
    date: str  #: year of publication, or the day a page was read


def system_limit(name: str) -> SystemLimit:
    """Look up a limit of the operating system that a broker meets.

    Parameters
    ----------
    name : str
        ``"vm.max_map_count"``, ``"file descriptors"``, ``"page cache"`` …

    Returns
    -------
    SystemLimit
        The limit, with its source and date.

    Raises
    ------
    ValueError
        If no limit has that name; those that have are listed.

    Examples
    --------
    >>> from kafka_sizing.brokers.system import system_limit
    >>> system_limit("vm.max_map_count").value
    65530
    """
    limits = _limits()
    check_choice("name", name, limits)
    return limits[name]


@cache
def _limits() -> dict[str, SystemLimit]:
    rows = read_table("kafka_sizing.brokers", "system")["limit"]
    return {row["name"]: SystemLimit(**row) for row in rows}
