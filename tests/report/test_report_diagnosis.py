"""What the reports on a diagnosis say; partition 1 of `hostile_samples` stands from 300 s on."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from html import escape

import numpy as np
import pytest

from kafka_sizing import report
from kafka_sizing.consumers.monitoring import LagSamples, burrow_status, diagnose_lag
from kafka_sizing.report.diagnosis_json import diagnosis_json
from kafka_sizing.report.labels import columns_of

TIMES = np.arange(0, 1_200, 30)


def words(text: str) -> str:
    """Undo the line breaks."""
    return " ".join(text.split())


def standing():
    """10 records/s to each of 3 partitions; partition 2 is read up to 3,000, of 300 s."""
    ends = np.outer(TIMES, [10, 10, 10])
    return LagSamples.from_grid(TIMES, np.minimum(ends, [12_000, 12_000, 3_000]), ends)


def calm():
    ends = np.outer(TIMES, [10, 10])
    return LagSamples.from_grid(TIMES, ends, ends)


def text_of(samples, **options):
    return report.diagnosis_text(diagnose_lag(samples), samples, **options)


def test_state_cause_and_what_to_do_come_first():
    written = words(text_of(standing()))
    diagnosis = diagnose_lag(standing())
    assert written.startswith(f"Falling behind. {diagnosis.primary.reason}")
    assert f"Next: {diagnosis.primary.advice}" in written


def test_a_group_that_has_caught_up_is_told_nothing_to_do():
    written = text_of(calm())
    assert written.startswith("Caught up. No partition was more than")
    assert "Next:" not in written
    assert "Partitions that are behind" not in written


def test_partitions_that_are_behind_have_burrows_status_and_their_lag_in_seconds():
    # At 1,170 s 11,700 are written; 3,000 were written by 300 s: 8,700 records, 870 s.
    written = words(text_of(standing()))
    assert "topic-2 8,700 14 min 30 s STOP 2 partitions have nothing unread" in written
    assert "By Burrow's rules: The group is ERR: 1 of 3 partitions is STOP" in written


def test_one_partition_with_nothing_unread_is_told_in_the_singular(hostile_samples):
    assert "1 partition has nothing unread" in text_of(hostile_samples)


def test_when_it_began_and_whether_it_is_still_on_are_told():
    (row,) = [
        line for line in text_of(standing(), width=200).splitlines() if line.startswith("> ")
    ]
    sure = diagnose_lag(standing()).primary.confidence
    assert row.split() == f"> poison record {sure} 0:05:00 still on 100.0 % topic-2".split()


def test_lag_older_than_the_samples_is_marked():
    ends = np.outer(TIMES, [10]) + 100_000
    samples = LagSamples.from_grid(TIMES, np.minimum(ends, 99_000), ends)
    # The end stood at 99,000 100 s before the first sample, at 10 records/s.
    assert "~ 21 min 10 s" in text_of(samples)


def test_a_partition_without_a_commit_says_so():
    ends = np.outer(TIMES, [10, 10])
    committed = ends.copy()
    committed[:, 1] = -1
    written = words(text_of(LagSamples.from_grid(TIMES, committed, ends)))
    assert "topic-1 no commit not known NOTFOUND" in written
    assert "No commit was seen of 1 partition: topic-1." in written


def test_one_sample_is_not_enough():
    samples = LagSamples.from_grid([0], [[5]], [[9]])
    written = words(text_of(samples))
    assert written.startswith("Not known. Not enough data: ")
    assert "topic-0 4 not known" in written
    assert "from one sample to the next" not in written


def test_offsets_that_went_back_and_samples_that_are_missing_are_told():
    ends = np.outer(TIMES, [10] * 8)
    ends[20:] -= 5_000  # created anew
    seen = np.ones(ends.shape, dtype=bool)
    seen[5:9] = False
    samples = LagSamples.from_grid(TIMES, ends, ends, seen=seen)
    written = words(text_of(samples))
    assert "The end of topic-0 went back from 5,700 to 1,000" in written
    assert "… and 3 more offsets that went back." in written
    assert "Samples are missing of 8 partitions, for up to 2 min 30 s" in written


def test_partitions_that_were_not_seen_all_the_time_are_told():
    ends = np.outer(TIMES, [10] * 9)
    seen = np.ones(ends.shape, np.bool_)
    seen[12:, 8] = False
    numbers = [0, 1, 3, 5, 7, 9, 11, 13, 15]
    samples = LagSamples.from_grid(
        TIMES, ends, ends, partitions=[("o", number) for number in numbers], seen=seen
    )
    written = words(text_of(samples))
    assert written.startswith("Caught up.")
    assert "o-2 is not in the samples, though partitions beyond it are." in written
    assert "o-12" not in written  # the sixth of those that are missing
    assert "… and 3 more partitions that were not seen all the time." in written
    told = json.loads(diagnosis_json(diagnose_lag(samples), samples))
    assert told["missing"][0] == {"topic": "o", "partition": 2, "first_s": None, "last_s": None}
    assert told["missing"][-1] == {"topic": "o", "partition": 15, "first_s": 0, "last_s": 330}


def test_every_cause_is_told_with_what_to_do():
    samples = standing()
    first = diagnose_lag(samples).primary
    second = dataclasses.replace(
        first, cause="producer burst", until_s=420.0, lag_share=0.25, evidence="much came"
    )
    both = dataclasses.replace(diagnose_lag(samples), verdicts=(first, second))
    written = report.diagnosis_text(both, samples, width=200)
    assert f"Also {second.reason} {second.advice}" in words(written)
    assert "producer burst" in written[written.index("Causes") :]
    # From 300 s to 420 s.
    assert "0:05:00 2 min 25.0 %" in words(written)


def test_a_cause_names_a_few_partitions_and_counts_the_others():
    ends = np.outer(TIMES, [10] * 9)
    committed = np.minimum(ends, 3_000)
    assert "topic-4 and 4 more" in words(text_of(LagSamples.from_grid(TIMES, committed, ends)))


def test_many_partitions_are_counted():
    ends = np.outer(TIMES, [10] * 30)
    committed = np.minimum(ends, 3_000)
    assert "… and 18 more partitions" in text_of(LagSamples.from_grid(TIMES, committed, ends))


def test_no_name_reaches_the_terminal_unescaped(hostile_samples):
    written = text_of(hostile_samples, inputs={"file": "\x1b]0;x"})
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character).startswith("C")
    ]
    assert "two\\nlines\\x1b[31m-1" in written
    assert max(map(columns_of, written.splitlines())) <= 100


def test_a_summary_ends_before_the_inputs():
    summary = text_of(standing(), detail="summary")
    whole = text_of(standing(), inputs={"file": "lag.txt"})
    assert whole.startswith(summary)
    assert "lag.txt" in whole
    assert "How sure each number is" in whole


def test_the_page_has_verdict_tiles_and_plot(hostile_diagnosis_page, read_page):
    page = read_page(hostile_diagnosis_page)
    assert page.texts[1:4] == ["<img src=x>", "✗", "Falling behind"]
    assert page.texts[page.texts.index("unread records") + 1] == "8,700"
    assert page.texts[page.texts.index("oldest unread record") + 1] == "14 min 30 s"
    assert page.texts[page.texts.index("status by Burrow's rules") + 1] == "ERR"
    assert [attributes["id"] for tag, attributes in page.tags if tag == "figure"] == ["figure-lag"]


def test_names_are_escaped_in_the_page(hostile_diagnosis_page):
    assert escape("<script>alert(1)</script>") in hostile_diagnosis_page
    for wrong in ("<script", "<b>member", "\x1b", "\u202e"):
        assert wrong not in hostile_diagnosis_page


def test_a_page_of_a_calm_group_is_well_formed(read_page):
    samples = calm()
    page = read_page(report.diagnosis_page(diagnose_lag(samples), samples))
    assert page.open == []
    assert "Caught up" in page.texts
    assert "Why a consumer group lags" in page.texts


def test_a_page_without_a_known_age_says_so(read_page):
    samples = LagSamples.from_grid([0], [[5]], [[9]])
    texts = read_page(report.diagnosis_page(diagnose_lag(samples), samples)).texts
    assert texts[texts.index("oldest unread record") + 1] == "not known"


def test_json_has_the_numbers_of_the_diagnosis():
    samples = standing()
    diagnosis = diagnose_lag(samples)
    told = json.loads(diagnosis_json(diagnosis, samples, inputs={"file": "lag.txt"}))
    assert told["schema"] == "kafka-sizing/diagnose"
    assert (told["fits"], told["state"], told["cause"]) == (
        False,
        "falling behind",
        "poison record",
    )
    assert (told["lag_records"], told["oldest_unread_s"]) == (8_700, 870)
    assert told["samples"] == {"count": 120, "first_s": 0, "last_s": 1_170, "interval_s": 30}
    (cause,) = told["causes"]
    assert cause["partitions"] == [{"topic": "topic", "partition": 2}]
    assert (cause["since_s"], cause["until_s"]) == (300, None)
    assert [row["burrow_status"] for row in told["partitions"]] == [
        part.status.name for part in burrow_status(samples).partitions
    ]
    assert told["partitions"][2]["oldest_unread_s"] == 870


@pytest.mark.parametrize("write", [report.diagnosis_text, report.diagnosis_page])
def test_what_cannot_be_reported_is_refused(write):
    samples = calm()
    with pytest.raises(TypeError, match="diagnosis must be LagDiagnosis, as diagnose_lag gives"):
        write(samples, samples)
    with pytest.raises(TypeError, match="samples must be LagSamples, as read_lag_samples gives"):
        write(diagnose_lag(samples), None)
