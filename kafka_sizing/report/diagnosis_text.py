"""Lag samples and their diagnosis in; text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.report.diagnosis_review import DiagnosisReview, diagnosis_review
from kafka_sizing.report.layout import section_lines, width_of, wrapped
from kafka_sizing.report.text import Detail

_PARTITIONS: Final = 12


def diagnosis_text(
    diagnosis: LagDiagnosis,
    samples: LagSamples,
    *,
    detail: Detail = "full",
    width: int | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write why a group lags for a terminal: the causes first, then every partition.

    Topics and members are data from strangers: control characters, escape sequences and marks
    that turn the direction of writing are shown escaped, long names are cut in the middle.

    Parameters
    ----------
    diagnosis : LagDiagnosis
        The causes, from `diagnose_lag`.
    samples : LagSamples
        What they were found in.
    detail : {"full", "summary"}, default "full"
        "summary" leaves out the inputs and how sure each number is.
    width : int, optional
        Columns to fit into, by default 100. >= 40
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        Plain text without colours, ending in a line break.

    Raises
    ------
    TypeError
        If ``diagnosis`` or ``samples`` is something else.
    ValueError
        If the detail is unknown, or the width below 40.

    Examples
    --------
    Partition 2 stands from 120 s on, while 0 and 1 are read.

    >>> import numpy as np
    >>> from kafka_sizing import report
    >>> from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
    >>> times = np.arange(0, 600, 30)
    >>> ends = np.outer(times, [10, 10, 10])
    >>> samples = LagSamples.from_grid(times, np.minimum(ends, [6000, 6000, 1200]), ends)
    >>> text = report.diagnosis_text(diagnose_lag(samples), samples)
    >>> print(text.split(":")[0])
    Falling behind. Poison record, from 120 s on
    """
    check_choice("detail", detail, get_args(Detail))
    columns = width_of(width)
    told = diagnosis_review(diagnosis, samples, inputs=inputs)
    return "\n".join(_lines(told, columns, detail)) + "\n"


def _lines(told: DiagnosisReview, width: int, detail: Detail) -> Iterator[str]:
    yield from wrapped(f"{told.status}. {told.verdict}", width)
    for sentence in (*told.consequences, *told.other_causes, *told.notes):
        yield from wrapped(sentence, width)
    yield from section_lines(told.causes(), width)
    yield ""
    yield from wrapped(told.burrow_sentence, width)
    behind = told.partitions(_PARTITIONS)
    if behind is not None:
        yield from section_lines(behind, width)
    if detail == "full":
        yield from section_lines(told.inputs_table(), width)
        yield from section_lines(told.certainty(), width)
