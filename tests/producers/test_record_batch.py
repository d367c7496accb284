"""Record and batch sizes: worked examples, and a real client's own writer."""

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.producers import batch_bytes, record_bytes, records_that_fit
from kafka_sizing.producers.record_batch import varint_bytes

sizes = st.integers(0, 400) | st.sampled_from([63, 64, 8_191, 8_192])
headers = st.lists(st.tuples(st.integers(0, 80), st.none() | st.integers(0, 80)), max_size=3).map(
    tuple
)


@pytest.mark.parametrize(
    ("inputs", "record", "batch"),
    [
        pytest.param({"value_bytes": 100}, 109, 170, id="PD01 no key, 100 B, format v2"),
        pytest.param(
            {"value_bytes": 1_000, "key_bytes": 16}, 1_025, 1_086, id="PD02 16 B key, 1,000 B"
        ),
        pytest.param({"value_bytes": 20}, 27, 88, id="PD03 20 B make 4.4 times as many"),
        pytest.param({"value_bytes": 63}, 71, 132, id="PD04 63 B, one byte of length"),
        pytest.param({"value_bytes": 64}, 73, 134, id="PD04 64 B, two bytes of length"),
        # length 1, attributes 1, time 1, offset 1, no key 1, null value 1, no headers 1
        pytest.param({"value_bytes": None}, 7, 68, id="tombstone without a key"),
        # 7 + 4 header key (1 + 3) + null value 1
        pytest.param({"value_bytes": None, "headers": ((3, None),)}, 12, 73, id="null header"),
        # an empty field takes its length only, as an absent one does
        pytest.param({"value_bytes": 0, "key_bytes": 0}, 7, 68, id="empty key and value"),
    ],
)
def test_record_and_batch_of_one_are_as_the_format_says(inputs, record, batch):
    value = inputs.pop("value_bytes")
    assert record_bytes(value, **inputs) == record
    assert batch_bytes(1, value, **inputs) == batch


@pytest.mark.parametrize(
    ("batch_size", "inputs", "records", "batch"),
    [
        pytest.param(16_384, {"value_bytes": 100}, 148, 16_277, id="PD05 100 B in 16 KiB"),
        pytest.param(
            16_384,
            {"value_bytes": 1_000, "key_bytes": 16},
            15,
            15_436,
            id="PD06 1,000 B with a key in 16 KiB",
        ),
        pytest.param(131_072, {"value_bytes": 200}, 624, 131_037, id="PD07 200 B in 128 KiB"),
    ],
)
def test_records_fill_a_batch_up_to_its_size(batch_size, inputs, records, batch):
    value = inputs.pop("value_bytes")
    assert records_that_fit(batch_size, value, **inputs) == records
    assert batch_bytes(records, value, **inputs) == batch


def test_first_record_is_always_taken():
    assert records_that_fit(0, 100) == 1
    assert records_that_fit(16_384, 1_000_000) == 1


def test_batch_that_fits_to_the_byte_is_full():
    assert records_that_fit(16_277, 100) == 148
    assert records_that_fit(16_276, 100) == 147
    assert records_that_fit(batch_bytes(2, 100), 100) == 2
    assert records_that_fit(batch_bytes(2, 100) - 1, 100) == 1


def test_place_and_time_in_the_batch_lengthen_a_record():
    assert record_bytes(50, offset_delta=63) == record_bytes(50)
    assert record_bytes(50, offset_delta=64) == record_bytes(50) + 1
    assert record_bytes(50, offset_delta=8_192, timestamp_delta_ms=64) == record_bytes(50) + 3
    # the first record of a batch sets its time; the other two are 64 ms later
    assert batch_bytes(3, 50, timestamp_delta_ms=64) == batch_bytes(3, 50) + 2


def test_client_leaves_room_for_the_next_record_uncompressed():
    # 61 + 0.25 × (64 × 109 + 526 × 110) + 110 = 16,380; one more makes 16,407
    assert records_that_fit(16_384, 100, estimated_ratio=0.25) == 591
    # at a ratio of 1 the rule is the same as without compression
    assert records_that_fit(16_384, 100, estimated_ratio=1.0) == 148
    # a margin above 1 costs records: 61 + int(1.05 × (6,976 + 77 × 110)) + 110 is 16,389
    assert records_that_fit(16_384, 100, estimated_ratio=1.05) == 141


