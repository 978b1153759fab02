from __future__ import annotations

import pytest

from hwsim.compare.comparison import Comparison
from tests.compare.made import comparison


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Two toy networks, with an ANN, on the toy chip and on one that nothing fits."""
    return comparison(tmp_path_factory.mktemp("comparison"))
