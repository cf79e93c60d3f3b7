"""The directives that put programs, runs and costs on pages."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, switch_source_input
from sphinx.util.parsing import nested_parse_to_nodes

from . import chart, explorer
from .errors import BookError
from .figures import Figure, figure, seconds, size, unit_of
from .measurement import Row, Taken, in_words, readable
from .nodes import drawn, file_link, folded, tab_set, table
from .program import Block, first_sentence
from .recording import NAMES, Language, Recording, Transcript
from .shelf import Shelf
from .transcript import orders_sentence, run_html, run_text
from .verdicts import BUSY_SHARE, percent, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sphinx.application import Sphinx

MACHINE_PAGE = ":doc:`the machine's page </how_this_book_checks_itself>`"


class BookDirective(SphinxDirective):
    """Takes a program's key, or none on the program's own page."""

    optional_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        self.shelf = Shelf(self.env)
        try:
            return self.make(self.shelf.key(self.arguments[0] if self.arguments else ""))
        except BookError as error:
            self.shelf.domain.report(self.env.docname, error, self.get_location())
            return []

    def make(self, key: str) -> list[nodes.Node]:
        raise NotImplementedError

    def parse(self, block: Block, path: Path) -> list[nodes.Node]:
        """A paragraph of a docstring; what is wrong in it is reported at its own line."""
        items = [(str(path), block.line + number - 1) for number in range(len(block.lines))]
        return self.parsed(StringList([line.strip() for line in block.lines], items=items))

    def parse_text(self, text: str, *classes: str) -> list[nodes.Node]:
        source = [(self.env.docname, self.lineno - 1)]
        made = self.parsed(StringList([text], items=source))
        for node in made:
            if isinstance(node, nodes.paragraph):
                node["classes"] += classes
        return made

    def parsed(self, lines: StringList) -> list[nodes.Node]:
        with switch_source_input(self.state, lines):
            return nested_parse_to_nodes(self.state, lines)


class Listing(BookDirective):
    """What a program is about, and its code in both languages."""

    option_spec = {  # noqa: RUF012 (docutils reads it as it is)
        "compiler-options": directives.unchanged_required,
    }

    def make(self, key: str) -> list[nodes.Node]:
        program = self.shelf.program(key)
        if not self.arguments:
            self.shelf.domain.data["titles"][self.env.docname] = program.title
        self.shelf.show_program(program)

        made: list[nodes.Node] = []
        for block in program.paragraphs:
            made += self.parse(block, program.path)
        lead = next((node for node in made if isinstance(node, nodes.paragraph)), None)
        if lead is not None:
            lead["classes"].append("book-lead")
        if program.origin is not None:
            for node in self.parse(program.origin, program.path):
                if isinstance(node, nodes.Element):
                    node["classes"].append("book-note")
                made.append(node)

        tabs: list[tuple[str, str | None, Sequence[nodes.Node]]] = [
            ("C++", "cpp", self.cpp_tab(key, program.code, program.path))
        ]
        if "py" in self.shelf.languages(key):
            counterpart = self.shelf.counterpart(key)
            self.shelf.show_counterpart(counterpart)
            tabs.append(("Python", "py", self.python_tab(key, counterpart.code, counterpart.path)))
        made.append(tab_set(tabs))
        return made

    def cpp_tab(self, key: str, code: str, path: Path) -> list[nodes.Node]:
        arguments = self.arguments_of(key, "cpp")
        command = shlex.join(("build/book/" + key, *arguments))
        links: list[nodes.Node] = [self.whole_file(path)]
        made: list[nodes.Node] = [code_block(code, "cpp")]
        try:
            options = self.options.get("compiler-options", "")
            url = explorer.link(self.shelf.root, path, arguments, options)
            links.append(nodes.reference("", "Open in Compiler Explorer", refuri=url))
        except explorer.NoLink as reason:
            made.append(nodes.comment("", str(reason)))
        return [*made, self.links(links, command)]

    def python_tab(self, key: str, code: str, path: Path) -> list[nodes.Node]:
        arguments = self.arguments_of(key, "py")
        command = shlex.join(("python3", self.shelf.relative(path), *arguments))
        return [code_block(code, "python"), self.links([self.whole_file(path)], command)]

    def arguments_of(self, key: str, language: Language) -> tuple[str, ...]:
        """Those of the first transcript: a reader gets the run that the page shows."""
        return self.shelf.recording(key, language).transcript(1).arguments

    def whole_file(self, path: Path) -> nodes.Node:
        return file_link("", "Whole file", path=self.shelf.relative(path), docname=self.env.docname)

    def links(self, links: list[nodes.Node], command: str) -> nodes.paragraph:
        paragraph = nodes.paragraph(classes=["book-note"])
        for link in links:
            paragraph += [link, nodes.Text(" · ")]
        paragraph += nodes.literal("", command)
        return paragraph


def code_block(code: str, language: str) -> nodes.literal_block:
    return nodes.literal_block(code, code, language=language)


class RecordedRun(BookDirective):
    """The run that was recorded: timeline, replay, lines; and what was demanded of it."""

    option_spec = {  # noqa: RUF012 (docutils reads it as it is)
        "transcript": directives.positive_int,
    }

    def make(self, key: str) -> list[nodes.Node]:
        languages = self.shelf.languages(key)
        recordings = [self.shelf.recording(key, language) for language in languages]
        tabs: list[tuple[str, str | None, Sequence[nodes.Node]]] = [
            (NAMES[recording.language], recording.language, self.tab(recording))
            for recording in recordings
        ]
        tabs.append(("Specification", None, self.specification(recordings[0])))
        return [tab_set(tabs)]

    def wanted(self, recording: Recording) -> Sequence[Transcript]:
        number = self.options.get("transcript")
        return recording.transcripts if number is None else [recording.transcript(number)]

    def tab(self, recording: Recording) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        wanted = self.wanted(recording)
        for transcript in wanted:
            if len(wanted) > 1:
                made.append(command_paragraph(transcript))
            identity = f"run-{self.env.new_serialno('book')}"
            html = run_html(transcript, identity, NAMES[recording.language])
            plain = run_text(transcript)
            made.append(drawn("", nodes.literal_block(plain, plain, language="none"), html=html))
            made += self.parse_text(orders_sentence(transcript), "book-note")
        return made

    def specification(self, recording: Recording) -> list[nodes.Node]:
        made: list[nodes.Node] = []
        for transcript in self.wanted(recording):
            text = "\n".join(transcript.written)
            made.append(nodes.literal_block(text, text, language="none", classes=["book-spec"]))
        made += self.parse_text(
            "The margin names each line's lanes; a line without a margin stands in all of them. "
            "A number after ``~`` is measured, and may not be smaller. "
            ":doc:`/how_this_book_checks_itself`",
            "book-note",
        )
        return made


def command_paragraph(transcript: Transcript) -> nodes.paragraph:
    return nodes.paragraph(
        "", "", nodes.literal("", f"$ {transcript.command_line}"), classes=["book-command"]
    )


class Cost(BookDirective):
    """What one run of each language's program cost."""

    def make(self, key: str) -> list[nodes.Node]:
        recordings = [self.shelf.recording(key, name) for name in self.shelf.languages(key)]
        header = ["Measured", *("CPython" if one.language == "py" else "C++" for one in recordings)]
        made: list[nodes.Node] = []
        count = len(recordings[0].transcripts)
        for number in range(1, count + 1):
            runs = [(recording, recording.transcript(number)) for recording in recordings]
            if count > 1:
                made.append(command_paragraph(runs[0][1]))
            made.append(table(header, list(self.rows(runs)), numbers=range(1, len(header))))
        made += self.parse_text(
            f"One run of each, measured by this build; processor, compiler and flags are on "
            f"{MACHINE_PAGE}.",
            "book-note",
        )
        return made

    def rows(self, runs: Sequence[tuple[Recording, Transcript]]) -> list[list[str]]:
        wanted = {"wall": "wall time", "overshoot": "time beyond the sleeps"}
        processes = max(len({thread.pid for thread in one.run.threads}) for _, one in runs)
        memory = "peak memory" if processes <= 1 else "peak memory of its largest process"
        wanted |= {"cpu": "CPU time", "memory": memory}
        if all(transcript.run.sleeps is None for _, transcript in runs):
            del wanted["overshoot"]
        return [
            [words, *(str(figure(recording, one, name)) for recording, one in runs)]
            for name, words in wanted.items()
        ]


