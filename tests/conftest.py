"""What the tests in Python share."""

import os
from pathlib import Path

import pytest
from built import Built


@pytest.fixture(scope="session")
def built() -> Built:
    try:
        return Built(os.environ["BOOK_RECORDER"], Path(os.environ["BOOK_PROGRAMS"]))
    except KeyError as variable:
        pytest.fail(f"run this by ctest, which sets {variable}")
