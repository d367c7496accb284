"""A name in; what retries are set to when nobody says otherwise, and by whom, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kafka_sizing._checks import check_choice
from kafka_sizing._tables import read_table
from kafka_sizing.partitions.limits import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDefault:
    """A number that stands where none is given, and why it is what it is."""

    name: str
    value: float  #: in ``unit``
    unit: str
    kind: Kind
    reason: str
    source: str
    date: str  #: the day the source was read


def retry_default(name: str) -> RetryDefault:
    """Look up a number that stands where none is given.

    Parameters
    ----------
    name : str
        "consumer_outage_s", "triage_s", "spring_attempts" …

    Returns
    -------
    RetryDefault
        The number, with its unit, kind, reason and source.

    Raises
    ------
    ValueError
        If there is no default of that name.

    Examples
    --------
    >>> from kafka_sizing.retries.defaults import retry_default
    >>> triage = retry_default("triage_s")
    >>> triage.value, triage.kind
    (1209600.0, 'rule')
    """
    check_choice("name", name, retry_defaults())
    return retry_defaults()[name]


@cache
def retry_defaults() -> Mapping[str, RetryDefault]:
    """List what retries are set to when nobody says otherwise.

    Returns
    -------
    mapping of str to RetryDefault
        Retention rules of thumb first, then Spring's.

    Examples
    --------
    >>> from kafka_sizing.retries.defaults import retry_defaults
    >>> int(retry_defaults()["spring_attempts"].value)
    3
    """
    rows = read_table("kafka_sizing.retries", "defaults")
    return MappingProxyType({name: RetryDefault(name=name, **row) for name, row in rows.items()})
