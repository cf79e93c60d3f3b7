"""The book's site. The build passes its directories in the environment."""

import json
import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS / "_ext"))

project = "Concurrent programming in C++, measured"
author = "The authors"
copyright = "2026, the authors"
language = "en"

extensions = [
    "book",
    "book.bibliography",
    "breathe",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_ext", "_templates", "requirements.*"]
templates_path = ["_templates"]
nitpicky = True

# Where the programs are, and what the build made of them.
_build = Path(os.environ.get("BOOK_BUILD", DOCS.parent / "build" / "book"))
_programs = _build / "programs.json"
version = release = json.loads(_programs.read_text())["version"] if _programs.is_file() else "0"
book_root = os.environ.get("BOOK_ROOT", str(DOCS.parent))
book_programs = str(_programs)
book_recordings = os.environ.get("BOOK_RECORDINGS", str(_build / "recordings"))

breathe_projects = {"book": os.environ.get("BOOK_DOXYGEN_XML", str(_build / "doxygen" / "xml"))}
breathe_default_project = "book"
breathe_default_members = ("members",)
breathe_domain_by_extension = {"hpp": "cpp"}
# The names of the standard library and of other libraries have no pages here, nor has a namespace
# of the book's; and Doxygen's labels of files are never written.
nitpick_ignore_regex = [
    ("cpp:identifier", r"(std|boost|asio|CLI|fmt|tbb|pybind11)(::.*)?"),
    ("cpp:identifier", r"book|program(::proc)?"),
    ("cpp:.*", r"(::)?(u?int\d+_t|s?size_t|pid_t|mode_t|iovec)"),
    ("ref", r".*_8hpp.*"),
]

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "named"

highlight_language = "none"
pygments_style = "xcode"
pygments_dark_style = "github-dark"
copybutton_selector = "div.highlight-cpp pre, div.highlight-python pre, div.highlight-console pre"
copybutton_prompt_text = "$ "

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_copy_source = False
# Summaries are fetched page by page, which a browser refuses to a site on disk.
html_show_search_summary = False
html_show_copyright = False
html_show_sphinx = False
html_permalinks_icon = "#"

# The first ten colours are the lanes'. Each has a contrast of at least 4.5 to its
# background, so that it may carry text.
light = {
    "font-stack": "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
    "font-stack--monospace": "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
    "color-background-primary": "#ffffff",
    "color-background-secondary": "#f6f8fa",
    "color-background-border": "#dfe4ea",
    "color-background-hover": "#eef1f5",
    "color-foreground-primary": "#1d2430",
    "color-foreground-secondary": "#4a5563",
    "color-foreground-muted": "#5b6675",
    "color-foreground-border": "#8a94a1",
    "color-brand-primary": "#0b5cad",
    "color-brand-content": "#0b5cad",
    "color-brand-visited": "#5b3fa0",
    "color-code-background": "#f6f8fa",
    "color-inline-code-background": "#f0f3f6",
    "color-table-border": "#dfe4ea",
    "color-api-name": "#0b5cad",
    "color-api-pre-name": "#4a5563",
    "lane-1": "#0b6bcb",
    "lane-2": "#b4540a",
    "lane-3": "#1a7f37",
    "lane-4": "#8250df",
    "lane-5": "#bf3989",
    "lane-6": "#00747f",
    "lane-7": "#c0262d",
    "lane-8": "#756300",
    "lane-9": "#4a5fc1",
    "lane-10": "#8a5340",
    "lane-none": "#57606a",
}
dark = {
    "color-background-primary": "#11151b",
    "color-background-secondary": "#181e26",
    "color-background-border": "#2b333d",
    "color-background-hover": "#1f2731",
    "color-foreground-primary": "#e6eaf0",
    "color-foreground-secondary": "#b3bdca",
    "color-foreground-muted": "#9aa6b5",
    "color-foreground-border": "#66717f",
    "color-brand-primary": "#6cb6ff",
    "color-brand-content": "#6cb6ff",
    "color-brand-visited": "#c09bf5",
    "color-code-background": "#181e26",
    "color-inline-code-background": "#1f2731",
    "color-table-border": "#2b333d",
    "color-api-name": "#6cb6ff",
    "color-api-pre-name": "#b3bdca",
    "lane-1": "#6cb6ff",
    "lane-2": "#f0a35e",
    "lane-3": "#57c26b",
    "lane-4": "#c09bf5",
    "lane-5": "#f08ac0",
    "lane-6": "#4fc7d1",
    "lane-7": "#ff8a80",
    "lane-8": "#d6c24a",
    "lane-9": "#9aa8ff",
    "lane-10": "#d3a18c",
    "lane-none": "#9aa6b5",
}
html_theme_options = {
    "light_css_variables": light,
    "dark_css_variables": dark,
    "top_of_page_buttons": [],
}
