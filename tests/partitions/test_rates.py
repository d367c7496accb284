"""Published rates are numbers of one partition, each with a kind, a source and a date."""

from __future__ import annotations

from kafka_sizing.partitions.rates import published_rates
from kafka_sizing.partitions.sizing import plan_partitions
from kafka_sizing.units import MB


def test_every_published_rate_says_how_sure_and_from_where():
    rates = published_rates()
    assert len({rate.name for rate in rates}) == len(rates)
    for rate in rates:
        given = [r for r in (rate.produce_bytes_per_s, rate.consume_bytes_per_s) if r is not None]
        assert given
        assert all(0.5 * MB < r < 1000 * MB for r in given)
        assert rate.kind in {"measured", "vendor", "rule"}
        assert rate.source
        assert rate.date


def test_published_rate_sizes_a_topic():
    oci = next(rate for rate in published_rates() if rate.name == "OCI Streaming")
    assert (
        plan_partitions(12.4 * MB, producer_bytes_per_s=oci.produce_bytes_per_s).partitions == 13
    )
