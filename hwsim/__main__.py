"""`python -m hwsim` and the `hwsim` command."""

from hwsim import cli, process


def main() -> None:
    """Run the command line in a process of its own."""
    process.tune()
    try:
        cli.main()
    finally:
        process.leave()


if __name__ == "__main__":
    main()
