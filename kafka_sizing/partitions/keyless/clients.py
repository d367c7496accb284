"""A client's name in; what it does with records that have no key, and by which source, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from kafka_sizing._checks import check_choice, nearest
from kafka_sizing._tables import read_table
from kafka_sizing.keys.partitioners import PARTITIONERS, Partitioner, library_of
from kafka_sizing.partitions.limits import Kind
from kafka_sizing.settings import Side

KeylessRule = Literal[
    "round robin",
    "round robin, skipping",
    "random",
    "until a new batch",
    "until enough bytes",
    "for a time",
    "one partition",
]
Draw = Literal["any", "another", "another, else the next"]
Weights = Literal["none", "queued batches", "queued records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeylessClient:
    """What one client does with records that have no key."""

    name: str
    does: str  #: the rule in words, to go on after the name
    rule: KeylessRule
    draw: Draw = "any"  #: for rules that draw
    weights: Weights = "none"  #: what a draw heeds
    side: Side | None = None  #: whose Kafka defaults hold
    batch_bytes: int | None = None  #: the client's own, where it does not follow ``side``
    linger_s: float | None = None
    stays_bytes: int | None = None  #: stays for so many bytes of records, batches or not
    lingers: float = 1.0  #: rule "for a time": as many times the linger, where that is given
    partitioner: str  #: in `PARTITIONERS`: where null keys and empty keys go
    versions: str = ""
    trap: str = ""  #: what makes one partition hot all the same
    kind: Kind = field(repr=False)
    source: str = field(repr=False)
    date: str = field(repr=False)  #: when the source was read

    def __post_init__(self) -> None:
        check_choice("rule", self.rule, get_args(KeylessRule))
        check_choice("draw", self.draw, get_args(Draw))
        check_choice("weights", self.weights, get_args(Weights))
        check_choice("partitioner", self.partitioner, PARTITIONERS)

    @property
    def draws(self) -> bool:
        """Whether chance decides: not if the client takes turns, or has one partition."""
        return self.rule in ("random", "until a new batch", "until enough bytes", "for a time")

    @property
    def fills_batches(self) -> bool:
        """Whether the rule follows batches, and so their size and the linger."""
        return self.weighs_records and self.stays_bytes is None

    @property
    def weighs_records(self) -> bool:
        """Whether where a record goes depends on how many bytes records have."""
        return self.rule in ("until a new batch", "until enough bytes", "round robin, skipping")

    @property
    def heeds_slow_partitions(self) -> bool:
        """Whether a partition that takes records slowly gets fewer, or more, of them."""
        return self.rule in ("until a new batch", "until enough bytes")


@cache
def keyless_clients() -> Mapping[str, KeylessClient]:
    """List the clients whose rule for records without a key is known, by name.

    Returns
    -------
    mapping of str to KeylessClient
        Kafka's own client first.

    Examples
    --------
    >>> from kafka_sizing.partitions.keyless import keyless_clients
    >>> print(keyless_clients()["sarama"].does)
    draws a partition for every record
    """
    clients = (KeylessClient(**row) for row in _table()["client"])
    return MappingProxyType({client.name: client for client in clients})


def find_keyless_client(client: str | KeylessClient) -> KeylessClient:
    """Find a client by name, or give it as it is.

    Parameters
    ----------
    client : str or KeylessClient
        A name in `keyless_clients`, in any case, or another name of such a client that
        `find_partitioner` knows. A binding does what its library does.

    Returns
    -------
    KeylessClient
        The one of that name.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> from kafka_sizing.partitions.keyless import find_keyless_client
    >>> find_keyless_client("librdkafka").rule
    'for a time'
    >>> find_keyless_client("java").name, find_keyless_client("confluent-kafka").name
    ('kafka-clients', 'librdkafka')
    """
    if isinstance(client, KeylessClient):
        return client
    if not isinstance(client, str):
        raise TypeError(f"client must be a name or a KeylessClient, got {type(client).__name__}")
    known = {name.casefold(): name for name in keyless_clients()}
    name = known.get(client.strip().casefold()) or known.get(library_of(client) or "")
    if name is None:
        hint = nearest(client.casefold(), list(keyless_clients()))
        if not hint or library_of(client):
            hint = f" (known: {', '.join(map(repr, keyless_clients()))})"
        raise ValueError(f"client must be a name in keyless_clients(), got {client!r}{hint}")
    return keyless_clients()[name]


def keyless_client_of(partitioner: Partitioner) -> KeylessClient | None:
    """Give the first client that places keys by this partitioner; None if none is listed."""
    for client in keyless_clients().values():
        if client.partitioner == partitioner.name:
            return client
    return None


@cache
def batch_header_bytes() -> int:
    """Give what a batch weighs before its first record. [bytes]"""
    return int(_table()["batch_header"]["value"])


@cache
def _table() -> dict[str, Any]:
    return read_table("kafka_sizing.partitions.keyless", "clients")
