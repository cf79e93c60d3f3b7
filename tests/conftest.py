"""What the tests in Python share."""

import pytest
from built import Built, build_folder, the_book


@pytest.fixture(scope="session")
def built() -> Built:
    return Built(the_book().recorder, build_folder())
