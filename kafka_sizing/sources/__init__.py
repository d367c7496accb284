"""Key logs, rates and offsets in files in; `KeyLoads`, `Arrivals` and `LagSamples` out."""

from __future__ import annotations

from kafka_sizing.sources.arrivals import read_arrivals
from kafka_sizing.sources.files import count_key_files
from kafka_sizing.sources.lag_samples import read_lag_samples
from kafka_sizing.sources.lines import count_key_lines
from kafka_sizing.sources.progress import Reading
from kafka_sizing.sources.spark import sketch_key_frame

__all__ = [
    "Reading",
    "count_key_files",
    "count_key_lines",
    "read_arrivals",
    "read_lag_samples",
    "sketch_key_frame",
]
