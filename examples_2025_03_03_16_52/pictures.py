"""What the closing programs do with a picture: blur it and shrink it."""

import io
import math
import os
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from examples_2025_03_03_15_36.print_line import print_line


def waves(length: int, number: int, channel: int) -> bytes:
    """A slow wave over the whole length and a fast one on top, between 0 and 127."""
    return bytes(
        int(
            63.5
            * (
                1
                + 0.6 * math.sin(2 * math.pi * (channel + 1) * i / length + number)
                + 0.4 * math.sin(i / (1.0 + number))
            )
        )
        for i in range(length)
    )


def make_picture(number: int) -> bytes:
    """Make a JPEG file of the size of a photograph, the same in every run."""
    size = width, height = 3000, 2000
    channels = []
    for channel in range(3):
        across = Image.frombytes("L", (width, 1), waves(width, number, channel))
        down = Image.frombytes("L", (1, height), waves(height, number, channel))
        channels.append(ImageChops.add(across.resize(size), down.resize(size)))
    file = io.BytesIO()
    Image.merge("RGB", channels).save(file, "JPEG")
    return file.getvalue()


def blurred_thumbnail(path: Path) -> bytes:
    """Blur a picture and shrink it; its proportions are kept."""
    file = io.BytesIO()
    with Image.open(path, formats=["JPEG"]) as picture:
        blurred = picture.convert("RGB").filter(ImageFilter.GaussianBlur(15))
    blurred.thumbnail((1200, 1200))
    blurred.save(file, "JPEG")
    return file.getvalue()


def write_file(path: Path, content: bytes) -> None:
    """Write a file under another name first, and rename it when it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def process_picture(path: Path) -> str:
    """Write a picture's thumbnail; return what went wrong, if anything did."""
    try:
        write_file(path.parent / "processed" / path.name, blurred_thumbnail(path))
    except Exception as error:
        return f"{path.name}: {error}"
    print_line(f"{path.name} was processed")
    return ""
