"""The recorded run as HTML: its lines with their lanes, times and measured numbers."""

from __future__ import annotations

import re
from html import escape

from .colours import NEUTRAL, lane_class
from .figures import count, seconds
from .recording import Line, Run, Transcript
from .timeline import hatch_pattern, line_time, timeline_svg


def run_html(transcript: Transcript, identity: str, name: str) -> str:
    """Timeline, replay controls and console of one recorded run."""
    run = transcript.run
    title = f"Timeline of {transcript.command_line} in {name}"
    drawing = timeline_svg(run, transcript.lanes, identity, title)
    return "\n".join(
        (
            f'<div class="book-run" data-wall="{run.wall:.6f}">',
            f'<div class="book-figure" role="group" tabindex="0" aria-label="{escape(title)}">',
            drawing,
            "</div>",
            _legend(identity, waited="url(#" in drawing),
            _controls(run, name),
            _console(transcript, name),
            "</div>",
        )
    )


def _legend(identity: str, *, waited: bool) -> str:
    """What the marks of the timeline mean; it names only what this one shows."""
    hatch = f"{identity}-legend"
    keys = [
        ("asleep", '<rect class="asleep" y="2" width="22" height="10" rx="2"/>'),
        (
            "on a core",
            '<rect class="asleep" y="2" width="22" height="10" rx="2"/>'
            '<rect class="running" x="9" y="2" width="5" height="10"/>',
        ),
    ]
    if waited:
        keys.append(
            (
                "waiting for a core",
                hatch_pattern(hatch) + '<rect class="asleep" y="2" width="22" height="10" rx="2"/>'
                f'<rect fill="url(#{hatch})" y="2" width="22" height="10"/>',
            )
        )
    keys.append(("a line was written", '<circle class="mark" cx="11" cy="7" r="3.6"/>'))
    items = "".join(
        f'<li><svg class="book-key {NEUTRAL}" viewBox="0 0 22 14" aria-hidden="true">'
        f"{drawing}</svg>{words}</li>"
        for words, drawing in keys
    )
    return f'<ul class="book-legend">{items}</ul>'


def _controls(run: Run, name: str) -> str:
    """Hidden until the script that makes them work has run."""
    # A run too short for the eye can also be replayed slowed down.
    speeds = "1 0.01 0.001" if run.wall < 0.05 else "1 0.1" if run.wall < 0.5 else "1 4"
    return (
        f'<div class="book-controls" role="group" aria-label="Replay of the {name} run" hidden'
        f' data-speeds="{speeds}">'
        '<button type="button" class="book-play">Play</button>'
        '<button type="button" class="book-step">Step</button>'
        '<button type="button" class="book-speed">Speed 1×</button>'
        f'<input type="range" min="0" max="{run.wall:.6f}" step="any" value="{run.wall:.6f}"'
        ' aria-label="Time of the run">'
        f'<span class="book-now">{line_time(run.wall, run.wall)}</span>'
        f"<span>of {line_time(run.wall, run.wall)}</span></div>"
    )


def _console(transcript: Transcript, name: str) -> str:
    run = transcript.run
    lanes = transcript.lanes
    label = escape(f"What {transcript.command_line} wrote in {name}")
    narrow = " many" if len(lanes) > 10 else ""
    out = [f'<div class="book-console{narrow}" role="group" tabindex="0" aria-label="{label}">']
    # A line in a lane of its own stands in a column beside the others.
    alone = any(_stands_alone(line, lanes) for line in run.lines)
    if run.lines:
        out.append("<ol>")
        out.extend(_line(line, lanes, run.wall, alone=alone) for line in run.lines)
        out.append("</ol>")
    else:
        out.append('<p class="book-ending">It wrote nothing.</p>')
    if ending := ending_of(run):
        out.append(f'<p class="book-ending">{escape(ending)}</p>')
    out.append("</div>")
    return "\n".join(out)


def _line(line: Line, lanes: tuple[str, ...], wall: float, *, alone: bool) -> str:
    number, unit = line_time(line.time, wall).split(" ")
    stream = ' <span class="book-stream">stderr</span>' if line.stream == "stderr" else ""
    return (
        f'<li data-time="{line.time:.6f}">{_gutter(line, lanes, alone=alone)}'
        f'<span class="book-time">{number}<span class="book-unit"> {unit}</span></span>'
        f'<span class="book-text">{_text(line)}{stream}</span></li>'
    )


