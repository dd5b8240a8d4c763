"""`python -m poolkit` is the command line."""

from poolkit.cli import main

main()
