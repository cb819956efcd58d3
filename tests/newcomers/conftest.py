"""Seven people who meet this project for the first time. Each begins with an empty environment, installs what README and manuals say, word for word,
and types the first page of docs/start/ for it: an order is placed, and the answer to the next one is lost."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import place as places


@pytest.fixture
def place(tmp_path):
    return places.Place(tmp_path)