def _stands_alone(line: Line, lanes: tuple[str, ...]) -> bool:
    return bool(lanes) and line.lanes is not None and not set(line.lanes) & set(lanes)


def _gutter(line: Line, lanes: tuple[str, ...], *, alone: bool) -> str:
    if not lanes:
        return ""
    where = lanes if line.lanes is None else line.lanes
    own = _stands_alone(line, lanes)
    marks = [
        f'<i class="{lane_class(lane, lanes)}"></i>' if lane in where else "<i></i>"
        for lane in lanes
    ]
    if alone:
        marks.append('<i class="book-alone"></i>' if own else "<i></i>")
    if line.lanes is None:
        words = "in all lanes"
    elif own:
        words = "in a lane of its own"
    else:
        words = f"lane{'s' if len(where) > 1 else ''} {', '.join(where)}"
    return f'<span class="book-gutter" title="{escape(words)}">{"".join(marks)}</span>'


def _text(line: Line) -> str:
    out, at = [], 0
    for measured in sorted(line.measured, key=lambda item: item.begin):
        out.append(_visible(line.text[at : measured.begin]))
        out.append(
            '<span class="measured" title="measured; it may not be smaller than'
            f' {measured.at_least:g}">{_visible(line.text[measured.begin : measured.end])}</span>'
        )
        at = measured.end
    out.append(_visible(line.text[at:]))
    return "".join(out)


def _visible(text: str) -> str:
    """A control character that a program wrote is shown, not passed on to the page."""
    return escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text))


def ending_of(run: Run) -> str:
    """How the run ended, where it did not end well."""
    if run.timed_out:
        return "[ended at its time limit]"
    if run.signal:
        return f"[ended by signal {run.signal}]"
    if run.exit_status:
        return f"[exit status {run.exit_status}]"
    return ""


def run_text(transcript: Transcript) -> str:
    """The recorded run for builders that make no HTML."""
    run = transcript.run
    lines = [f"$ {transcript.command_line}"]
    lines += [f"{line.time:9.3f}  {line.text}" for line in run.lines]
    if ending := ending_of(run):
        lines.append(ending)
    return "\n".join(lines)


def orders_sentence(transcript: Transcript) -> str:
    """What the lanes mean and what the runs showed, as one line of reStructuredText."""
    runs = f"{count(transcript.runs)} run{'s' if transcript.runs != 1 else ''}"
    where = (
        f"({count(transcript.terminal_runs)} on a terminal, "
        f"{count(transcript.pipe_runs)} through a pipe)"
    )
    allowed, seen = transcript.orders_allowed, transcript.orders_seen
    parts = []
    if transcript.lanes:
        parts.append(
            "The coloured bars are lanes: lines that share a lane keep their order, and a line "
            "across all lanes waits for everything above it."
        )
    else:
        parts.append("The lines are in one lane: they keep their order.")
    texts = [line.text for line in transcript.run.lines]
    alike = ""
    if transcript.lanes and len(set(texts)) < len(texts):
        alike = ", where lines that read alike count as the same"
    if allowed == 1:
        parts.append(f"One order is allowed{alike}; all {runs} {where} kept it.")
    else:
        may = "too many orders to count" if allowed is None else f"{count(allowed)} orders"
        were = "was" if seen == 1 else "were"
        parts.append(
            f"The transcript allows {may}{alike}; {count(seen)} of them {were} seen in "
            f"{runs} {where}."
        )
    measured = sum(len(line.measured) for line in transcript.run.lines)
    if measured:
        parts.append(
            "The underlined number is measured."
            if measured == 1
            else "The underlined numbers are measured."
        )
    if not transcript.run.writers_known:
        parts.append(
            "Which thread wrote each line is not known here: "
            f"{transcript.run.writers_note or 'the kernel does not say'}."
        )
    parts.append(
        f"This run took {seconds(transcript.run.wall)}. :doc:`/how_this_book_checks_itself`"
    )
    return " ".join(parts)
