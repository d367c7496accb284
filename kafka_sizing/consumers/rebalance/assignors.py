"""A protocol, and perhaps an assignor, in; the assignor that a group under it has out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kafka_sizing._checks import check_choice
from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.rebalance.detection import PROTOCOLS, Protocol

DEFAULT_ASSIGNORS: Final[Mapping[Protocol, str]] = MappingProxyType(
    {"eager": "range", "cooperative": "cooperative-sticky", "consumer": "uniform"}
)
# Take part in protocols other than their own: the first since it stands in for an eager one
# while a group goes over to it, the second since anyone may write one like it.
_ALSO_UNDER: Final[Mapping[str, tuple[Protocol, ...]]] = MappingProxyType(
    {"cooperative-sticky": ("eager",), "load-aware": PROTOCOLS}
)


def assignor_under(protocol: Protocol, assignor: str | None = None) -> str:
    """Choose the assignor of a group, or refuse one that its protocol cannot have.

    Parameters
    ----------
    protocol : {"eager", "cooperative", "consumer"}
        How the group rebalances.
    assignor : str, optional
        As for `assign`; by default what Kafka comes with.

    Returns
    -------
    str
        The name of the assignor.

    Raises
    ------
    ValueError
        If there is no such protocol or assignor, or they do not go together.

    Examples
    --------
    >>> from kafka_sizing.consumers.rebalance.assignors import assignor_under
    >>> assignor_under("consumer"), assignor_under("eager", "cooperative-sticky")
    ('uniform', 'cooperative-sticky')
    """
    check_choice("protocol", protocol, PROTOCOLS)
    if assignor is None:
        return DEFAULT_ASSIGNORS[protocol]
    check_choice("assignor", assignor, ASSIGNORS)
    own = ASSIGNORS[assignor].protocol
    if protocol != own and protocol not in _ALSO_UNDER.get(assignor, ()):
        raise ValueError(
            f"assignor must be one for protocol {protocol!r}, got {assignor!r}, "
            f"which is for {own!r}"
        )
    return assignor
