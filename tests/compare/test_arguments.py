from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.compare.arguments import ArchName, tell_apart
from hwsim.errors import UsageError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.pt").touch()
    Path("spikes").mkdir()


def test_told_apart_by_what_they_are() -> None:
    words = ["loihi_like", "net.pt", "my.yaml:fast", "spikes", "loihi_like:sanafe_nahuku"]
    networks, archs = tell_apart(words)
    assert networks == (Path("net.pt"), Path("spikes"))
    assert archs == (
        ArchName("loihi_like", None),
        ArchName("my.yaml", "fast"),
        ArchName("loihi_like", "sanafe_nahuku"),
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["net.pt"], "needs an architecture"),
        (["loihi_like"], "needs a network"),
        (["net.pt", "loihi_lik"], "loihi_lik: neither .*did you mean loihi_like"),
        (["gone.pt", "loihi_like"], "gone.pt: neither"),
        (["net.pt", "./net.pt", "loihi_like"], "two networks called net"),
        (["net.pt", "loihi_like", "loihi_like"], "two architectures called loihi_like"),
    ],
)
def test_what_cannot_be_compared(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        tell_apart(words)
