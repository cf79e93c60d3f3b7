"""The counterpart of etl.cpp."""

import argparse
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
import soundfile

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker

RATE = 44_100


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    options = etl_options()
    directory = Path(options.directory)
    directory.mkdir(parents=True, exist_ok=True)
    sounds = [directory / f"example-{number:02}.wav" for number in range(1, options.files + 1)]
    for path in sounds:
        make_if_missing(path, options.minutes)

    start = time.perf_counter()
    failed = 0
    total = 0
    try:
        with mapping(options) as apply:
            for path, failure, taken, size in apply(
                partial(transform_sound, options.seed), enumerate(sounds, 1)
            ):
                if failure:
                    sys.stderr.write(f"etl: {path.name}: {failure}\n")
                    failed = 1
                else:
                    rate = size / 1e6 / taken
                    print_line(f"{path.name} completed in {taken:.4f} s: {rate:.0f} MB/s")
                    total += size
    finally:
        for path in sounds:
            part_of(path).unlink(missing_ok=True)
    taken = time.perf_counter() - start
    print_line(f"etl took {taken:.4f} s in all: {total / 1e6 / taken:.0f} MB/s")
    return failed


def etl_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    style = parser.add_mutually_exclusive_group()
    style.add_argument(
        "--serial", action="store_true", help="Transform one sound after the other (the default)"
    )
    style.add_argument("--threads", type=int, help="Number of threads to share the sounds among")
    style.add_argument(
        "--processes", type=int, help="Number of processes to share the sounds among"
    )
    parser.add_argument("--files", type=int, default=24, help="Number of sounds")
    parser.add_argument(
        "--minutes", type=float, default=4, help="Minutes that a sound lasts that is made"
    )
    parser.add_argument(
        "--directory", default="sounds", help="Directory of the sounds; missing sounds are made"
    )
    parser.add_argument("--seed", type=int, default=1, help="Seed of the noise")
    return parser.parse_args()


@contextmanager
def mapping(options: argparse.Namespace) -> Iterator:
    """What applies a function to all: in this thread, in several, or in processes."""
    if options.threads:
        with ThreadPool(options.threads) as pool:
            yield pool.imap_unordered
    elif options.processes:
        with multiprocessing.Pool(options.processes, initializer=start_worker) as pool:
            yield pool.imap
    else:
        yield map


def start_worker() -> None:
    name_worker()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is left to the main process


def make_if_missing(path: Path, minutes: float) -> None:
    if not path.exists():
        time_axis = np.arange(max(1, round(minutes * 60 * RATE))) / RATE
        samples = 0.0 * np.sin(2 * np.pi * 440 * time_axis)
        soundfile.write(path, samples, RATE, subtype="FLOAT")


def part_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}-transformed.wav.part")


def transform_sound(seed: int, task: tuple[int, Path]) -> tuple[Path, str, float, int]:
    """Read a sound, add noise, clip it and write it; return what became of it."""
    number, path = task
    start = time.perf_counter()
    try:
        samples, rate = soundfile.read(path, dtype="float32")
        # A generator for each sound: what the workers inherit is the same for all.
        samples += np.random.default_rng([seed, number]).normal(scale=0.1, size=len(samples))
        np.clip(samples, -1.0, 1.0, out=samples)
        output = path.with_name(f"{path.stem}-transformed.wav")
        soundfile.write(part_of(path), samples, rate, subtype="FLOAT", format="WAV")
        os.replace(part_of(path), output)
    except Exception as error:
        return path, str(error), 0, 0
    size = path.stat().st_size + output.stat().st_size
    return path, "", time.perf_counter() - start, size


if __name__ == "__main__":
    sys.exit(main())
