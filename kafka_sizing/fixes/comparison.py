"""Keys, a partition count and fixes in; every fix side by side, and the best of them, out."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kafka_sizing._checks import check_choice, check_open_share
from kafka_sizing.fixes.base import AsIs, Fix, Outcome, cost_of, line_for, row_of
from kafka_sizing.fixes.certainty import certainty_of
from kafka_sizing.fixes.frontier import FixFrontier, frontier_of
from kafka_sizing.fixes.proposals import propose_fixes
from kafka_sizing.fixes.way_out import WayOut, way_out_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import MOST_PLACED, place
from kafka_sizing.partitions.separation import (
    heaviest_key_load,
    least_partitions,
    null_load_of_one,
)
from kafka_sizing.units import LoadUnit, format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

OrderingNeed = Literal["per key", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """What every fix makes of the same topic; "as is" comes first.

    Raises
    ------
    ValueError
        If there is no outcome, the first is not "as is", or the ordering is unknown.
    """

    outcomes: tuple[Outcome, ...]
    line: Line  #: above it a partition is hot; the same for all
    ordering: OrderingNeed  #: what the readers need
    capacity: float | None = None  #: what one partition carries, in the unit of the loads
    certainty: float | None = None  #: with which a fix must hold; None: for these keys will do
    probabilities: tuple[float | None, ...] = ()  #: to fit, of each outcome, if asked for

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", tuple(self.outcomes))
        if not self.outcomes or not isinstance(self.outcomes[0].fix, AsIs):
            raise ValueError("outcomes must begin with that of 'as is'")
        check_choice("ordering", self.ordering, get_args(OrderingNeed))

    @property
    def as_is(self) -> Outcome:
        """The topic as it stands."""
        return self.outcomes[0]

    @property
    def unit(self) -> LoadUnit:
        """What loads are counted in."""
        return self.as_is.loads.unit

    @property
    def allowed(self) -> tuple[Outcome, ...]:
        """The outcomes that keep the order the readers need."""
        return tuple(outcome for outcome in self.outcomes if self.keeps_order(outcome))

    @property
    def best(self) -> Outcome:
        """The fix to take: of those that keep the order needed and hold, the least intrusive.

        Least intrusive: as is, more partitions, key buckets, a composite key for hot keys
        only, one for all keys, time buckets, no key. Then the lower read fan-in, then the
        smaller load that moves, then the earlier one. If none fits: the lowest peak share.
        """
        holding = [outcome for outcome in self.allowed if self.holds(outcome)]
        if holding:
            return min(holding, key=cost_of)
        return min(self.allowed, key=lambda outcome: (_rounded(outcome), *cost_of(outcome)))

    @property
    def fits(self) -> bool:
        """Whether the best fix leaves no partition above the line, as surely as was asked."""
        return self.holds(self.best)

    def holds(self, outcome: Outcome) -> bool:
        """Whether an outcome leaves no partition above the line, as surely as was asked."""
        if self.certainty is None:
            return outcome.fits
        at = next(at for at, each in enumerate(self.outcomes) if each is outcome)
        probability = self.probabilities[at]
        return outcome.fits and probability is not None and probability >= self.certainty

    @property
    def frontier(self) -> FixFrontier:
        """What can be had: a lower peak against less order and more cost."""
        return frontier_of(self)

    @property
    def way_out(self) -> WayOut | None:
        """What would hold where no fix does; None if the best one does."""
        return way_out_of(self)

    @property
    def reason(self) -> str:
        """Why the best fix is the best, in a sentence with its numbers."""
        best, now = self.best, self.as_is
        line = f"the line of {self._line_text()}"
        if best is now and best.is_noise:
            return (
                f"As is: the hottest partition carries {format_share(now.peak_share)}, above "
                f"{line}, but a sample of this size cannot tell it from the line."
            )
        if self.fits and best is now:
            return (
                f"As is: the hottest partition carries {format_share(now.peak_share)}, "
                f"{now.imbalance_ratio:.2f} × the even share, within {line}."
            )
        change = (
            f"the hottest partition carries {format_share(now.peak_share)} as is and "
            f"{format_share(best.peak_share)} with it"
        )
        if self.fits:
            kept = "order per key is kept" if self._keeps_keys(best) else best.ordering_note
            return f"{_capital(best.name)}: {change}, within {line}; {kept}."
        if best is now:
            change = f"the lowest peak, as is, is {format_share(now.peak_share)}"
        else:
            change = f'"{best.name}" comes closest: {change}'
        need = " while order per key is needed" if self.ordering == "per key" else ""
        if self.certainty is not None:
            need += f" with a certainty of {format_share(self.certainty)}"
        return f"No fix fits{need}: {self._obstacle()}{change}, above {line}{self._way_out()}."

    def keeps_order(self, outcome: Outcome) -> bool:
        """Whether an outcome keeps the order the readers need."""
        return self.ordering == "none" or self._keeps_keys(outcome)

    def to_frame(self) -> pd.DataFrame:
        """One row per fix, "as is" first: fix, partitions, peak_share, …, keeps_order."""
        import pandas as pd

        rows = [
            {**row_of(outcome), "keeps_order": self.keeps_order(outcome)}
            for outcome in self.outcomes
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        """Say how many fixes were compared, and which is the best."""
        return (
            f"Comparison({len(self.outcomes):,} outcomes, best={self.best.name!r}, "
            f"peak_share={self.as_is.peak_share:.4f} -> {self.best.peak_share:.4f}, "
            f"fits={self.fits})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.reason)}</p>{self.to_frame().to_html(index=False)}"

    @staticmethod
    def _keeps_keys(outcome: Outcome) -> bool:
        return outcome.ordering_scope == "per key"

    def _line_text(self) -> str:
        total = self.as_is.loads.total
        share = f" ({format_share(self.line.load / total)})" if self.line.load < total else ""
        return f"{format_load(self.line.load, self.line.unit)}{share}"

    def _obstacle(self) -> str:
        """Say what stands in the way: too few partitions for any fix, a key too big for one."""
        loads = self.as_is.loads
        text = ""
        if self.line.is_crossed_by(loads.even_share):
            least = least_partitions(loads.total, self.line)
            count = f"{least:,}" if least <= MOST_PLACED else f"more than {MOST_PLACED:,}"
            text = f"even spread needs {count} partitions; "
        null = null_load_of_one(loads)
        if self.line.is_crossed_by(null):
            share = format_share(null / loads.total)
            text += f"records without a key, {share}, all go to one partition; "
        heaviest = heaviest_key_load(loads)
        if self.ordering == "per key" and self.line.is_crossed_by(heaviest):
            text += f"the hottest key alone writes {format_share(heaviest / loads.total)}; "
        return text

    def _way_out(self) -> str:
        """Say what would fit if order per key were given up."""
        if self.ordering == "none":
            return ""
        others = [outcome for outcome in self.outcomes if self.holds(outcome)]
        if not others:
            return ""
        free = min(others, key=cost_of)
        peak = format_share(free.peak_share)
        return f'; if order per key is given up, "{free.name}" fits with {peak}'


def compare_fixes(
    keys: KeyLoads,
    partitions: int,
    fixes: Iterable[Fix] | None = None,
    *,
    capacity: float | None = None,
    ratio: float | None = None,
    ordering: OrderingNeed | None = None,
    certainty: float | None = None,
    partitioner: Partitioner | str = "java",
) -> Comparison:
    """Work out what each fix makes of the same topic, and which is the best.

    Parameters
    ----------
    keys : KeyLoads
        The keys and their loads.
    partitions : int
        How many partitions the topic has today. [1, 10,000,000]
    fixes : iterable of Fix, optional
        What to compare with the topic as it is; without it, what may help these keys.
    capacity : float, optional
        What one partition, or the member that reads it, carries; above it a partition is hot.
        [``keys.unit``] > 0
    ratio : float, optional
        Largest multiple of today's even share to accept. >= 1; 1.5, a rule of thumb, if
        neither this nor a capacity is given. Of two lines the lower one counts.
    ordering : {"per key", "none"}, optional
        What the readers need; "per key" unless said otherwise, for order lost in silence is
        the worse mistake.
    certainty : float, optional
        How likely the best fix must be to hold for keys with these shares under a random hash,
        and not only for these keys: 0.95. Tables, and fixes that no hash decides, hold or fail
        for these keys. (0, 1)
    partitioner : Partitioner or str, default "java"
        What places keys today.

    Returns
    -------
    Comparison
        An outcome per fix, "as is" first, and the best of them; ``frontier`` sets peak against
        order and cost, ``way_out`` says what would hold where no fix does.

    Raises
    ------
    TypeError
        If ``fixes`` holds anything but fixes.
    ValueError
        If an argument is out of range, or a fix does not apply to such a topic.

    Examples
    --------
    >>> from kafka_sizing import CompositeKey, KeyLoads, MorePartitions, compare_fixes
    >>> keys = KeyLoads(["UA", "B6", "EV", "DL"], [60, 20, 10, 10])
    >>> comparison = compare_fixes(
    ...     keys, 4, [MorePartitions(8), CompositeKey(8)], capacity=45, ordering="none"
    ... )
    >>> comparison.best.name, comparison.best.hot_partitions
    ('composite key, 8 shards', 0)
    """
    need = "per key" if ordering is None else ordering
    check_choice("ordering", need, get_args(OrderingNeed))
    before = place(keys, partitions, partitioner=partitioner)
    line = line_for(before, capacity, ratio)
    wanted = propose_fixes(before, line=line) if fixes is None else _checked(fixes)
    if certainty is not None:
        check_open_share("certainty", certainty)
    outcomes = tuple(
        fix.applied_to(before, line=line)
        for fix in (AsIs(), *(fix for fix in wanted if not isinstance(fix, AsIs)))
    )
    asked = () if certainty is None else outcomes
    return Comparison(
        outcomes=outcomes,
        line=line,
        ordering=need,
        capacity=None if capacity is None else float(capacity),
        certainty=None if certainty is None else float(certainty),
        probabilities=tuple(certainty_of(outcome, before).probability for outcome in asked),
    )


def _checked(fixes: Any) -> tuple[Fix, ...]:
    listed = tuple(fixes) if isinstance(fixes, Iterable) else (fixes,)
    for fix in listed:
        if not isinstance(fix, Fix):
            raise TypeError(f"fixes must be fixes such as MorePartitions(24), got {fix!r:.60}")
    return listed


def _rounded(outcome: Outcome) -> float:
    """Give the peak share without the noise of adding up in another order."""
    return round(outcome.peak_share, 12)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
