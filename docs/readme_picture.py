"""Draws the README's picture: the timeline of a recorded run, as a file of its own.

python docs/readme_picture.py RECORDING PICTURE
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
sys.path.insert(0, str(Path(__file__).parent))

import conf
from book.recording import read_recording
from book.timeline import timeline_svg


def main() -> None:
    recording, picture = map(Path, sys.argv[1:])
    folder, name = recording.parent.parent, recording.name.removesuffix(".cpp.json")
    transcript = read_recording(folder, f"{recording.parent.name}/{name}", "cpp").transcript(1)
    drawing = timeline_svg(
        transcript.run, transcript.lanes, "run", "A recorded run, thread by thread"
    )
    picture.write_text(
        drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(
            "</title>", f"</title>\n<style>\n{style()}</style>", 1
        )
        + "\n"
    )


def style() -> str:
    """The site's own rules and colours; a picture has no page to take them from."""
    sheet = (Path(__file__).parent / "_static" / "book.css").read_text()
    begin, end = sheet.index("/* The colours of lanes"), sheet.index("/* The replay. */")
    return (
        f"svg {{ {variables(conf.light)} background: var(--color-background-primary); }}\n"
        f"@media (prefers-color-scheme: dark) {{ svg {{ {variables(conf.dark)} }} }}\n"
        + sheet[begin:end]
    )


def variables(values: dict[str, str]) -> str:
    wanted = ("lane-", "color-foreground", "color-background", "font-stack")
    return " ".join(
        f"--{name}: {value};" for name, value in values.items() if name.startswith(wanted)
    )


if __name__ == "__main__":
    main()
