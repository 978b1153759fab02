"""`python -m pages`: write what README and docs embed and quote from runs.

It wants reports/paper, which `hwsim figures paper` writes; `make pages` does both and writes
docs/api.md. `python -m pages --texts` only rewrites the pages from what docs/figures and
docs/sessions hold.
"""

from __future__ import annotations

import argparse
import sys

from hwsim.errors import HwsimError
from pages.paths import ROOT
from pages.write import gather, write_pages


def main() -> None:
    """Gather, unless only texts are wanted, and write."""
    parser = argparse.ArgumentParser(prog="python -m pages", description=__doc__)
    parser.add_argument("--texts", action="store_true", help="run nothing, only rewrite the pages")
    try:
        if not parser.parse_args().texts:
            gather()
        changed = write_pages()
    except (HwsimError, OSError, RuntimeError, ValueError) as error:
        sys.exit(f"error: {error}")
    for page in changed:
        print(f"{page.relative_to(ROOT)} rewritten")


if __name__ == "__main__":
    main()
