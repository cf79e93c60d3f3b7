"""The command line of the programs that do the same work in one of several styles."""

import argparse


def style_option(*styles: str) -> str:
    """Return the one option that was given, without its hyphens; the first if none was."""
    parser = argparse.ArgumentParser()
    group = parser.add_mutually_exclusive_group()
    for style in styles:
        text = "Use this style (the default)" if style == styles[0] else "Use this style"
        group.add_argument(f"--{style}", dest="style", action="store_const", const=style, help=text)
    return parser.parse_args().style or styles[0]
