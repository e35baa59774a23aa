"""`drcheck draw`."""
import click


@click.command("draw")
def draw_command() -> None:
    """."""
