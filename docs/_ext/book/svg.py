"""What the drawings of the book share: their width, their frame, and their lines and texts.

A drawing is inline SVG whose colours are the page's own CSS variables, so that it follows
the light and the dark mode.
"""

from __future__ import annotations

from html import escape

WIDTH = 720.0
LETTER = 6.9  # the mean width of a letter


def number(value: float) -> str:
    """As SVG needs it: two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def opening(
    classes: str, identity: str, title: str, description: str, height: float, attributes: str = ""
) -> list[str]:
    """The drawing's first lines, with what it says to those who do not see it."""
    return [
        f'<svg class="{classes}" viewBox="0 0 {number(WIDTH)} {number(height)}" role="img"'
        f' aria-labelledby="{identity}-title {identity}-desc"{attributes}>',
        f'<title id="{identity}-title">{escape(title)}</title>',
        f'<desc id="{identity}-desc">{escape(description)}</desc>',
    ]


def line(kind: str, x: tuple[float, float], y: tuple[float, float]) -> str:
    return (
        f'<line class="{kind}" x1="{number(x[0])}" x2="{number(x[1])}"'
        f' y1="{number(y[0])}" y2="{number(y[1])}"/>'
    )


def text(kind: str, x: float, y: float, words: str, anchor: str = "") -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}"{anchored}>{escape(words)}</text>'
