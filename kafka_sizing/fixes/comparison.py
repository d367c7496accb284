"""Keys, a partition count and fixes in; every fix side by side, and the best of them, out."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import numpy as np

from kafka_sizing._checks import check_choice, check_open_share
from kafka_sizing.fixes.base import (
    AsIs,
    Fix,
    OrderingScope,
    Outcome,
    cost_of,
    keeps,
    line_for,
    peak_text,
    row_of,
)
from kafka_sizing.fixes.certainty import FitCertainty, certainty_of
from kafka_sizing.fixes.frontier import FixFrontier, frontier_of
from kafka_sizing.fixes.peaks import CUSTOMARY_CERTAINTY
from kafka_sizing.fixes.proposals import propose_fixes
from kafka_sizing.fixes.way_out import WHOLE, WayOut, way_out_of
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

OrderingNeed: TypeAlias = OrderingScope


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
    certainties: tuple[FitCertainty, ...] = ()  #: of each outcome, if a certainty is asked for

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", tuple(self.outcomes))
        if not self.outcomes or not isinstance(self.outcomes[0].fix, AsIs):
            raise ValueError("outcomes must begin with that of 'as is'")
        check_choice("ordering", self.ordering, get_args(OrderingNeed))
        if self.certainty is None:
            return
        check_open_share("certainty", self.certainty)
        if len(self.certainties) != len(self.outcomes):
            object.__setattr__(self, "certainties", self._worked_out(self.certainty))

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
        smaller load that moves, then the earlier one. If none holds: the one with the lowest
        peak share, or the lowest that it keeps within as surely as was asked.
        """
        holding = [outcome for outcome in self.allowed if self.holds(outcome)]
        if holding:
            return min(holding, key=cost_of)
        return min(self.allowed, key=lambda outcome: (*self._nearness(outcome), *cost_of(outcome)))

    @property
    def fits(self) -> bool:
        """Whether the best fix leaves no partition above the line, as surely as was asked."""
        return self.holds(self.best)

    def holds(self, outcome: Outcome) -> bool:
        """Whether an outcome leaves no partition above the line, as surely as was asked."""
        if self.certainty is None:
            return outcome.fits
        return outcome.fits and self._certainty_of(outcome).is_at_least(self.certainty)

    @property
    def probabilities(self) -> tuple[float | None, ...]:
        """To fit, of each outcome; none without a certainty, None where it is not known."""
        return tuple(certainty.probability for certainty in self.certainties)

    @property
    def frontier(self) -> FixFrontier:
        """What can be had: a lower peak against less order and more cost."""
        return frontier_of(
            self.outcomes,
            self.certainties or self._worked_out(None),
            holding=list(map(self.holds, self.outcomes)),
            best=self.best,
            ordering=self.ordering,
            sure_from=CUSTOMARY_CERTAINTY if self.certainty is None else self.certainty,
        )

    @property
    def way_out(self) -> WayOut | None:
        """What would hold where no fix does; None if the best one does."""
        if self.fits or not self.as_is.loads.total:
            return None
        return way_out_of(
            self.as_is,
            self.best,
            best_share=self._share_to_clear(self.best),
            ordering=self.ordering,
            certainty=self.certainty,
            without_order=self._without_order(),
        )

    @property
    def reason(self) -> str:
        """Why the best fix is the best, in a sentence with its numbers."""
        best, now = self.best, self.as_is
        line = f"the line of {self._line_text()}"
        if self.fits and best is now and best.is_noise:
            return (
                f"As is: the hottest partition carries {peak_text(now)}, above "
                f"{line}, but a sample of this size cannot tell it from the line."
            )
        if self.fits and best is now:
            return (
                f"As is: the hottest partition carries {peak_text(now)}, "
                f"{now.imbalance_ratio:.2f} × the even share, within {line}{self._held(now)}."
            )
        change = (
            f"the hottest partition carries {peak_text(now)} as is and {peak_text(best)} with it"
        )
        if self.fits:
            kept = "order per key is kept" if self._keeps_keys(best) else best.ordering_note
            return f"{_capital(best.name)}: {change}, within {line}{self._held(best)}; {kept}."
        if best is not now:
            change = f'"{best.name}" comes closest: {change}'
        elif self.certainty is None:
            change = f"the lowest peak, as is, is {peak_text(now)}"
        else:
            change = f"as is comes closest: the hottest partition carries {peak_text(now)}"
        need = "" if self.ordering == "none" else f" while order {self.ordering} is needed"
        if self.certainty is not None:
            need += f" with a certainty of {format_share(self.certainty)}"
        place = f"above {line}"
        if not best.is_known:
            count = best.loads.partitions
            place = f"too near {line} to tell (count the keys with {count:,} among counts)"
        elif best.fits:
            within = "no more than the noise of the sample above" if best.is_noise else "within"
            place = f"{within} {line}, but {self._how_sure(best)}"
        return f"No fix fits{need}: {self._obstacle()}{change}, {place}{self._way_out()}."

    def keeps_order(self, outcome: Outcome) -> bool:
        """Whether an outcome keeps the order the readers need."""
        return keeps(outcome.ordering_scope, self.ordering)

    def to_frame(self) -> pd.DataFrame:
        """One row per fix, "as is" first: fix, partitions, peak_share, …, keeps_order.

        If a certainty was asked for: also how likely each is to hold, and whether that will do.
        If loads of a sketch may differ: by which share, as margin_share.
        """
        import pandas as pd

        frame = pd.DataFrame(
            [
                {**row_of(outcome), "keeps_order": self.keeps_order(outcome)}
                for outcome in self.outcomes
            ]
        )
        margins = [outcome.loads.margin for outcome in self.outcomes]
        if any(margins):
            frame["margin_share"] = np.array(margins) / self.as_is.loads.total
        if self.certainty is None:
            return frame
        chances = np.array([np.nan if p is None else p for p in self.probabilities])
        return frame.assign(probability=chances, holds=list(map(self.holds, self.outcomes)))

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
        if self.ordering in WHOLE and self.line.is_crossed_by(heaviest):
            text += f"the hottest key alone writes {format_share(heaviest / loads.total)}; "
        return text

    def _way_out(self) -> str:
        """Say what would fit if the order were given up."""
        free = self._without_order()
        if free is None:
            return ""
        peak = format_share(free.peak_share)
        return f'; if order {self.ordering} is given up, "{free.name}" fits with {peak}'

    def _without_order(self) -> Outcome | None:
        """Find the cheapest fix that holds, whatever order it keeps."""
        holding = (outcome for outcome in self.outcomes if self.holds(outcome))
        return min(holding, key=cost_of, default=None)

    def _worked_out(self, certainty: float | None) -> tuple[FitCertainty, ...]:
        before = self.as_is.loads
        return tuple(certainty_of(outcome, before, certainty) for outcome in self.outcomes)

    def _certainty_of(self, outcome: Outcome) -> FitCertainty:
        at = next(at for at, each in enumerate(self.outcomes) if each is outcome)
        return self.certainties[at]

    def _share_to_clear(self, outcome: Outcome) -> float:
        """Give the peak that a line must be above for an outcome to hold, as far as is known."""
        peak = outcome.peak_share
        if self.certainty is None:
            return peak
        return max(peak, self._certainty_of(outcome).peak_share(self.certainty) or 0.0)

    def _nearness(self, outcome: Outcome) -> tuple[bool, float]:
        """Order outcomes by how near they come; last those of which it is not known how sure."""
        is_unknown = self.certainty is not None and self._certainty_of(outcome).probability is None
        return is_unknown, round(self._share_to_clear(outcome), 12)  # sums in another order

    def _held(self, outcome: Outcome) -> str:
        """Say how surely an outcome holds, if that was asked and chance decides."""
        if self.certainty is None:
            return ""
        found = self._certainty_of(outcome)
        if found.probability is None or found.peak_shares is None:
            return ""
        if found.basis == "replays":
            replays = found.peak_shares.size
            return f", and in {found.probability * replays:.0f} of {replays} replays"
        return f", and under {format_share(found.probability)} of random hashes"

    def _how_sure(self, outcome: Outcome) -> str:
        """Say why an outcome that fits these keys does not hold."""
        found, wanted = self._certainty_of(outcome), format_share(self.certainty or 0.0)
        if found.probability is None:
            return "how surely is not known"
        if found.basis == "replays":
            return f"{found.reason} (wanted: {wanted})"
        kept = format_share(found.probability)
        return f"only {kept} of random hashes keep it (wanted: {wanted})"


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
    ordering : {"per key", "per shard", "per key and slice", "none"}, optional
        What the readers need; "per key" unless said otherwise, for order lost in silence is
        the worse mistake. Order per key is enough for each of the others.
    certainty : float, optional
        How likely the best fix must be to hold for keys with these shares under a random hash,
        and not only for these keys: 0.95. Tables, and fixes that no hash decides, hold or fail
        for these keys; a scheme that decides record by record is played some dozen times, and
        the lower end of what that promises counts. (0, 1)
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
    if certainty is not None:
        check_open_share("certainty", certainty)
    if fixes is None:
        wanted = propose_fixes(before, line=line, certainty=certainty)
    else:
        wanted = _checked(fixes, certainty)
    return Comparison(
        outcomes=tuple(
            fix.applied_to(before, line=line)
            for fix in (AsIs(), *(fix for fix in wanted if not isinstance(fix, AsIs)))
        ),
        line=line,
        ordering=need,
        capacity=None if capacity is None else float(capacity),
        certainty=None if certainty is None else float(certainty),
    )


def _checked(fixes: Any, certainty: float | None) -> tuple[Fix, ...]:
    listed = tuple(fixes) if isinstance(fixes, Iterable) else (fixes,)
    for fix in listed:
        if not isinstance(fix, Fix):
            raise TypeError(f"fixes must be fixes such as MorePartitions(24), got {fix!r:.60}")
    if certainty is None:
        return listed
    return tuple(fix.with_certainty(float(certainty)) for fix in listed)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
