"""Print, as Markdown, which causes are named in simulated groups whose cause is known.

Run: python tests/benchmarks/diagnose_confusion.py [scenarios] [first seed]

Rules were tuned on seeds below 10,000; the default seeds start at 3,000,000.
"""

import runpy
import sys
import time
from collections import Counter
from pathlib import Path

from kafka_sizing.consumers.monitoring import diagnose_lag

ROOM = Path(__file__).parents[1] / "consumers" / "monitoring"
INTERVALS_S = ((5, 10), (10, 20), (20, 40), (40, 61))


def main(scenarios: int = 2_000, first: int = 3_000_000) -> None:
    scenario = runpy.run_path(str(ROOM / "scenarios.py"))["scenario"]
    is_right = runpy.run_path(str(ROOM / "test_diagnosis_scenarios.py"))["is_right"]
    outcomes = []
    spent_s = 0.0
    for seed in range(first, first + scenarios):
        one = scenario(seed)
        begin = time.process_time()
        diagnosis = diagnose_lag(one.samples, settings=one.settings)
        spent_s += time.process_time() - begin
        outcomes.append((one, diagnosis, is_right(one, diagnosis)))
    right = sum(outcome[2] for outcome in outcomes)
    print(
        f"Seeds {first:,} to {first + scenarios - 1:,}: {right:,} of {scenarios:,} right ", end=""
    )
    print(f"({right / scenarios:.1%}), {1_000 * spent_s / scenarios:.1f} ms each.\n")
    print_confusion(outcomes)
    print_pairs(outcomes)
    print_shares(outcomes)


def print_confusion(outcomes) -> None:
    """One cause each: a row per cause, a column per cause named first."""
    single = [(one.causes[0], found.cause) for one, found, _ in outcomes if len(one.causes) == 1]
    counts = Counter(single)
    causes = sorted({cause for cause, _ in single})
    named = sorted({cause for pair in single for cause in pair})
    numbers = {cause: number for number, cause in enumerate(named, start=1)}
    print("| cause | " + " | ".join(str(numbers[cause]) for cause in named) + " | right |")
    print("|---|" + "--:|" * (len(named) + 1))
    for cause in causes:
        whole = sum(counts[cause, other] for other in named)
        cells = " | ".join(str(counts[cause, other] or "") for other in named)
        share = f"{counts[cause, cause] / whole:.0%}"
        print(f"| {numbers[cause]} {cause} | {cells} | {share} |")
    print()


def print_pairs(outcomes) -> None:
    """Two causes at once: how often both are named, and in the right order."""
    drawn, right, both = Counter(), Counter(), Counter()
    for one, found, is_right in outcomes:
        if len(one.causes) == 2:
            pair = " + ".join(sorted(one.causes))
            drawn[pair] += 1
            right[pair] += is_right
            both[pair] += set(one.causes) <= {verdict.cause for verdict in found.verdicts}
    print("| two causes | groups | both named | and ranked rightly |")
    print("|---|--:|--:|--:|")
    for pair in sorted(drawn):
        print(f"| {pair} | {drawn[pair]} | {both[pair]} | {right[pair]} |")
    print(f"| all | {drawn.total()} | {both.total()} | {right.total()} |\n")


def print_shares(outcomes) -> None:
    """How the share that is right depends on what was seen."""
    print("| seen | groups | right | a cause too many |")
    print("|---|--:|--:|--:|")
    rows = {
        "with owners": [outcome for outcome in outcomes if outcome[0].has_owners],
        "without owners": [outcome for outcome in outcomes if not outcome[0].has_owners],
    }
    for low, high in INTERVALS_S:
        rows[f"a sample every {low} to {high} s"] = [
            outcome for outcome in outcomes if low <= (outcome[0].samples.interval_s or 0) < high
        ]
    for name, some in rows.items():
        share = sum(is_right for _, _, is_right in some) / len(some)
        extra = sum(
            bool({verdict.cause for verdict in found.verdicts} - set(one.causes))
            for one, found, _ in some
        )
        print(f"| {name} | {len(some):,} | {share:.1%} | {extra / len(some):.1%} |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
