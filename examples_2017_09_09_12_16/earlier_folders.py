"""Lets a program import what the folder above this one introduces."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "examples_2025_03_03_15_36"))