def test_no_batch_holds_more_records_than_can_be_counted():
    assert records_that_fit(2**31 - 1, None, estimated_ratio=1e-6) == 2**31 - 1


@pytest.mark.parametrize(
    ("number", "length"),
    [(0, 1), (63, 1), (64, 2), (8_191, 2), (8_192, 3), (2**20 - 1, 3), (2**20, 4), (2**31 - 1, 5)],
)
def test_varint_takes_seven_bits_a_byte_and_one_for_the_sign(number, length):
    assert varint_bytes(number) == length


# --- a real client --------------------------------------------------------------------------


@pytest.mark.needs_dev
@pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")
@given(
    value=st.none() | sizes,
    key=st.none() | sizes,
    fields=headers,
    count=st.integers(1, 200),
    delta=st.integers(0, 10_000),
)
def test_batch_is_as_long_as_kafka_python_writes_it(value, key, fields, count, delta):
    builder = _builder(2**31 - 1)
    for offset in range(count):
        _append(builder, offset, delta, (value, key, fields))
    assert len(builder.build()) == batch_bytes(
        count, value, key_bytes=key, headers=fields, timestamp_delta_ms=delta
    )


@pytest.mark.needs_dev
@pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")
@given(
    value=st.none() | sizes,
    key=st.none() | sizes,
    batch_size=st.integers(0, 20_000),
    delta=st.integers(0, 10_000),
)
def test_as_many_records_fit_as_kafka_python_takes(value, key, batch_size, delta):
    builder = _builder(batch_size)
    taken = 0
    while taken < 400 and _append(builder, taken, delta, (value, key, ())):
        taken += 1
    fits = records_that_fit(batch_size, value, key_bytes=key, timestamp_delta_ms=delta)
    assert min(fits, 400) == taken


def _builder(batch_size):
    from kafka.record.default_records import DefaultRecordBatchBuilder

    return DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=batch_size,
    )


def _append(builder, offset, delta, record):
    value, key, fields = record

    def made_of(size):
        return None if size is None else b"x" * size

    return builder.append(
        offset,
        1_000 + (delta if offset else 0),
        made_of(key),
        made_of(value),
        [("k" * name, made_of(size)) for name, size in fields],
    )


# --- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"value_bytes": -1}, "value_bytes"),
        ({"value_bytes": 1.5}, "value_bytes"),
        ({"value_bytes": 2**31}, "value_bytes"),
        ({"value_bytes": 1, "key_bytes": -1}, "key_bytes"),
        ({"value_bytes": 1, "headers": ((-1, 1),)}, "key size of a header"),
        ({"value_bytes": 1, "headers": ((1, -1),)}, "value size of a header"),
        ({"value_bytes": 1, "headers": ("ab",)}, "headers"),
        ({"value_bytes": 1, "headers": ((1,),)}, "headers"),
        ({"value_bytes": 1, "headers": (1,)}, "headers"),
        ({"value_bytes": 1, "offset_delta": -1}, "offset_delta"),
        ({"value_bytes": 1, "offset_delta": 2**31 - 1}, "offset_delta"),
        ({"value_bytes": 1, "timestamp_delta_ms": -1}, "timestamp_delta_ms"),
    ],
)
def test_size_that_is_none_is_refused_by_name(inputs, named):
    value = inputs.pop("value_bytes")
    with pytest.raises(ValueError, match=rf"^{named} must be .*, got "):
        record_bytes(value, **inputs)


def test_batch_without_records_and_ratio_of_nothing_are_refused():
    with pytest.raises(ValueError, match=r"^records must be .* got 0"):
        batch_bytes(0, 1)
    with pytest.raises(ValueError, match=r"^batch_size_bytes must be .* got -1"):
        records_that_fit(-1, 1)
    with pytest.raises(ValueError, match=r"^estimated_ratio must be .* got 0"):
        records_that_fit(1, 1, estimated_ratio=0)
