"""All verdicts at the end of the build: in what it prints, and in verdicts.json.

With `book_require_all` (BOOK_REQUIRE_ALL in CMake), a claim that does not hold or was not
checked is an error, and so is a figure that was not measured.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain import ClaimOnPage, domain_of
from ..figures import capital
from ..measurement import readable
from ..recorded_figure import RecordedFigure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def summary(claims: Sequence[ClaimOnPage]) -> str:
    found = Counter(claim.verdict for claim in claims)
    unchecked = found["not given"] + found["not measured"]
    if len(claims) == found["holds"]:
        return f"all {len(claims)} claims hold on this machine" if claims else "there are no claims"
    parts = [f"of {len(claims)} claims, {found['holds']} hold on this machine"]
    if found["fails"]:
        parts.append(f"{found['fails']} do{'es' if found['fails'] == 1 else ''} not")
    if unchecked:
        parts.append(f"{unchecked} {'was' if unchecked == 1 else 'were'} not checked")
    return ", ".join(parts)


def not_measured(recordings: Path) -> Iterator[tuple[str, str, str]]:
    """The file, the name and the reason of each figure that this machine lacks."""
    for measurement in readable(sorted(recordings.glob("*.json"))):
        file = measurement.path.stem
        for name, taken in measurement.figures.items():
            if not taken.measured:
                yield file, name, taken.reason
        for name, rows in measurement.tables.items():
            for one in rows:
                labels = ", ".join(
                    str(cell) for cell in one.values() if not isinstance(cell, RecordedFigure)
                )
                for field, cell in one.items():
                    if isinstance(cell, RecordedFigure) and not cell.measured:
                        yield file, f"{name}[{labels}] {field}", cell.reason


def recordings_of(env: BuildEnvironment) -> Path:
    return Path(env.srcdir, env.config.book_recordings).resolve()


def require_all(_app: Sphinx, env: BuildEnvironment) -> None:
    """Makes errors of what is otherwise said on the pages."""
    write_verdicts(env)
    domain = domain_of(env)
    if env.config.book_require_all in (False, "", "0") or domain.data["problems"]:
        return
    missing = [
        f"{file} {name}: not measured: {why}"
        for file, name, why in not_measured(recordings_of(env))
    ]
    wrong = [
        f"{claim.where}: {claim.words}: {claim.note}"
        for claim in domain.claims
        if claim.verdict != "holds"
    ]
    domain.refuse([*missing, *wrong])


def write_verdicts(env: BuildEnvironment) -> None:
    domain = domain_of(env)
    missing = not_measured(recordings_of(env))
    verdicts = {
        "claims": [
            {
                "page": claim.docname,
                "where": claim.where,
                "claim": claim.words,
                "relation": claim.written,
                "verdict": claim.verdict,
                "note": claim.note,
                "figures": claim.figures,
            }
            for claim in domain.claims
        ],
        "not_measured": [
            {"file": file, "figure": name, "reason": why} for file, name, why in missing
        ],
    }
    path = recordings_of(env).parent / "verdicts.json"
    path.write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def last_lines(app: Sphinx, error: Exception | None) -> None:
    """Ends what the build prints with what this machine could not show."""
    if error is not None:
        return
    lines = []
    by_reason: dict[tuple[str, str], list[str]] = {}
    for file, name, why in not_measured(recordings_of(app.env)):
        by_reason.setdefault((file, why), []).append(name)
    if by_reason:
        lines.append(f"Not measured on this machine: {sum(map(len, by_reason.values()))}")
        for (file, why), figures in by_reason.items():
            lines.append(f"  {file}: {why}")
            lines.append(f"      {', '.join(figures)}")
    claims = domain_of(app.env).claims
    for claim in claims:
        if claim.verdict != "holds":
            lines.append(f"{claim.where}: {claim.words}")
            lines.append(f"      {claim.note}")
    lines.append(f"{capital(summary(claims))}.")
    if app.builder.format == "html":
        lines.append(f"The book is ready: {app.outdir}/index.html")
    # Sphinx prints it last, and formats it with %.
    builder: Any = app.builder
    builder.epilog = "\n".join(lines).replace("%", "%%")


def setup(app: Sphinx) -> None:
    app.add_config_value("book_require_all", False, "", types=[bool, str])
    app.connect("env-updated", require_all, priority=900)
    app.connect("build-finished", last_lines)
