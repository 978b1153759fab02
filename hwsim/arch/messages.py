"""What is wrong, where, in the user's own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hwsim.errors import InvalidInput


@dataclass(frozen=True)
class Problem:
    """One line of an error: `place: path: message`."""

    place: str
    path: str
    message: str

    def __str__(self) -> str:
        line = ": ".join(part for part in (self.place, self.path, self.message) if part)
        return "".join(letter if letter.isprintable() else "?" for letter in line)


def raise_all(problems: Sequence[Problem]) -> None:
    """Raise every problem at once, in the order of their discovery; the first of each field, as
    what follows from it helps nobody."""
    first = {(problem.place, problem.path): problem for problem in reversed(problems)}
    if first:
        raise InvalidInput("\n".join(map(str, reversed(first.values()))))


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """`; did you mean X?` where an option is close to the word, else nothing."""
    known = {option.lower(): option for option in options}
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean {known[close[0]]}?" if close else ""


def listed(options: Iterable[object], last: str = "or") -> str:
    """`a, b or c`."""
    words = [str(option) for option in options]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
