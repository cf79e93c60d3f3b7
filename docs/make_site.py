"""Makes the site, as sphinx-build would, and tells what it lacks in plain lines.

    python docs/make_site.py [--require-all] --doctrees FOLDER OUTPUT

sphinx-build ends an error of the book's own with a report for the developers of Sphinx.
BOOK_ROOT and BOOK_BUILD name the source tree and the build, as for sphinx-build.

Exit status: 0; 1 where the book is not complete or has a warning; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

DOCS = Path(__file__).parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Makes the site.")
    parser.add_argument("--require-all", action="store_true",
                        help="fail where a figure is missing or a claim does not hold")  # fmt: skip
    parser.add_argument("--doctrees", required=True, help="where Sphinx keeps what it has read")
    parser.add_argument("output", help="the site's folder")
    options = parser.parse_args(arguments)
    if not color_terminal():
        nocolor()
    settings = {"nitpicky": True}
    if options.require_all:
        settings["book_require_all"] = True
    try:
        with patch_docutils(DOCS), docutils_namespace():
            app = Sphinx(
                DOCS, DOCS, options.output, options.doctrees, "html",
                confoverrides=settings,
                warningiserror=True,
                parallel=len(os.sched_getaffinity(0)),
            )  # fmt: skip
            app.build()
            return app.statuscode
    except SphinxError as error:
        print(f"\n{error.category}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