class ProgramIndex(BookDirective):
    """The programs of a folder, in order, with what they show and their wall times."""

    def make(self, key: str) -> list[nodes.Node]:
        folder = key if self.arguments else key.rpartition("/")[0]
        # A page that is added to the folder is added here.
        self.shelf.glob(Path(self.env.srcdir, folder), "**/*.rst")
        pages = [
            docname
            for docname in self.env.found_docs
            if docname.startswith(f"{folder}/") and not docname.endswith("/index")
        ]
        self.check_every_program_has_a_page(folder, set(pages))
        if not pages:
            raise BookError(f"{folder} has no page of a program")
        rows = [self.row(docname) for docname in self.in_reading_order(folder, pages)]
        header = ["Program", "What it shows", "C++", "Python"]
        return [table(header, rows, classes=["book-index"], numbers=(2, 3))]

    def in_reading_order(self, folder: str, pages: list[str]) -> list[str]:
        """As the page's own table of contents lists them; what it lacks comes last."""
        source = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        listed = [f"{folder}/{line.strip()}" for line in source.splitlines()]
        place = {page: listed.index(page) for page in pages if page in listed}
        return sorted(pages, key=lambda page: (place.get(page, len(listed)), natural(page)))

    def check_every_program_has_a_page(self, folder: str, pages: set[str]) -> None:
        for path in self.shelf.glob(self.shelf.root / folder, "**/*.cpp"):
            key = path.relative_to(self.shelf.root).with_suffix("").as_posix()
            transcript = re.search(r"^    \$ ", path.read_text(encoding="utf-8"), re.MULTILINE)
            if transcript and key not in pages:
                raise BookError(f"the program {path} has no page: write docs/{key}.rst")

    def row(self, key: str) -> list[str | Sequence[nodes.Node]]:
        program = self.shelf.program(key)
        link = addnodes.pending_xref(
            "",
            nodes.inline("", program.title),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{key}",
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        shows, _ = self.parse_inline(first_sentence(program.lead.text), lineno=self.lineno)
        languages = self.shelf.languages(key)
        times = [
            self.time(self.shelf.recording(key, language)) if language in languages else "–"
            for language in NAMES
        ]
        return [[link], shows, *times]

    def time(self, recording: Recording) -> str:
        return seconds(recording.transcript(1).run.wall)


def natural(docname: str) -> list[tuple[int, str]]:
    """Orders 3_10 after 3_9."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", docname)
    ]


class Machine(BookDirective):
    """The machine that made the recordings."""

    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        data = self.shelf.json("machine.json", "the description of the machine")
        try:
            libraries = ", ".join(f"{one['name']} {one['version']}" for one in data["libraries"])
            rows: list[list[str | Sequence[nodes.Node]]] = [
                ["Processor", data["processor"]],
                ["Cores", cores(data)],
                ["Memory", size(data["memory_bytes"])],
                ["System", data["system"]],
                ["Kernel", data["kernel"]],
                ["Compiler", data["compiler"]],
                ["Flags", [nodes.literal("", data["flags"].strip())]],
                ["Libraries", libraries],
                ["Python", data["python"]],
                ["Commit", commit(data)],
                ["Date", data["date"]],
            ]
        except (KeyError, TypeError) as error:
            raise lacks("machine.json", error) from None
        return [table([], [*rows, *self.measuring()], classes=["book-facts"])]

    def measuring(self) -> list[list[str | Sequence[nodes.Node]]]:
        """How the measurements were made, and what else the machine did meanwhile."""
        paths = self.shelf.glob(self.shelf.recordings, "*.json")
        for path in paths:
            self.shelf.note(path)
        measurements = list(readable(paths))
        forms = sorted({one.form for one in measurements} - {""})
        if not forms:
            return []
        busy = [
            f"{percent(one.busy_share)} of the cores during {one.path.stem}"
            for one in measurements
            if one.busy_share is not None and one.busy_share >= BUSY_SHARE
        ]
        took = ", ".join(busy) or f"less than {percent(BUSY_SHARE)} of the cores"
        return [
            ["Measurements", "; ".join(FORM_WORDS[form] for form in forms)],
            ["Other programs", f"took {took} while the book measured"],
        ]


FORM_WORDS = {
    "trial": "in the trial form, for tests: what it measures says nothing",
    "short": "in the short form: a few rounds of each, so that the book is built soon; "
    "small differences may be chance",
    "long": "in the long form, which the publishing build takes",
}


def cores(data: Mapping[str, Any]) -> str:
    """How many this build may use, and of how many."""
    text = str(data["cores"])
    online, quota = data["cores_online"], data["cpu_quota"]
    if online != data["cores"]:
        text += f" that this build may use, of {online}"
    if quota is not None:
        text += f"; a CPU quota gives it the time of {quota:.3g}"
    if data["cores_are_threads"]:
        text += "; some are two threads of one core"
    if data["virtual_machine"]:
        text += "; in a virtual machine"
    return text


def commit(data: Mapping[str, Any]) -> str | list[nodes.Node]:
    if data["commit"] is None:
        return f"not known: {data['commit_note']}"
    modified = ", with changes not committed" if data["commit_modified"] else ""
    return [nodes.literal("", data["commit"]), nodes.Text(modified)]


class RecordedText(BookDirective):
    """A text that the build made beside the recordings, given by its name."""

    required_arguments = 1
    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        text = self.shelf.text(self.arguments[0])
        return [nodes.literal_block(text, text, language="none")]


class Chart(BookDirective):
    """Measured rows as a picture, and in a table under it.

    .. chart:: map_or_not            the file beside the recordings, without its ending
       :rows: chunk_sizes            the list in it
       :x: chunk_size                lines over a number; without it, bars,
       :name: style                  with the field that names each bar, or each line
       :y: wall_seconds              what is drawn; the name ends with its unit
       :log: x y                     the axes that are logarithmic
       :title: Time by chunk size

    A field's label is its name in words; `:x-label:` and `:y-label:` give another.
    """

    required_arguments = 1
    optional_arguments = 0
    option_spec = {  # noqa: RUF012 (docutils reads it as it is)
        "rows": directives.unchanged_required,
        "x": directives.unchanged_required,
        "y": directives.unchanged_required,
        "name": directives.unchanged_required,
        "log": directives.unchanged_required,
        "title": directives.unchanged_required,
        "x-label": directives.unchanged_required,
        "y-label": directives.unchanged_required,
    }

    def make(self, key: str) -> list[nodes.Node]:
        for wanted in ("rows", "y", "title", *(() if "x" in self.options else ("name",))):
            if wanted not in self.options:
                raise BookError(f"a chart needs :{wanted}:")
        rows = self.shelf.measurement(self.arguments[0]).rows(self.options["rows"])
        y, name, title = self.axis("y"), self.options.get("name"), self.options["title"]
        identity = f"chart-{self.env.new_serialno('book')}"
        x = self.axis("x") if "x" in self.options else None
        if x is not None:
            series = chart.read_series(rows, x, y, name)
            picture = chart.chart_svg(series, x, y, identity, title)
            picture = picture and picture + chart.legend(series)
            fields = [*([name] if name else []), x.field]
        else:
            series = chart.read_bars(rows, y, name)
            picture = chart.bars_svg(series, y, identity, title)
            fields = [name]
        points = [point for one in series for point in one.points]
        notes = chart.not_drawn(series, x)
        if any(point.spread for point in points if point.drawn):
            notes.append("The whiskers span the middle half of the rounds.")
        made: list[nodes.Node] = [nodes.paragraph("", title, classes=["book-caption"])]
        if picture:
            made.append(drawn("", html=f'<div class="book-figure" tabindex="0">{picture}</div>'))
        if notes:
            made.append(nodes.paragraph("", " ".join(notes), classes=["book-note"]))
        made.append(folded("", self.numbers(rows, fields, y), title="The numbers"))
        return made

    def numbers(self, rows: Sequence[Row], fields: list[str], y: chart.Axis) -> nodes.table:
        """What the picture shows, with how far each number spread."""
        taken = [chart.cell(row, y) for row in rows]
        spread = any(one.rounds for one in taken)
        header = [*map(in_words, fields), in_words(y.field)]
        if spread:
            header += ["middle half", "rounds"]
        cells = []
        for row, one in zip(rows, taken, strict=True):
            value = value_of(one) if one.measured else "not measured"  # the note says why
            line = [*(printed(row, field) for field in fields), value]
            if spread:
                line += [chart.spread_text(one), str(one.rounds or "")]
            cells.append(line)
        return table(header, cells, numbers=range(len(fields), len(header)))

    def axis(self, name: str) -> chart.Axis:
        field = self.options[name]
        label = self.options.get(f"{name}-label", in_words(field))
        return chart.Axis(field, label, name in self.options.get("log", "").split())


def printed(row: Row, field: str) -> str:
    value = chart.row_value(row, field)
    if isinstance(value, Taken):
        return value_of(value)
    if isinstance(value, str) or unit_of(field) == "count":
        return str(value)
    return str(Figure(value, unit_of(field)))


class RecorderCost(BookDirective):
    """What recording a program costs it, measured on a program that only writes lines."""

    optional_arguments = 0

    def make(self, key: str) -> list[nodes.Node]:
        costs = self.shelf.measurement("recorder")
        rows = []
        for words, name in (
            ("One line, not recorded", "line_cost_bare_seconds"),
            ("One line, recorded", "line_cost_seconds"),
            ("A thread's whole life, not recorded", "start_cost_bare_seconds"),
            ("A thread's whole life, recorded", "start_cost_seconds"),
            ("From the write to the recorder, median", "delay_median_seconds"),
            ("From the write to the recorder, at most", "delay_max_seconds"),
            ("Share of one core spent on sampling", "sampling_share"),
            ("Lines written for this", "lines"),
        ):
            taken = costs.figure(name)
            rows.append([words, value_of(taken), chart.spread_text(taken)])
        return [table(["Measured", "", "middle half"], rows, numbers=(1, 2))]


def lacks(name: str, error: Exception) -> BookError:
    return BookError(f"{name} lacks a figure: {error}")


def setup(app: Sphinx) -> None:
    made: dict[str, Any] = {
        "listing": Listing,
        "recorded-run": RecordedRun,
        "cost": Cost,
        "program-index": ProgramIndex,
        "machine": Machine,
        "recorded-text": RecordedText,
        "recorder-cost": RecorderCost,
        "chart": Chart,
    }
    for name, directive in made.items():
        app.add_directive(name, directive)
