"""`python -m hwsim` and the `hwsim` command."""

from hwsim.cli import main

if __name__ == "__main__":
    main()
