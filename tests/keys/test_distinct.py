import numpy as np
from hypothesis import given, strategies as st

from kafka_sizing.keys import distinct
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.hashing import Hash


@given(st.lists(st.sampled_from([b"", b"a", b"a\0", b"\0", b"b", b"long" * 400])))
def test_codes_lead_back_to_the_keys_in_order_of_first_appearance(keys):
    found = distinct_keys(KeyColumn.of(keys))
    assert [found.column[code] for code in found.codes.tolist()] == keys
    assert list(found.column) == list(dict.fromkeys(keys))


def test_keys_that_share_all_64_bits_are_still_told_apart(monkeypatch):
    constant = Hash(name="constant", kernel=lambda b: np.zeros(len(b.lengths), np.uint32))
    monkeypatch.setattr(distinct, "MURMUR2", constant)
    monkeypatch.setattr(distinct, "murmur3_seeded", lambda seed: constant)
    found = distinct_keys(KeyColumn.of([b"a", b"b", b"a", b"cc"]))
    assert list(found.column) == [b"a", b"b", b"cc"]
    assert found.codes.tolist() == [0, 1, 0, 2]
