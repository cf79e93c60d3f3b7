"""The small book, for each test a new one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_book import Book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.fixture
def start(book: Book) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the driver; ends what is left of it."""
    started = []

    def begin(
        *before: str, command: list[str] | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        book.log.unlink(missing_ok=True)
        one = subprocess.Popen(
            command or [*before, *book.command()],
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.STDOUT,
                "text": True,
                "start_new_session": True,
            }
            | options,
        )
        started.append(one)
        return one

    yield begin
    for one in started:
        if one.poll() is None:
            os.killpg(one.pid, 9)
        one.communicate()
