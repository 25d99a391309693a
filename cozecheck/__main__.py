"""`python -m cozecheck`."""

from cozecheck.cli import main

main()
