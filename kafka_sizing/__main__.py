"""Arguments of a shell in; what ``kafka-sizing`` does, and its exit code, out."""

import sys


def main() -> int:
    """Run the command line; Ctrl-C while it is loading ends it as quietly as later on.

    Returns
    -------
    int
        What `kafka_sizing.cli.main` gives.

    Examples
    --------
    >>> import sys
    >>> from kafka_sizing.__main__ import main
    >>> sys.argv = ["kafka-sizing", "place", "user-1", "--partitions", "12"]
    >>> main()
    key     partition
    user-1  8
    0
    """
    try:
        from kafka_sizing import cli
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
