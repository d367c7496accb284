"""Who owns which partition in; how even that is, what moved and what waits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, nearest
from kafka_sizing.consumers.assignment.ownership import (
    NOBODY,
    Indices,
    Loads,
    frozen_loads,
    frozen_owners,
    joined,
    owners_among,
)
from kafka_sizing.partitions.skew import imbalance_ratio
from kafka_sizing.units import LoadUnit, format_share

if TYPE_CHECKING:
    import pandas as pd

MemberLoadUnit = LoadUnit | Literal["partitions"]

_ROWS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """Which member of a consumer group owns which partition.

    `assign` makes one. One that was seen, in the output of ``kafka-consumer-groups.sh`` for
    instance, can be written down with `from_names`, to go on from it.

    Parameters
    ----------
    members : sequence of str
        The names of the members.
    owners : mapping of str to array_like of int
        For each topic the owner of every partition, by index into ``members``; -1: nobody.
    loads : mapping of str to array_like of float or None, default None
        For each topic the load of every partition, in ``unit``. None: every partition counts 1.
    unit : {"records", "bytes", "records/s", "bytes/s", "partitions"} or None, default None
        What loads are counted in; None: not said.
    assignor : str or None, default None
        What chose the owners; None: not known.
    previous : Assignment or None, default None
        What was before. It is kept without its own past.
    first_round_owners : mapping of str to array_like of int or None, default None
        The owners between the rounds of an incremental rebalance. None: there is one round.

    Raises
    ------
    ValueError
        If two members have one name, an owner is no index of a member, or loads do not fit.

    Examples
    --------
    >>> from kafka_sizing.consumers.assignment import Assignment
    >>> seen = Assignment(members=["a", "b"], owners={"orders": [0, 0, 1]})
    >>> seen.owner_of("orders", 2), seen.fullest, seen.partition_counts
    ('b', 'a', array([2, 1]))
    """

    members: tuple[str, ...]
    owners: Mapping[str, Indices]
    loads: Mapping[str, Loads] | None = None
    unit: MemberLoadUnit | None = None
    assignor: str | None = None
    previous: Assignment | None = None
    first_round_owners: Mapping[str, Indices] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", tuple(self.members))
        if not self.members:
            raise ValueError("members must hold at least one member, got none")
        if len(set(self.members)) < len(self.members):
            raise ValueError(f"members must have different names, got {self.members!r:.200}")
        object.__setattr__(self, "owners", frozen_owners("owners", self.owners, self.members))
        if self.loads is not None:
            object.__setattr__(self, "loads", frozen_loads(self.loads, self.partitions))
        if self.previous is not None and self.previous.previous is not None:
            object.__setattr__(self, "previous", replace(self.previous, previous=None))
        if self.first_round_owners is not None:
            first = frozen_owners("first_round_owners", self.first_round_owners, self.members)
            object.__setattr__(self, "first_round_owners", first)

    @classmethod
    def from_names(
        cls, owners: Mapping[str, Sequence[str | None]], *, members: Sequence[str] | None = None
    ) -> Assignment:
        """Write down an assignment that was seen.

        Parameters
        ----------
        owners : mapping of str to sequence of str or None
            For each topic the name of every partition's owner; None: nobody.
        members : sequence of str or None, default None
            All members, those without a partition included. None: the owners, by name.

        Returns
        -------
        Assignment
            The same by index, every partition counting 1.

        Raises
        ------
        ValueError
            If an owner is not among ``members``, or there is nothing.

        Examples
        --------
        >>> from kafka_sizing.consumers.assignment import Assignment
        >>> Assignment.from_names({"orders": ["b", "a", None]}).owners["orders"]
        array([ 1,  0, -1])
        """
        seen = {name for names in owners.values() for name in names if name is not None}
        listed = sorted(seen) if members is None else list(members)
        index: dict[str | None, int] = {name: at for at, name in enumerate(listed)}
        index[None] = NOBODY
        unknown = sorted(seen - set(listed))
        if unknown:
            raise ValueError(
                f"owners must be among members, got {unknown[0]!r}{nearest(unknown[0], listed)}"
            )
        return cls(
            members=tuple(listed),
            owners={
                topic: np.array([index[name] for name in names], dtype=np.int64)
                for topic, names in owners.items()
            },
            unit="partitions",
        )

    @property
    def partitions(self) -> dict[str, int]:
        """How many partitions each topic has."""
        return {topic: int(owners.size) for topic, owners in self.owners.items()}

    @property
    def partition_counts(self) -> Indices:
        """How many partitions each member owns."""
        owners = joined(self.owners)
        return np.bincount(owners[owners != NOBODY], minlength=len(self.members)).astype(np.int64)

    @property
    def member_loads(self) -> Loads:
        """The load of each member: that of its partitions together, in ``unit``."""
        if self.loads is None:
            return self.partition_counts.astype(np.float64)
        owners, loads = joined(self.owners), joined(self.loads)
        owned = owners != NOBODY
        sums = np.bincount(owners[owned], loads[owned], minlength=len(self.members))
        return sums.astype(np.float64)

    @property
    def member_shares(self) -> Loads:
        """Each member's part of the load of all; 0 for all where there is no load."""
        loads = self.member_loads
        total = float(loads.sum())
        return loads / total if total else np.zeros_like(loads)

    @property
    def fullest(self) -> str:
        """The member with the largest load; the first of several."""
        return self.members[int(self.member_loads.argmax())]

    @property
    def imbalance_ratio(self) -> float:
        """Largest load of a member over the even share; 1.0 is even, and so is no load."""
        return imbalance_ratio(self.member_loads)

    @property
    def idle_members(self) -> tuple[str, ...]:
        """The members that own no partition."""
        counts = self.partition_counts.tolist()
        return tuple(name for name, n in zip(self.members, counts, strict=True) if not n)

    @property
    def moved(self) -> dict[str, NDArray[np.bool_]]:
        """For each topic the partitions that had an owner and now have another."""
        before = self._owners_before()
        return {
            topic: (before[topic] != NOBODY) & (owners != NOBODY) & (before[topic] != owners)
            for topic, owners in self.owners.items()
        }

    @property
    def moves(self) -> int:
        """How many partitions had an owner and now have another."""
        return int(joined(self.moved).sum())

    @property
    def verdict(self) -> str:
        """How even it is, and what moved, in a few sentences."""
        counts = self.partition_counts
        total, owned = sum(self.partitions.values()), int(counts.sum())
        at = self.members.index(self.fullest)
        of_load = "" if self.loads is None else " of the load"
        text = (
            f"Member {self.fullest!r} is the fullest: {counts[at]:,} of {total:,} partitions, "
            f"{format_share(float(self.member_shares[at]))}{of_load}, "
            f"{self.imbalance_ratio:.2f} times the even share."
        )
        idle = len(self.idle_members)
        if idle:
            text += f" Members with nothing to read: {idle:,} of {len(self.members):,}."
        if owned < total:
            text += f" Partitions without an owner: {total - owned:,}."
        if self.previous is not None:
            text += f" Partitions that change their owner: {self.moves:,}."
        return text

    def owner_of(self, topic: str, partition: int) -> str | None:
        """Give the member that owns a partition.

        Parameters
        ----------
        topic : str
            The topic.
        partition : int
            The number of the partition.

        Returns
        -------
        str or None
            Its name; None if nobody owns it.

        Raises
        ------
        ValueError
            If there is no such topic or partition.
        """
        if topic not in self.owners:
            raise ValueError(
                f"topic must be one of the assignment's, got {topic!r}"
                f"{nearest(topic, self.owners)}"
            )
        owners = self.owners[topic]
        at = check_count("partition", partition, least=0, most=owners.size - 1)
        return None if owners[at] == NOBODY else self.members[owners[at]]

    def first_round(self) -> Assignment:
        """Give what members own between the rounds of an incremental rebalance.

        A partition that goes from one present member to another is withheld until the first has
        given it up: after the first round nobody owns it. Partitions of members that are gone
        are handed out at once.

        Returns
        -------
        Assignment
            The same group after the first round; this assignment itself if there is only one,
            as with the eager assignors.
        """
        if self.first_round_owners is None:
            return self
        return replace(self, owners=self.first_round_owners, first_round_owners=None)

    def to_frame(self) -> pd.DataFrame:
        """One row per partition: topic, partition, member, load, previous_member."""
        import pandas as pd

        counts = list(self.partitions.values())
        return pd.DataFrame(
            {
                "topic": np.repeat(np.array(list(self.owners), dtype=object), counts),
                "partition": np.concatenate([np.arange(n) for n in counts]),
                "member": pd.Series(_named(self.members, joined(self.owners)), dtype=object),
                "load": np.ones(sum(counts)) if self.loads is None else joined(self.loads),
                "previous_member": pd.Series(self._names_before(), dtype=object),
            }
        )

    def __repr__(self) -> str:
        """Say how many own how much, how unevenly, and what moved."""
        idle = f", idle={len(self.idle_members):,}" if self.idle_members else ""
        moves = "" if self.previous is None else f", moves={self.moves:,}"
        return (
            f"Assignment({self.assignor or 'seen'}, members={len(self.members):,}, "
            f"partitions={sum(self.partitions.values()):,}, "
            f"imbalance_ratio={self.imbalance_ratio:.2f}{idle}{moves})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        frame = self.to_frame()
        more = len(frame) - _ROWS_SHOWN
        rest = f"<p>… and {more:,} more partitions</p>" if more > 0 else ""
        table = frame.head(_ROWS_SHOWN).to_html(index=False)
        return f"<p>{escape(self.verdict)}</p>{table}{rest}"

    def _owners_before(self) -> dict[str, Indices]:
        """Give each partition's owner before, as an index into the members of now."""
        if self.previous is None:
            return owners_among(self.members, (), {}, self.partitions)
        return owners_among(
            self.members, self.previous.members, self.previous.owners, self.partitions
        )

    def _names_before(self) -> NDArray[np.object_]:
        """Give the name of each partition's owner before; None where it had none."""
        if self.previous is None:
            return np.full(sum(self.partitions.values()), None, dtype=object)
        known = self.previous.members
        return _named(
            known, joined(owners_among(known, known, self.previous.owners, self.partitions))
        )


def _named(members: tuple[str, ...], owners: Indices) -> NDArray[np.object_]:
    """Give the name of each owner; NOBODY is the last, and None."""
    return np.array([*members, None], dtype=object)[owners]
