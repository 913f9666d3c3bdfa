"""One small campaign, drawn by code, for tests of the compositor."""

import functools
from pathlib import Path

import pytest

from triptych.brand.kit import Brand
from triptych.brand.load import load_brand
from triptych.compose.sample import request_for
from triptych.contracts import ComposeRequest
from triptych.resources import templates


@functools.cache
def _request() -> ComposeRequest:
    return request_for("", load_brand(templates() / "brands" / "figuera"))


@pytest.fixture
def request_() -> ComposeRequest:
    return _request()


@pytest.fixture
def brand() -> Brand:
    return _request().brand


@pytest.fixture
def layout_file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"
