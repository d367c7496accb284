"""A scenario in; a group's lag over time and the verdict out: ``kafka-sizing lag``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kafka_sizing.cli.options import (
    DOES_NOT_FIT,
    FITS,
    AsJson,
    Html,
    PartitionerName,
    SerializerName,
    about,
    output,
)
from kafka_sizing.cli.terminal import bar, say, width
from kafka_sizing.cli.writing import write_whole

if TYPE_CHECKING:
    from kafka_sizing.consumers.scaling.comparison import PolicyComparison
    from kafka_sizing.consumers.scenario import Scenario
    from kafka_sizing.consumers.simulation import Arrivals, LagSimulation
    from kafka_sizing.keys.loads import KeyLoads

_MORE: Final = (
    "\n--details adds the inputs and how sure each number is; --html PAGE writes it all as one "
    "page; --csv FILE has every step.\n"
)


def lag(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="TOML file that says what happens.")
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Key log whose keys are placed on the partitions, for their shares; as FILE of "
            "the command keys. May be given again.",
        ),
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of keys.")] = None,
    partitioner: PartitionerName = "java",
    serializer: SerializerName = None,
    html: Html = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a row per step to this CSV file.")
    ] = None,
    as_json: AsJson = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit with 1 if the objective is missed; without one, if not all is "
            "read in the end.",
        ),
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Print also the inputs, and how sure numbers are.")
    ] = False,
) -> int:
    """Play a consumer group through a scenario: its lag, rebalances, and how to scale it."""
    from kafka_sizing.consumers.scenario import scenario_of
    from kafka_sizing.keys.partitioners import require_keyed
    from kafka_sizing.partitions.placement import place
    from kafka_sizing.sources.texts import read_text

    output("--html", html, ".html", ".htm")
    output("--csv", csv, ".csv")
    chosen = require_keyed(partitioner)
    if key is not None and not keys:
        raise ValueError(f"--key must be given with --keys, got {key!r} alone")
    text = read_text(scenario, "TOML")
    placed = None
    if keys:
        counted = _count(keys, key, serializer)
        placed = partial(place, counted, partitioner=chosen)
    read_from: list[Path] = []

    def read_trace(name: str, /, *, most_gap_s: float | None) -> Arrivals:
        from kafka_sizing.sources.arrivals import read_arrivals

        read_from.append(scenario.parent / name)
        return read_arrivals(read_from[-1], most_gap_s=most_gap_s)

    with about(scenario, text):
        played = scenario_of(tomllib.loads(text), read_trace=read_trace, place_keys=placed)
        if csv is not None and csv.resolve() in [path.resolve() for path in read_from]:
            raise ValueError(f"--csv must not be the trace that is read, got {csv}")
        simulation = played.simulate()
        comparison = played.compare(simulation) if _compares(played) else None
    given = {"scenario": str(scenario), "title": played.title, "keys": keys, "key": key}
    _tell(simulation, comparison, played, given, html=html, as_json=as_json, details=details)
    if csv is not None:
        _write_steps(simulation, csv)
    return DOES_NOT_FIT if check and not played.judge(simulation).met else FITS


def _write_steps(simulation: LagSimulation, path: Path) -> None:
    """Write a row per step, without the noise of floats."""
    from kafka_sizing.report.lag_json import DECIMALS

    frame = simulation.to_frame()
    amounts = [name for name in frame if str(name).endswith(("_s", "_records"))]
    write_whole(path, frame.round(dict.fromkeys(amounts, DECIMALS)).to_csv(index=False))


def _compares(scenario: Scenario) -> bool:
    """Whether there are policies to compare; the one that scales the group needs no others."""
    return bool(scenario.policies) and (scenario.objective is not None or scenario.policy is None)


def _count(files: list[str], key: str | None, serializer: str | None) -> KeyLoads:
    from kafka_sizing.sources import count_key_files

    options: Any = {"unit": "records", "serializer": serializer}
    with bar() as progress:
        return count_key_files(files, key=key, load=None, progress=progress, **options)


def _tell(
    simulation: LagSimulation,
    comparison: PolicyComparison | None,
    scenario: Scenario,
    given: dict[str, Any],
    *,
    html: Path | None,
    as_json: bool,
    details: bool,
) -> None:
    """Print the report, and write the page if one is wanted."""
    from kafka_sizing.report.lag_inputs import scenario_inputs

    told: dict[str, Any] = {"objective": scenario.objective}
    inputs = {"scenario": given["scenario"]}
    if given["keys"]:
        inputs["keys"] = ", ".join(given["keys"])
    inputs |= scenario_inputs(scenario)
    if html is not None:
        from kafka_sizing.report import lag_page

        page = lag_page(
            simulation, comparison, title=scenario.title or None, inputs=inputs, **told
        )
        write_whole(html, page)
    if as_json:
        from kafka_sizing.report.lag_json import lag_json

        say(lag_json(simulation, comparison, inputs=given, **told))
        return
    from kafka_sizing.report import lag_text

    if details:
        say(lag_text(simulation, comparison, inputs=inputs, width=width(), **told))
    else:
        summary = lag_text(simulation, comparison, detail="summary", width=width(), **told)
        say(summary + _MORE)
