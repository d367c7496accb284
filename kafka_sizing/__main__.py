"""Arguments of ``python -m kafka_sizing`` in; what ``kafka-sizing`` does out."""

import sys

from kafka_sizing.cli import main

if __name__ == "__main__":
    sys.exit(main())
