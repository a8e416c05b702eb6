"""`python -m vim25_emulator` is the command `vim25-emulator`."""

from vim25_emulator.cli import main

if __name__ == "__main__":
    main()
