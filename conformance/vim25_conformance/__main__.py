"""`python -m vim25_conformance` is the command `vim25-conformance`."""

from vim25_conformance.cli import main

if __name__ == "__main__":
    main()
