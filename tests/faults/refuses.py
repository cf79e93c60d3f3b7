"""Run a command that must refuse what it is given: `refuses.py --says=TEXT... -- COMMAND...`.

Fails unless the command ends with exit status 1 or 2, says each of the texts on standard
error, and nothing on standard output.
"""

import argparse
import os
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--says", action="append", default=[])
parser.add_argument("command", nargs="+")
arguments = parser.parse_args()

# What is said in another language would be other text.
english = {**os.environ, "LC_ALL": "C"}
result = subprocess.run(
    arguments.command, capture_output=True, encoding="utf-8", errors="replace", env=english
)
print(result.stderr, end="")
missing = [text for text in arguments.says if text not in result.stderr]
for text in missing:
    print(f"\nIt did not say:\n{text}")
if result.returncode not in (1, 2):
    print(f"\nIt was not refused: exit status {result.returncode}")
if result.stdout:
    print(f"\nOn standard output:\n{result.stdout}")
sys.exit(bool(missing or result.stdout or result.returncode not in (1, 2)))
