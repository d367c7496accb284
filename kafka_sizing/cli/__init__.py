"""Arguments of a shell in; a report, a plan or partitions on standard output out."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final

try:
    import typer
except ImportError as error:
    raise ImportError("typer is needed: pip install 'kafka-sizing[cli]'") from error

from kafka_sizing import __version__
from kafka_sizing.cli.check import check
from kafka_sizing.cli.diagnose import diagnose
from kafka_sizing.cli.export import export
from kafka_sizing.cli.hot import keys
from kafka_sizing.cli.init import init
from kafka_sizing.cli.lag import lag
from kafka_sizing.cli.options import FITS
from kafka_sizing.cli.placing import place
from kafka_sizing.cli.plan import partitions
from kafka_sizing.cli.terminal import say
from kafka_sizing.cli.topic import topic

__all__ = ["main"]

BAD_INPUT: Final = 2
_INTERRUPTED: Final = 130  # what a shell gives for SIGINT
_PIPE_CLOSED: Final = 141  # and for SIGPIPE
_QUOTED: Final = re.compile(r"""(['"]).*\1""", re.DOTALL)
# Of click: typer needs it, or brings its own.
_USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[2]

_app = typer.Typer(
    name="kafka-sizing",
    help="How many partitions a topic needs, which runs hot because of which keys, what helps; "
    "whether its readers keep up, and if they lag, why; and what else a topic needs, from one "
    "design file.",
    epilog="Exit code: 0 fits, 1 does not fit (check, or with --check), 2 bad input.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_app.command(short_help="Find hot partitions, their keys, and the fix that helps.")(keys)
_app.command(short_help="Plan how many partitions a topic needs, and say why.")(partitions)
_app.command()(place)
_app.command(short_help="Play a consumer group through a scenario: will it keep up?")(lag)
_app.command(short_help="Say why a consumer group lags, and what to do next.")(diagnose)
_app.command(short_help="Write a design file of a topic to fill in.")(init)
_app.command(short_help="Plan all of a topic from its design file, with every reason.")(topic)
_app.command(short_help="Find what is wrong with topics or configurations; for CI.")(check)
_app.command(short_help="Write a plan for Strimzi, Terraform, a shell or Prometheus.")(export)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; give the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments; those of the process by default.

    Returns
    -------
    int
        0 fits, 1 does not fit (``check``, or with ``--check``), 2 bad input, with one line on
        standard error.

    Examples
    --------
    >>> from kafka_sizing.cli import main
    >>> main(["place", "user-1", "--partitions", "12"])
    key     partition
    user-1  8
    0
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a key may hold what the terminal cannot show
        sys.stdout.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else list(arguments)
    complain = partial(_complained, redact="--redact" in given)
    try:
        code = _run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except (KeyboardInterrupt, typer.Abort):
        return complain("interrupted", _INTERRUPTED)
    except _USAGE_ERROR as error:
        return complain(getattr(error, "format_message", error.__str__)(), BAD_INPUT)
    except TypeError as error:
        hint = " (--serializer)" if "no serializer" in str(error) else ""
        return complain(f"{error}{hint}", BAD_INPUT)
    except (ValueError, OSError, ImportError, MemoryError) as error:
        return complain(_message(error), BAD_INPUT)
    return code if isinstance(code, int) else FITS


def _run(arguments: list[str]) -> object:
    """Run a command without click's own ``main``, which ends the process on a closed pipe."""
    command = typer.main.get_command(_app)
    try:
        with command.make_context("kafka-sizing", arguments) as context:
            return command.invoke(context)
    except typer.Exit as leave:
        return leave.exit_code


@_app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002
) -> None:
    if version:
        say(f"kafka-sizing {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        say(f"{context.get_help()}\n")


def _complained(message: str, code: int, *, redact: bool) -> int:
    from kafka_sizing.report.labels import printable

    if redact:  # what an error quotes may be a key
        message = _QUOTED.sub("'…'", message)
    if sys.stderr is not None:
        line = printable(" ".join(message.split()))  # names of files and columns are strangers'
        sys.stderr.write(f"error: {line}\n")
    return code


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror + (f": {error.filename}" if error.filename else "")
    return str(error) or type(error).__name__
