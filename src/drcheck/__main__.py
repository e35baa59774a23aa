"""`python -m drcheck` is the command `drcheck`."""

from drcheck.cli import main

if __name__ == "__main__":
    main()
