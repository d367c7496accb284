"""Lag samples and their diagnosis in; one self-contained HTML page out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from kafka_sizing.consumers.monitoring.diagnosis import LagDiagnosis
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.report.diagnosis_review import DiagnosisReview, diagnosis_review
from kafka_sizing.report.drawing import PageFigure, drawn
from kafka_sizing.report.rendering import rendered

_PARTITIONS: Final = 60


def diagnosis_page(
    diagnosis: LagDiagnosis,
    samples: LagSamples,
    *,
    title: str | None = None,
    inputs: Mapping[str, str] | None = None,
) -> str:
    """Write why a group lags as one HTML page that needs no network.

    Topics and members are data from strangers: they are escaped in the page and in its plots.

    Parameters
    ----------
    diagnosis : LagDiagnosis
        The causes, from `diagnose_lag`.
    samples : LagSamples
        What they were found in.
    title : str, optional
        Heading of the page, such as the name of the group.
    inputs : mapping of str to str, optional
        Further inputs to name, such as the file that was read.

    Returns
    -------
    str
        The page, for light, dark and paper. The same input gives the same text.

    Raises
    ------
    TypeError
        If ``diagnosis`` or ``samples`` is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from kafka_sizing import report
    >>> from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
    >>> ends = np.outer(np.arange(0, 600, 30), [10, 10, 10])
    >>> samples = LagSamples.from_grid(np.arange(0, 600, 30), ends, ends)
    >>> page = report.diagnosis_page(diagnose_lag(samples), samples)
    >>> page.splitlines()[0], "Caught up" in page
    ('<!doctype html>', True)
    """
    told = diagnosis_review(diagnosis, samples, title=title, inputs=inputs)
    return rendered(
        "diagnosis.html",
        told=told,
        tiles=list(told.tiles()),
        figures={figure.name: figure for figure in _figures(told)},
        causes=told.causes(),
        partitions=told.partitions(_PARTITIONS),
        inputs=told.inputs_table(),
        certainty=told.certainty(),
    )


def _figures(told: DiagnosisReview) -> Iterator[PageFigure]:
    from kafka_sizing import plot

    if not told.samples.duration_s:  # one moment is no course
        return
    yield drawn(
        "lag",
        "Unread records of the partitions furthest behind",
        "A line is a partition; it is open where samples are missing. One line that "
        "climbs alone speaks of a key, a record or a member; all together, of the group, of what "
        "it waits for, or of the producers.",
        partial(plot.lag_by_partition, told.samples),
    )
