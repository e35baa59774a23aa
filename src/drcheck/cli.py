"""The command line."""

from drcheck import __version__


def main() -> None:
    """Print the version."""
    print(f"drcheck {__version__}")
