"""A plan and the review of it in; verdict, tiles, parts and tables of a report, as text, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kafka_sizing._checks import check_type
from kafka_sizing.report.labels import printable
from kafka_sizing.report.names import Names
from kafka_sizing.report.redact import Redactor, redactor_of
from kafka_sizing.report.review_findings import (
    ToldFinding,
    checklist_table,
    findings_table,
    severity_counts,
    told_findings,
)
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.tiles import Tile
from kafka_sizing.report.topic_certainty import topic_certainty
from kafka_sizing.report.topic_count_tables import change_text, effect_text
from kafka_sizing.report.topic_inputs import design_inputs
from kafka_sizing.report.topic_sections import TopicSection, topic_sections
from kafka_sizing.report.topic_wording import Wording, bytes_text, counted, ratio_text
from kafka_sizing.review import Review
from kafka_sizing.topic.planning import GroupPlan, TopicPlan
from kafka_sizing.units import format_load, format_share

_MOST_GROUPS: Final = 4  # with a tile of their own


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicReview:
    """Everything the report on a whole topic says, in words."""

    plan: TopicPlan
    review: Review | None = None
    title: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    @property
    def wording(self) -> Wording:
        """How the report words what the plan says."""
        return Wording(keys=self.plan.keys, names=self.names)

    @property
    def fits(self) -> bool:
        """Whether every part of the plan holds, and no finding is an error."""
        return self.plan.holds and (self.review is None or self.review.holds)

    @property
    def status(self) -> str:
        """The verdict in a word or three."""
        return "Holds" if self.fits else "Does not hold"

    @property
    def reason(self) -> str:
        """Why it holds, or the first reason why not, as the plan or the review has it."""
        if self.plan.holds and self.review is not None and not self.review.holds:
            worst = self.review.findings[0]
            return f"{worst.subject}: {worst.reason}"
        return self.plan.reason

    @property
    def verdict(self) -> str:
        """The same as a sentence that may be printed."""
        return self.wording.sentence(self.reason)

    @property
    def consequences(self) -> tuple[str, ...]:
        """What changes the count first, and what the review comes to."""
        return tuple(self._consequences())

    @property
    def findings(self) -> tuple[ToldFinding, ...]:
        """The findings in full, worst first; none without a review."""
        if self.review is None:
            return ()
        return told_findings(self.review, self.wording.said)

    def tiles(self) -> Iterator[Tile]:
        """Give the numbers to see first."""
        yield self._partitions_tile()
        yield from self._group_tiles()
        if self.plan.keys is not None:
            loads = self.plan.keys.loads
            yield Tile(
                name="hottest partition",
                value=format_share(loads.max_share),
                note=f"partition {loads.hottest}: {format_load(loads.loads.max(), loads.unit)} "
                "of payload at the peak",
                alarming=not self.plan.keys.report.fits,
            )
        yield from self._disk_tiles()
        if self.review is not None:
            counts = list(severity_counts(self.review)) or ["none"]
            yield Tile(
                name="findings",
                value=counts[0],
                note=", ".join(counts[1:]) or f"{len(self.review.checked):,} rules applied",
                alarming=not self.review.holds,
            )

    def answers_table(self) -> Table:
        """Give the questions of a capacity review, each with answer and reason."""
        answers = self.plan.answers
        first = next((at for at, answer in enumerate(answers) if not answer.holds), None)
        return table(
            "answers",
            "Question by question",
            ("of", "answer", "holds", "why"),
            [
                (
                    printable(answer.subject),
                    printable(answer.answer),
                    "yes" if answer.holds else "no",
                    self.wording.said(answer.reason),
                )
                for answer in answers
            ],
            marked=first,
        )

    def sections(self) -> tuple[TopicSection, ...]:
        """Give the parts of the plan, from the count to the alerts."""
        return topic_sections(self.plan, self.wording)

    def findings_table(self, most_rows: int) -> Table | None:
        """Name the findings; None without a review, or if nothing was found."""
        if self.review is None or not self.review.findings:
            return None
        return findings_table(self.review, say=self.wording.said, most_rows=most_rows)

    def checklist(self) -> Table | None:
        """Give how the ten areas stand; None without a review."""
        if self.review is None:
            return None
        return checklist_table(self.review, say=self.wording.said)

    def inputs_table(self) -> Table:
        """Give what all of this was reckoned from."""
        rows = design_inputs(self.plan.design, self.inputs)
        return table("inputs", "Inputs", ("input", "value"), rows)

    def certainty(self) -> Table:
        """Give how sure each number is."""
        return topic_certainty(self.plan)

    def _consequences(self) -> Iterator[str]:
        horizon = self.plan.design.traffic.at_horizon()
        peak = horizon.write_bytes_per_s * horizon.peak_ratio
        wire = bytes_text(horizon.peak_wire_bytes_per_s, "/s")
        yield f"Planned for a peak of {bytes_text(peak, '/s')} of payload, {wire} on the wire."
        nearest = next(iter(self.plan.count.sensitivity), None)
        if nearest is not None:
            yield (
                f"The count is nearest to a change by the {printable(nearest.input)}: "
                f"{change_text(nearest)}, and {effect_text(nearest)}."
            )
        if self.review is not None:
            yield self.wording.sentence(f"Review of {self.review.reason}")

    def _partitions_tile(self) -> Tile:
        count = self.plan.count
        note = f"binding: {printable(count.binding.name)}"
        if count.given is not None and count.recommended != count.given:
            other = "no count will do" if count.recommended is None else f"{count.recommended:,}"
            note = f"given; needed: {other}"
        return Tile(
            name="partitions",
            value=f"{count.partitions:,}",
            note=note,
            alarming=not count.holds,
        )

    def _group_tiles(self) -> Iterator[Tile]:
        for group in self.plan.groups[:_MOST_GROUPS]:
            yield Tile(
                name=f"members of {printable(group.name)}",
                value=f"{group.members:,}",
                note=_members_note(group),
                alarming=not group.keeps_up,
            )
        left = self.plan.groups[_MOST_GROUPS:]
        if left:
            yield Tile(
                name=f"members of {counted(len(left), 'more group')}",
                value=f"{sum(group.members for group in left):,}",
                note=f"{sum(not group.keeps_up for group in left):,} do not keep up",
                alarming=not all(group.keeps_up for group in left),
            )

    def _disk_tiles(self) -> Iterator[Tile]:
        brokers = self.plan.brokers
        if brokers is None:
            return
        ratio = brokers.disk_used_ratio
        if brokers.shows_brokers:
            yield Tile(
                name="disk of the fullest broker",
                value=format_load(brokers.horizon.disk_bytes_per_broker, "bytes"),
                note="at the horizon" + ("" if ratio is None else f", {ratio_text(ratio)} of it"),
                alarming=ratio is not None and ratio > 1,
            )
        if brokers.horizon_fit is not None:
            binding = brokers.horizon_fit.binding
            yield Tile(
                name=f"fullest limit of {printable(brokers.horizon_fit.cluster.name)}",
                value="not known" if binding is None else ratio_text(binding.used_share),
                note="" if binding is None else f"at the horizon: {printable(binding.limit.name)}",
                alarming=not brokers.horizon_fit.fits,
            )


def _members_note(group: GroupPlan) -> str:
    needed = group.needed.members
    if needed is None:
        return "no number keeps up at the horizon"
    return f"{needed:,} needed at the horizon, {group.needed_today.members or 0:,} today"


def topic_review(
    plan: TopicPlan,
    *,
    review: Review | None = None,
    title: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    redact: bool | bytes | Redactor = False,
) -> TopicReview:
    """Check what a report is to be made of, and put it together."""
    check_type("plan", plan, TopicPlan, "plan_topic")
    if review is not None:
        check_type("review", review, Review, "review_topic")
    return TopicReview(
        plan=plan,
        review=review,
        title=printable(title or f"Topic {plan.design.name}"),
        inputs=dict(inputs or {}),
        names=Names(redactor_of(redact)),
    )
