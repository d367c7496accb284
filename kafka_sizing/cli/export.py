"""A design file in; its plan as the files that other tools read out: ``kafka-sizing export``."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kafka_sizing.cli.designs import Design, plan_file
from kafka_sizing.cli.options import FITS, output
from kafka_sizing.cli.terminal import say
from kafka_sizing.cli.writing import write_whole

if TYPE_CHECKING:
    from kafka_sizing.topic import TopicPlan

_FORMATS: Final = ("--strimzi", "--terraform", "--shell", "--alerts", "--properties")
_YAML: Final = (".yaml", ".yml")
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "--strimzi": _YAML,
    "--terraform": (".tf",),
    "--shell": (".sh",),
    "--alerts": _YAML,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What a format has to know of the cluster beside the plan."""

    cluster: str
    namespace: str | None
    bootstrap_server: str


def export(
    file: Design,
    strimzi: Annotated[
        bool, typer.Option("--strimzi", help="KafkaTopic resources for Strimzi, in YAML.")
    ] = False,
    terraform: Annotated[
        bool, typer.Option("--terraform", help="kafka_topic resources for Terraform.")
    ] = False,
    shell: Annotated[
        bool, typer.Option("--shell", help="A script that calls Kafka's own command-line tools.")
    ] = False,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Alerting rules for Prometheus, in YAML.")
    ] = False,
    properties: Annotated[
        bool, typer.Option("--properties", help="A .properties file for each kind of client.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            "-o",
            metavar="PATH",
            help="Write to this file, or for --properties to this folder.",
        ),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="NAME", help="Kafka resource of --strimzi; my-cluster.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option(metavar="NAME", help="Namespace of --strimzi.")
    ] = None,
    bootstrap_server: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Broker of --shell; localhost:9092.")
    ] = None,
) -> int:
    """Write the topics, alerts or client properties of a plan as other tools read them."""
    asked = (strimzi, terraform, shell, alerts, properties)
    form = _one_of([name for name, wanted in zip(_FORMATS, asked, strict=True) if wanted])
    _belongs(form, "--strimzi", {"--cluster": cluster, "--namespace": namespace})
    _belongs(form, "--shell", {"--bootstrap-server": bootstrap_server})
    if form in _ENDINGS:
        output("--to", to, *_ENDINGS[form])
    elif to is not None and not to.absolute().parent.is_dir():
        raise FileNotFoundError(f"--to must name a folder in one that exists, got {to}")
    plan = plan_file(file).plan
    around = _Surroundings(
        cluster=cluster or "my-cluster",
        namespace=namespace,
        bootstrap_server=bootstrap_server or "localhost:9092",
    )
    if form == "--properties":
        _write_all(plan, to)
    else:
        _write(_WRITERS[form](plan, around), to)
    if not plan.holds and sys.stderr is not None:
        from kafka_sizing.report.labels import printable

        sys.stderr.write(f"warning: {file} does not hold: {printable(plan.reason)}\n")
    return FITS


def _one_of(forms: list[str]) -> str:
    if len(forms) != 1:
        got = " and ".join(forms) if forms else "none"
        raise ValueError(f"export must be given one of {', '.join(_FORMATS)}, got {got}")
    return forms[0]


def _belongs(form: str, owner: str, options: Mapping[str, str | None]) -> None:
    """Refuse an option that the format has no use for."""
    stray = next((name for name, value in options.items() if value is not None), None)
    if stray is not None and form != owner:
        raise ValueError(f"{stray} must be given with {owner}, got {form}")


def _strimzi(plan: TopicPlan, around: _Surroundings) -> str:
    from kafka_sizing.report.exports import strimzi

    return strimzi(plan, cluster=around.cluster, namespace=around.namespace)


def _terraform(plan: TopicPlan, _: _Surroundings) -> str:
    from kafka_sizing.report.exports import terraform

    return terraform(plan)


def _shell(plan: TopicPlan, around: _Surroundings) -> str:
    from kafka_sizing.report.exports import shell

    return shell(plan, bootstrap_server=around.bootstrap_server)


def _alerts(plan: TopicPlan, _: _Surroundings) -> str:
    from kafka_sizing.report.exports import prometheus_rules

    return prometheus_rules(plan)


_WRITERS: Final[Mapping[str, Callable[[TopicPlan, _Surroundings], str]]] = {
    "--strimzi": _strimzi,
    "--terraform": _terraform,
    "--shell": _shell,
    "--alerts": _alerts,
}


def _write(text: str, path: Path | None) -> None:
    if path is None:
        say(text)
    else:
        write_whole(path, text)


def _write_all(plan: TopicPlan, folder: Path | None) -> None:
    """Write a file for each kind of client, or all of them below each other."""
    from kafka_sizing.report.exports import client_properties

    files = client_properties(plan)
    if folder is None:
        say("\n".join(f"##### {name}\n{text}" for name, text in files.items()))
        return
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        write_whole(folder / name, text)
