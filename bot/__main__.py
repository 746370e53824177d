"""`python -m bot` and `seedream-bot`."""

from bot.cli import cli


def main() -> None:
    """Run the command."""
    cli(prog_name="seedream-bot")


if __name__ == "__main__":
    main()
