"""Hot report, comparison and plan in; verdict, figures and tables of one report, as text, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kafka_sizing.fixes import Comparison
from kafka_sizing.partitions.hotspots import HotReport
from kafka_sizing.partitions.sizing import PartitionPlan
from kafka_sizing.partitions.sweep import PartitionSweep
from kafka_sizing.report import fixes, tables
from kafka_sizing.report.certainty import how_sure
from kafka_sizing.report.labels import distinct_text, printable
from kafka_sizing.report.names import Names
from kafka_sizing.report.redact import Redactor, redactor_of
from kafka_sizing.report.tables import Table
from kafka_sizing.report.tiles import Tile
from kafka_sizing.units import format_load, format_share

DEFAULT_TITLE = "Topic review"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Review:
    """Everything one report says, in words; keys are named as ``names`` decides."""

    hot: HotReport
    comparison: Comparison | None = None
    plan: PartitionPlan | None = None
    sweep: PartitionSweep | None = None
    title: str = DEFAULT_TITLE
    inputs: Mapping[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def fits(self) -> bool:
        """Whether nothing is hot for certain and the plan, if there is one, has a count."""
        return self.hot.fits and (self.plan is None or self.plan.feasible)

    @property
    def status(self) -> str:
        """The verdict in two words or three."""
        if not self.fits:
            return "Does not fit"
        return "Fits, as far as this sample can tell" if self.hot.hot else "Fits"

    @property
    def verdict(self) -> str:
        """Which partitions are hot and why, keys named."""
        return self.hot.explain(self.names.quoted)

    @property
    def consequences(self) -> tuple[str, ...]:
        """What follows from the comparison and the plan, a sentence each."""
        sentences = []
        if self.comparison is not None:
            sentences.append(fixes.best_sentence(self.comparison))
            way_out = fixes.way_out_sentence(self.comparison)
            sentences += [way_out] if way_out else []
        if self.plan is not None:
            sentences.append(f"Plan: {self.plan_sentence}")
        return tuple(sentences)

    @property
    def plan_sentence(self) -> str:
        """The count of the plan and why; nothing without a plan."""
        return "" if self.plan is None else plan_sentence(self.plan)

    @property
    def explanations(self) -> tuple[str, ...]:
        """Why each further hot partition is hot, hottest first; the verdict tells of one."""
        all_of_them = (partition.explain(self.names.quoted) for partition in self.hot.hot)
        return tuple(sentence for sentence in all_of_them if sentence not in self.verdict)

    def tiles(self) -> Iterator[Tile]:
        """Give the numbers to see first."""
        loads, keys = self.hot.loads, self.hot.loads.keys
        partitioner = loads.partitioner
        line = min(self.hot.lines, key=lambda line: line.load)
        yield Tile(
            name="partitions",
            value=f"{loads.partitions:,}",
            note=f"partitioner {partitioner.name}" if partitioner else "",
        )
        yield Tile(
            name="load of the topic",
            value=format_load(loads.total, loads.unit),
            note=f"{distinct_text(keys)} keys, as uneven as {keys.effective_keys:,.1f} equal ones"
            if keys
            else "",
        )
        yield Tile(
            name="hottest partition",
            value=format_share(loads.max_share),
            note=f"partition {loads.hottest}: {format_load(loads.loads.max(), loads.unit)}",
            alarming=not self.hot.fits,
        )
        even_share = format_load(loads.even_share, loads.unit)
        yield Tile(
            name="imbalance ratio",
            value=f"{loads.imbalance_ratio:.2f}",
            note=f"largest load over the even share of {even_share}",
        )
        yield Tile(
            name="hot partitions",
            value=f"{len(self.hot.hot):,}",
            note=f"above {format_load(line.load, line.unit)} ({line.name}){self._noise()}",
            alarming=not self.hot.fits,
        )
        if keys is not None and keys.named:
            (hottest,) = keys.top(1)
            yield Tile(
                name="hottest key",
                value=format_share(hottest.share),
                note=f"{self.names.quoted(hottest.key)}: no count takes a partition below this",
            )
        if self.hot.first_fitting is not None or not self.hot.fits:
            yield self._first_fitting()
        if self.comparison is not None:
            best = self.comparison.best
            yield Tile(
                name=f"hottest partition, {'best' if self.comparison.fits else 'closest'} fix",
                value=format_share(best.peak_share),
                note=fixes.label(best),
            )
        if self.plan is not None:
            yield Tile(
                name="planned partitions",
                value=f"{self.plan.partitions:,}" if self.plan.feasible else "none fits",
                note=f"binding: {printable(self.plan.binding.name)}",
                alarming=not self.plan.feasible,
            )

    def hot_tables(self, most_rows: int) -> tuple[Table, ...]:
        """Give the hot partitions and the keys that heat them; nothing if none is hot."""
        if not self.hot.hot:
            return ()
        both = (
            tables.hot_partitions(self.hot, most_rows=most_rows),
            tables.hot_keys(self.hot, self.names, most_partitions=most_rows),
        )
        return tuple(table for table in both if table.rows)

    def top_keys(self, most_rows: int) -> Table | None:
        """Give the heaviest keys."""
        return tables.top_keys(self.hot, self.names, most_rows=most_rows)

    def fix_tables(self) -> tuple[Table, ...]:
        """Give the fixes in numbers, and what each asks for."""
        if self.comparison is None:
            return ()
        return (
            fixes.comparison(self.comparison),
            fixes.changes(self.comparison),
        )

    def plan_table(self) -> Table | None:
        """Give the limits of the plan."""
        return None if self.plan is None else tables.plan_limits(self.plan)

    def inputs_table(self) -> Table:
        """Give what all of this was reckoned from."""
        return tables.table("inputs", "Inputs", ("input", "value"), self._inputs())

    def certainty(self) -> Table:
        """Give how sure each number is."""
        return how_sure(self.hot, self.plan, fixes.how_sure(self.comparison))

    def _first_fitting(self) -> Tile:
        first = self.hot.first_fitting
        name = "first count with none hot"
        if first is None:
            return Tile(name=name, value="none", note=self._why_none_fits(), alarming=True)
        now = self.hot.loads.partitions
        note = "the present count" if first == now else f"from {now:,} upwards"
        return Tile(name=name, value=f"{first:,}", note=note)

    def _noise(self) -> str:
        noise = sum(partition.cause == "noise" for partition in self.hot.hot)
        return f", {noise:,} perhaps by chance" if noise else ""

    def _why_none_fits(self) -> str:
        causes = {partition.cause for partition in self.hot.hot}
        if "one key" in causes:
            return "a key alone is above the line"
        if "null keys" in causes:
            return "records without a key all go to one partition"
        return f"tried up to {self.hot.searched_to:,}"

    def _inputs(self) -> Iterator[tuple[str, str]]:
        for name, value in self.inputs.items():
            yield printable(str(name)), printable(str(value))
        loads, keys = self.hot.loads, self.hot.loads.keys
        yield "partitions", f"{loads.partitions:,}"
        if loads.partitioner is not None:
            yield "partitioner", loads.partitioner.name
        yield "load of the topic", format_load(loads.total, loads.unit)
        if keys is not None:
            yield "distinct keys", distinct_text(keys)
            yield "load without a key", format_load(keys.null_load, keys.unit)
            if keys.sample_size is not None:
                yield "sample size", format_load(round(keys.sample_size), "records")
        for line in self.hot.lines:
            yield f"line: {line.name}", f"{format_load(line.load, line.unit)} ({line.reason})"
        if self.comparison is not None:
            yield from fixes.inputs(self.comparison)
        if self.plan is not None:
            yield from plan_inputs(self.plan)


def plan_sentence(plan: PartitionPlan) -> str:
    """Give the count of a plan, the reason for it, and the band it falls in."""
    band = f" As a topic: {plan.band}." if plan.feasible else ""
    return f"{printable(plan.reason)}.{band}"


def plan_inputs(plan: PartitionPlan) -> Iterator[tuple[str, str]]:
    """Give the rates a plan was reckoned from."""
    yield "write rate", format_load(plan.write_bytes_per_s, "bytes/s")
    if plan.peak_ratio != 1:
        yield "peak over average", f"{plan.peak_ratio:g}"
    if plan.growth_ratio != 1:
        growth = f"{format_share(plan.growth_fraction_per_year)} a year"
        yield "growth", f"{growth} for {plan.horizon_years:g} years: × {plan.growth_ratio:.3g}"
    if plan.compression_ratio != 1:
        yield "payload over wire bytes", f"{plan.compression_ratio:g}"
    yield "headroom", format_share(plan.headroom_fraction)
    yield "write rate planned for", format_load(plan.design_write_bytes_per_s, "bytes/s")
    if plan.hottest_key_share is not None:
        yield "share of the hottest key", format_share(plan.hottest_key_share)
    if plan.throughput_ceiling_bytes_per_s is not None:
        ceiling = format_load(plan.throughput_ceiling_bytes_per_s, "bytes/s")
        yield "most the hottest key allows", ceiling


def review(
    hot: HotReport,
    comparison: Comparison | None = None,
    plan: PartitionPlan | None = None,
    *,
    redact: bool | bytes | Redactor = False,
    sweep: PartitionSweep | None = None,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Review:
    """Check what a report is to be made of, and put it together."""
    given: dict[str, tuple[object, type]] = {
        "hot": (hot, HotReport),
        "comparison": (comparison, Comparison),
        "plan": (plan, PartitionPlan),
        "sweep": (sweep, PartitionSweep),
    }
    for name, (value, kind) in given.items():
        if not isinstance(value, kind) and (value is not None or name == "hot"):
            raise TypeError(f"{name} must be a {kind.__name__}, got {type(value).__name__}")
    return Review(
        hot=hot,
        comparison=comparison,
        plan=plan,
        sweep=sweep,
        title=printable(title or DEFAULT_TITLE),
        inputs=dict(inputs or {}),
        names=Names(redactor_of(redact)),
    )
