"""What the chapter's programs share, for those of this folder."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import earlier_folders  # noqa: E402, F401
from print_line import print_line  # noqa: E402
from process import Process  # noqa: E402

__all__ = ["Process", "print_line"]
