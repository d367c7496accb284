"""Print what each way to fit Zipf's exponent gives, and how often the range holds the true one.

Run: python tests/benchmarks/zipf_ranges.py          (some minutes)
"""

import numpy as np

from kafka_sizing.keys import fit_zipf

KEYS = 100_000
EXPONENTS = (0.0, 0.7, 1.0, 1.3)
RECORDS = {10_000: 100, 100_000: 100, 1_000_000: 50}  # and how many samples of so many
MEDIAN_OF = 20
METHODS = ("all ranks", "first ranks", "count spectrum", "moments")


def main() -> None:
    rng = np.random.default_rng(1)
    for exponent in EXPONENTS:
        shares = np.arange(1, KEYS + 1.0) ** -exponent
        shares /= shares.sum()
        for records, samples in RECORDS.items():
            fits = [fit_zipf(rng.multinomial(records, shares)) for _ in range(samples)]
            holds = sum(each.least <= exponent <= each.most for each in fits)
            found = [{fit.method: fit.exponent for fit in each.fits} for each in fits[:MEDIAN_OF]]
            medians = [np.nanmedian([each.get(way, np.nan) for each in found]) for way in METHODS]
            columns = " | ".join(f"{median:.2f}" for median in medians)
            print(f"| {exponent} | {records:,} | {columns} | {holds} of {samples} |", flush=True)


if __name__ == "__main__":
    main()
