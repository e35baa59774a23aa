"""`drcheck claims`."""
import click


@click.command("claims")
def claims_command() -> None:
    """."""
