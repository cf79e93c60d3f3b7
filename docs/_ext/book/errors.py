"""What can be wrong with a page: always said with the file and the way out."""

from __future__ import annotations

REBUILD = "cmake --workflow --preset book"
LIST_PROGRAMS = "cmake --build --preset book --target list_programs"


class BookError(Exception):
    """A page asks for something that its program or recording does not have."""


class MissingFile(BookError):
    """A source or a recording that a page needs does not exist."""

    def __init__(self, what: str, path: object) -> None:
        super().__init__(f"{what} is missing: {path}. To make it, run: {REBUILD}")


class MissingSource(BookError):
    """A page is about a program that nobody wrote."""

    def __init__(self, key: str, path: object) -> None:
        super().__init__(
            f"there is no program {key}: {path} is missing. Write it, or correct the key; "
            f"then run: {REBUILD}"
        )
