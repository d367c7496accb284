"""Offsets of a group over time in; why it lags and what to do out: ``kafka-sizing diagnose``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kafka_sizing.cli.options import (
    DOES_NOT_FIT,
    FITS,
    AsJson,
    Html,
    naming,
    optional,
    output,
)
from kafka_sizing.cli.terminal import say, width
from kafka_sizing.cli.writing import write_whole

if TYPE_CHECKING:
    from kafka_sizing.consumers.monitoring import LagSamples

_MORE: Final = (
    "\n--details adds the inputs and how sure each number is; --html PAGE writes it all as one "
    "page.\n"
)
_OPTIONS: Final = {"every_s": "--every", "group": "--group", "lag_objective_s": "--objective"}


def diagnose(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What kafka-consumer-groups.sh --describe printed, time after time; or offsets "
            "as CSV: an export of Prometheus, or a row per partition and moment.",
        ),
    ],
    every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Between two snapshots, if FILE has no times: '30 s'."),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="NAME", help="The group, if FILE holds several.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the partitions of this topic.")
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Age of an unread record that is no trouble: '1 min'."),
    ] = None,
    html: Html = None,
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless the group has caught up.")
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Print also the inputs, and how sure numbers are.")
    ] = False,
) -> int:
    """Say why a consumer group lags, since when, with what evidence, and what to do next."""
    from kafka_sizing.consumers.monitoring import diagnose_lag
    from kafka_sizing.sources import read_lag_samples
    from kafka_sizing.units import parse_duration

    output("--html", html, ".html", ".htm")
    with naming(_OPTIONS):
        samples = read_lag_samples(
            file, group=group, every_s=optional("--every", parse_duration, every)
        )
        if topic is not None:
            samples = _of_topic(samples, topic)
        diagnosis = diagnose_lag(
            samples, lag_objective_s=optional("--objective", parse_duration, objective)
        )
    given: dict[str, Any] = {
        "file": str(file),
        "group": group,
        "topic": topic,
        "every": every,
        "objective": objective,
    }
    inputs = {name: value for name, value in given.items() if value is not None}
    if html is not None:
        from kafka_sizing.report import diagnosis_page

        page = diagnosis_page(diagnosis, samples, title=_title(group, topic), inputs=inputs)
        write_whole(html, page)
    if as_json:
        from kafka_sizing.report.diagnosis_json import diagnosis_json

        say(diagnosis_json(diagnosis, samples, inputs=given))
    else:
        from kafka_sizing.report import diagnosis_text

        detail: Any = "full" if details else "summary"
        text = diagnosis_text(diagnosis, samples, detail=detail, inputs=inputs, width=width())
        say(text + ("" if details else _MORE))
    return DOES_NOT_FIT if check and diagnosis.state != "caught up" else FITS


def _of_topic(samples: LagSamples, topic: str) -> LagSamples:
    """Keep the rows of one topic."""
    from kafka_sizing._checks import check_choice
    from kafka_sizing.consumers.monitoring import LagSamples

    check_choice("--topic", topic, sorted({label.topic for label in samples.partitions}))
    frame = samples.to_frame()
    return LagSamples.from_frame(frame[frame["topic"] == topic])


def _title(group: str | None, topic: str | None) -> str | None:
    """Head the page with what the command names."""
    named = [text for text in (group, topic) if text]
    return f"Lag of {', '.join(named)}" if named else None
