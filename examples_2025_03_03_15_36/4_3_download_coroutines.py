"""The counterpart of 4_3_download_coroutines.cpp."""

import asyncio
import sys
import time

from examples_2025_03_03_15_36.download_directory import (
    compare,
    directory_option,
    download_directory,
    save,
)
from examples_2025_03_03_15_36.file_server import file_server
from examples_2025_03_03_15_36.http_get import async_http_get
from examples_2025_03_03_15_36.photos import make_photos
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    given = directory_option()
    start = time.perf_counter()

    photos = make_photos(10)
    with file_server(photos, 0.3) as url, download_directory(given) as directory:

        async def download(name: str) -> None:
            content = await async_http_get(f"{url}/{name}")
            save(directory / name, content)
            print_line(f"{name}: {len(content)} bytes saved")

        async with asyncio.TaskGroup() as downloads:
            for name in photos:
                downloads.create_task(download(name))

        compare(directory, photos)
        print_line(f"{len(photos)} files are the same, byte for byte")
        report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
