"""Nothing in; the colours of all plots, told apart by colour-blind eyes, out."""

from __future__ import annotations

from typing import Final

# Okabe and Ito's colours, told apart by colour-blind eyes, less black. Text, ticks and spines
# keep the reader's own colours; grey stands out on white and on black.
ORANGE: Final = "#E69F00"
SKY_BLUE: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#9A9A9A"
EDGE: Final = "#757575"

KEY_COLOURS: Final = (ORANGE, SKY_BLUE, GREEN, YELLOW, BLUE, PURPLE)
KEY_HATCHES: Final = ("", "////", "....", "xxxx")
MOST_NAMED_KEYS: Final = len(KEY_COLOURS) * len(KEY_HATCHES)
