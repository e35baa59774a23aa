"""`drcheck review`."""
import click


@click.command("review")
def review_command() -> None:
    """."""
