"""Lag samples and their diagnosis in; verdict, tiles and tables of a report, as text, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kafka_sizing._checks import check_type
from kafka_sizing.consumers.monitoring.burrow import BurrowStatus, GroupStatus, burrow_status
from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis, LagState, Verdict
from kafka_sizing.consumers.monitoring.lag_seconds import GroupLag, lag_in_seconds
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.report import diagnosis_tables
from kafka_sizing.report.durations import moment_text
from kafka_sizing.report.labels import printable
from kafka_sizing.report.tables import Table, table
from kafka_sizing.report.tiles import Tile
from kafka_sizing.units import format_duration, format_share

_DEFAULT_TITLE: Final = "Why a consumer group lags"
_STATUS: Final[dict[LagState, str]] = {
    "caught up": "Caught up",
    "catching up": "Catching up",
    "holding": "Behind, and not catching up",
    "falling behind": "Falling behind",
    "unknown": "Not known",
}
_MOST_NOTES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiagnosisReview:
    """Everything the report on a diagnosis says, in words."""

    samples: LagSamples
    diagnosis: LagDiagnosis
    burrow: GroupStatus
    lag: GroupLag
    title: str = _DEFAULT_TITLE
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether the group has caught up."""
        return self.diagnosis.state == "caught up"

    @property
    def status(self) -> str:
        """How the group stood at the last samples."""
        return _STATUS[self.diagnosis.state]

    @property
    def verdict(self) -> str:
        """The cause that explains most, with its evidence."""
        return self._reason(self.diagnosis.primary)

    @property
    def consequences(self) -> tuple[str, ...]:
        """What to do about it; nothing, if nothing is to be done."""
        if self.diagnosis.cause == "caught up":
            return ()
        return (f"Next: {printable(self.diagnosis.primary.advice)}",)

    @property
    def burrow_sentence(self) -> str:
        """What Burrow would say of the group."""
        return f"By Burrow's rules: {printable(self.burrow.reason)}"

    @property
    def other_causes(self) -> tuple[str, ...]:
        """The other causes, each with its evidence and what to do."""
        return tuple(
            f"Also {self._reason(verdict)} {printable(verdict.advice)}"
            for verdict in self.diagnosis.others
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the samples themselves."""
        diagnosis = self.diagnosis
        notes = [printable(reset.reason) for reset in diagnosis.resets[:_MOST_NOTES]]
        more = len(diagnosis.resets) - _MOST_NOTES
        if more > 0:
            notes.append(f"… and {more:,} more offsets that went back.")
        if diagnosis.uncommitted:
            n = len(diagnosis.uncommitted)
            named = printable(", ".join(map(str, diagnosis.uncommitted[:_MOST_NOTES])))
            notes.append(f"No commit was seen of {n:,} partition{'s' if n > 1 else ''}: {named}.")
        notes += [printable(one.reason) for one in diagnosis.missing[:_MOST_NOTES]]
        more = len(diagnosis.missing) - _MOST_NOTES
        if more > 0:
            notes.append(f"… and {more:,} more partitions that were not seen all the time.")
        if diagnosis.gaps:
            longest = max(gap.duration_s for gap in diagnosis.gaps)
            n = len({gap.partition for gap in diagnosis.gaps})
            notes.append(
                f"Samples are missing of {n:,} partition{'s' if n > 1 else ''}, for up to "
                f"{format_duration(longest)}; what happened then is not known."
            )
        return tuple(notes)

    def tiles(self) -> Iterator[Tile]:
        """Give the numbers to see first."""
        primary = self.diagnosis.primary
        yield Tile(
            name="cause",
            value=primary.cause.capitalize(),
            note=f"confidence: {primary.confidence}",
            alarming=not self.fits,
        )
        yield Tile(
            name="unread records",
            value=f"{self.lag.lag_records:,}",
            note="at the last samples",
            alarming=not self.fits,
        )
        yield self._oldest_tile()
        status = self.burrow.status
        yield Tile(
            name="status by Burrow's rules",
            value=status.name,
            note=self._worst_status(),
            alarming=status > BurrowStatus.OK,
        )
        yield Tile(
            name="lag by this cause",
            value=format_share(primary.lag_share),
            note="of the growth of lag that is explained",
        )
        yield Tile(
            name="samples",
            value=f"{len(self.samples):,}",
            note=f"of {len(self.lag.partitions):,} partitions over "
            f"{format_duration(self.samples.duration_s)}",
        )

    def causes(self) -> Table:
        """Give the causes, the one that explains most lag first."""
        return diagnosis_tables.causes(self.diagnosis)

    def partitions(self, most_rows: int) -> Table | None:
        """Give the partitions that are behind, furthest first."""
        return diagnosis_tables.partitions(
            self.samples, self.burrow, self.lag, most_rows=most_rows
        )

    def inputs_table(self) -> Table:
        """Give what all of this was reckoned from."""
        return table("inputs", "Inputs", ("input", "value"), self._inputs())

    def certainty(self) -> Table:
        """Give how sure each number is."""
        return diagnosis_tables.how_sure()

    def _reason(self, verdict: Verdict) -> str:
        """Give cause and evidence; the cause is not said again where the status says it."""
        if verdict.cause == self.diagnosis.state:
            evidence = printable(verdict.evidence)
            return f"{evidence[0].upper()}{evidence[1:]}."
        return printable(verdict.reason)

    def _oldest_tile(self) -> Tile:
        oldest = self.lag.oldest
        if oldest is None or oldest.lag_s is None:
            return Tile(name="oldest unread record", value="not known")
        return Tile(
            name="oldest unread record",
            value=format_duration(max(0.0, oldest.lag_s)),
            note=f"in {printable(str(oldest.partition))}",
            alarming=not self.fits,
        )

    def _worst_status(self) -> str:
        worst = max(part.status for part in self.burrow.partitions)
        count = sum(part.status == worst for part in self.burrow.partitions)
        return f"{count:,} of {len(self.burrow.partitions):,} partitions: {worst.name}"

    def _inputs(self) -> Iterator[tuple[str, str]]:
        for name, value in self.inputs.items():
            yield printable(str(name)), printable(str(value))
        samples = self.samples
        yield "samples", f"{len(samples):,}"
        yield "partitions", f"{len(self.lag.partitions):,}"
        yield "first", moment_text(float(samples.times_s.min()))
        yield "last", moment_text(float(samples.times_s.max()))
        if samples.interval_s is not None:
            yield "from one sample to the next", format_duration(samples.interval_s)
        yield "owners of partitions", "not known" if samples.owner is None else "known"


def diagnosis_review(
    diagnosis: LagDiagnosis,
    samples: LagSamples,
    *,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> DiagnosisReview:
    """Check what a report is to be made of, and put it together."""
    check_type("diagnosis", diagnosis, LagDiagnosis, "diagnose_lag")
    check_type("samples", samples, LagSamples, "read_lag_samples")
    return DiagnosisReview(
        samples=samples,
        diagnosis=diagnosis,
        burrow=burrow_status(samples),
        lag=lag_in_seconds(samples),
        title=printable(title or _DEFAULT_TITLE),
        inputs=dict(inputs or {}),
    )
