"""``python -m connectors.cli``: the same command, for processes that start one another."""

from connectors.cli import main

main()
