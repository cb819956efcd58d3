"""What the tests of the packages share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import place as places


@pytest.fixture
def place(tmp_path):
    return places.Place(tmp_path)


@pytest.fixture
def env():
    with places.sandbox() as variables:
        yield variables
