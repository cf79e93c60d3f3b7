"""Lets a program import what the folders above this one introduce."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
for _folder in (
    "examples_2025_03_03_15_36",
    "examples_2017_09_09_12_16",
    "examples_2025_03_03_16_52",
    "examples_2017_09_09_12_15",
):
    sys.path.append(str(_ROOT / _folder))
