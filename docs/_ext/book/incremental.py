"""Makes a repeated build quick, and its site the same, byte for byte, as a new one.

Sphinx writes a page anew when its source changed. What a page shows of others, it does not
follow: titles in the contents beside it, labels, what the bibliography is cited by. Here a
digest of all that pages share is kept from the last build; when it is another one, all pages
are written anew, though not read. What is not in the book any more is deleted.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pygments
import sphinx
from jinja2 import FileSystemBytecodeCache

from .nodes import has_file_pages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


FEW_PAGES = 5


def keep_templates(app: Sphinx) -> None:
    """Keeps the theme's templates as compiled: to compile them takes longer than to fill one."""
    if app.builder.format != "html":
        return
    folder = Path(app.doctreedir, "templates")
    folder.mkdir(parents=True, exist_ok=True)
    builder: Any = app.builder
    builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def read_few_here(app: Sphinx, _env: BuildEnvironment, pages: list[str]) -> None:
    """Has few pages read in this process, which is quicker than to take over what others read.

    A process that reads sends back all that is known of the book.
    """
    if len(pages) <= FEW_PAGES:
        app.parallel, app.builder.book_parallel = 1, app.parallel  # type: ignore[attr-defined]


def write_in_parallel(app: Sphinx, _env: BuildEnvironment) -> None:
    """All pages may be written anew, though few were read."""
    app.parallel = getattr(app.builder, "book_parallel", app.parallel)


def state_path(app: Sphinx) -> Path:
    return Path(app.doctreedir) / f"{app.builder.name}.made_from.json"


def digest(*things: object) -> str:
    return hashlib.sha256(repr(things).encode()).hexdigest()[:32]


def shared(app: Sphinx, env: BuildEnvironment) -> str:
    """A digest of all that a page may show of another page, and of what all are made with."""
    titles = sorted((page, title.astext()) for page, title in env.titles.items())
    toctrees = sorted(env.toctree_includes.items())
    standard = env.domains.standard_domain
    targets = [sorted(standard.labels.items()), sorted(standard.anonlabels.items())]
    objects = [(name, sorted(domain.get_objects())) for name, domain in sorted(env.domains.items())]
    cited: object = []
    if "cite" in env.domains:
        cited = sorted(
            (ref.docname, ref.citation_ref_id, [target.key for target in ref.targets])
            for ref in env.domains["cite"].data["citation_refs"]
        )
    folders = (*app.config.html_static_path, *app.config.templates_path)
    paths = [path for folder in folders for path in sorted(Path(app.confdir, folder).rglob("*"))]
    paths += [Path(app.confdir, name) for name in getattr(app.config, "bibtex_bibfiles", ())]
    files = [(path.name, digest(path.read_bytes())) for path in paths if path.is_file()]
    tools = [(name, one.version) for name, one in sorted(app.extensions.items())]
    tools += [("sphinx", sphinx.__version__), ("pygments", pygments.__version__)]
    info = app.builder.build_info  # type: ignore[attr-defined]
    made_with = (app.extensions["book"].metadata["env_version"], info.config_hash, info.tags_hash)
    return digest(titles, toctrees, targets, objects, cited, files, tools, made_with)


def rewritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages that are written anew, though they need not be read anew."""
    if app.builder.format != "html":
        return []
    path = state_path(app)
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        state = {}
    # Until this build has ended, nobody knows what the site was made from.
    path.unlink(missing_ok=True)
    now = shared(app, env)
    same = state.get("shared") == now
    builder: Any = app.builder
    if not same:
        # Sphinx copies what is there, and leaves what was: a file may be gone.
        shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)
    builder.book_made_from = {"shared": now, "files": {}, "entries": {}}
    builder.book_before = state if same else {}
    return [] if same else sorted(env.found_docs)


def keep_state(app: Sphinx, error: Exception | None) -> None:
    made_from = getattr(app.builder, "book_made_from", None)
    if error is None and made_from is not None:
        state_path(app).write_text(json.dumps(made_from), encoding="utf-8")


def is_made(app: Sphinx, pagename: str, *made_from: object) -> bool:
    """Whether the last build made this page of a file from the same."""
    builder: Any = app.builder
    now = digest(*made_from)
    builder.book_made_from["files"][pagename] = now
    before = builder.book_before.get("files", {}).get(pagename)
    path: Path = builder.get_output_path(pagename)
    return bool(before == now) and path.is_file()


def complete_index(app: Sphinx) -> list[Any]:
    """Makes the search index that of a new build; Sphinx saves it in the step after this.

    Sphinx loads the last one, but not the entries of its glossaries, and keeps words that no
    page has any more.
    """
    builder: Any = app.builder
    indexer = getattr(builder, "indexer", None)
    if indexer is None:
        return []
    for words in (indexer._mapping, indexer._title_mapping):
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    before = {
        page: [tuple(entry) for entry in entries]
        for page, entries in builder.book_before.get("entries", {}).items()
        if page in indexer._titles
    }
    indexer._index_entries = dict(sorted((before | indexer._index_entries).items()))
    builder.book_made_from["entries"] = indexer._index_entries
    return []


def delete_stale(app: Sphinx, error: Exception | None) -> None:
    """Deletes the pages that this build would not make."""
    if error is not None or not has_file_pages(app.builder):
        return
    builder: Any = app.builder
    pages: Iterable[str] = (
        *app.env.found_docs,
        *builder.book_made_from["files"],
        *app.config.html_additional_pages,
        *(index[0] for index in builder.domain_indices),
        "genindex",
        "search",
    )
    wanted = {builder.get_output_path(page) for page in pages}
    out = Path(app.outdir)
    for path in sorted(out.rglob(f"*{builder.out_suffix}"), reverse=True):
        if path.relative_to(out).parts[0].startswith("_") or path in wanted:
            continue
        path.unlink()
        for folder in path.parents:
            if folder == out or any(folder.iterdir()):
                break
            folder.rmdir()


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", keep_templates)
    app.connect("env-before-read-docs", read_few_here)
    app.connect("env-updated", write_in_parallel)
    app.connect("env-updated", rewritten)
    app.connect("html-collect-pages", complete_index)
    app.connect("build-finished", delete_stale)
    app.connect("build-finished", keep_state)
