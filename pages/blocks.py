"""Parts of a Markdown page that a command writes: `<!-- numbers: NAME -->...<!-- end -->`.

A marker that stands alone on its line has a block of lines behind it; one inside a sentence has a
few words (and must not begin its line, or Markdown takes the line for HTML).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BEGIN = re.compile(r"<!-- numbers: ([\w-]+) -->")
_END = "<!-- end -->"
_BLOCK = re.compile(rf"({_BEGIN.pattern})(.*?){_END}", re.DOTALL)


def names(page: str) -> list[str]:
    """The blocks of a page, in order."""
    return [match[1] for match in _BEGIN.finditer(page)]


def rewritten(page: str, texts: Mapping[str, str]) -> str:
    """`page` with every block's text in place. Raises ValueError for a block without a text, and
    where a marker begins or ends nothing."""
    unknown = sorted(set(names(page)) - set(texts))
    if unknown:
        raise ValueError(f"no text for the blocks {', '.join(unknown)}; there are {sorted(texts)}")
    found = list(_BLOCK.finditer(page))
    if len(found) != len(names(page)) or len(found) != page.count(_END):
        raise ValueError(f"{len(names(page))} blocks begin, {page.count(_END)} end")

    def put(match: re.Match[str]) -> str:
        text = texts[match[2]].strip("\n")
        line = page[page.rfind("\n", 0, match.start()) + 1 : match.start()]
        alone = not line.strip() and match[3].startswith("\n")
        return f"{match[1]}\n{text}\n{_END}" if alone else f"{match[1]}{text}{_END}"

    return _BLOCK.sub(put, page)
