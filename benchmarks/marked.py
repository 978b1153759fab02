"""Pages whose tables are made by code: a person writes what stands between them.

A made part stands between two comments, `<!-- made: NAME -->` and `<!-- end: NAME -->`.
"""

from __future__ import annotations

import re

_PART = "<!-- made: {name} -->\n{text}\n<!-- end: {name} -->"
_ANY = re.compile(r"<!-- made: (?P<name>\S+) -->\n(?P<text>.*?)\n<!-- end: (?P=name) -->", re.S)


def made(page: str) -> dict[str, str]:
    """The made parts of a page by name."""
    return {found["name"]: found["text"] for found in _ANY.finditer(page)}


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text for a made part. Raises KeyError where it has none of the name."""
    old = made(page)[name]
    return page.replace(_PART.format(name=name, text=old), _PART.format(name=name, text=text))
