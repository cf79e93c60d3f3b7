"""What a page tells its reader of a claim that was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..figures import capital, percent, seconds
from ..recorded_figure import how_measured
from .expressions import Choice, Expression, Name, Number, Operation
from .quantities import quantity_text
from .verdicts import CheckedClaim, Outcome

# Other programs, or waiting for a core, that took more than this may explain a difference.
BUSY_SHARE = 0.1
WAITED_SECONDS = 0.05

_SIGNS = {"+": "+", "-": "\N{MINUS SIGN}", "*": "×", "/": "÷"}
_BOUNDS = {
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
    "==": "exactly",
    "!=": "other than",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

LABELS = {
    "holds": "Checked on this machine: it holds.",
    "fails": "Checked on this machine: it does not hold.",
    "not given": "Not checked on this machine.",
    "not measured": "Not checked on this machine.",
}
MARKS = {"holds": "✓", "fails": "✗", "not given": "○", "not measured": "○"}


def claim_lines(checked: CheckedClaim) -> list[str]:
    """What was checked: the words, the relation, and each figure of it."""
    lines = [f"{LABELS[checked.verdict]} {capital(checked.claim.words)}:", checked.claim.written]
    found = Counter(figure.words for _, figure in checked.figures)
    lines += [
        f"{capital(figure.words) if found[figure.words] == 1 else ' '.join(name.words)}: "
        f"{figure.text.strip('()')}"
        + (f" ({how.removesuffix(', ')})" if (how := how_measured(figure)) else "")
        for name, figure in checked.figures
    ]
    return lines


def note(checked: CheckedClaim, machine: Mapping[str, Any]) -> str:
    """What stands on the page where a claim does not hold, or was not checked."""
    words = checked.claim.words
    outcome = checked.broken
    if checked.verdict == "not measured":
        return f"Not checked on this machine. Elsewhere, {words}; {outcome.reason}."
    subject, bound, was = _told(outcome, checked)
    if checked.verdict == "not given":
        said = [f"Not checked on this machine. Elsewhere, {words}; {_needed(outcome, checked)}."]
        return " ".join([*said, *_cores(machine)])
    if bound:
        said = [
            f"Not on this machine. Elsewhere, {words}: {subject} is {bound}. Here it was {was}."
        ]
    else:
        said = [f"Not on this machine. Elsewhere, {words}. Here: {was}."]
    causes = [
        *_cores(machine),
        *_busy(checked),
        *_waited(checked),
        *_spread(outcome),
        *_form(checked),
    ]
    return " ".join([*said, *(causes or _hardware(machine))])


def _told(outcome: Outcome, checked: CheckedClaim) -> tuple[str, str, str]:
    """Of what, which bound, and its value; without a bound, all that was compared."""
    of, signs = outcome.comparison.of, outcome.comparison.signs
    variable = [index for index, one in enumerate(of) if not isinstance(one, Number)]
    if len(variable) != 1 or len(of) > 3:
        was = "; ".join(
            f"{_named(one, checked)} {value}"
            for one, value in zip(of, outcome.of, strict=True)
            if not isinstance(one, Number)
        )
        return "", "", was
    at = variable[0]
    dimension = outcome.of[at].dimension
    bounds = []
    for index, other in enumerate(of):
        if index < at and isinstance(other, Number):
            bounds.append((_TURNED[signs[index]], other.value))
        elif index > at and isinstance(other, Number):
            bounds.append((signs[index - 1], other.value))
    bound = " and ".join(
        f"{_BOUNDS[sign]} {quantity_text(value, dimension)}" for sign, value in bounds
    )
    return f"the {_noun(of[at], checked)}", bound, str(outcome.of[at])


def _needed(outcome: Outcome, checked: CheckedClaim) -> str:
    subject, bound, was = _told(outcome, checked)
    of = [one for one in outcome.comparison.of if not isinstance(one, Number)]
    if of == [Name(("machine", "cores"))] and bound:
        return f"that needs {bound.replace('exactly ', '')} cores, and this build may use {was}"
    if of == [Name(("machine", "memory_bytes"))] and bound:
        return f"that needs {bound} of memory, and this machine has {was}"
    if bound:
        return f"it is checked where {subject} is {bound}, and here it was {was}"
    return f"it is checked where {_compared(outcome, checked)}, and here: {was}"


def _compared(outcome: Outcome, checked: CheckedClaim) -> str:
    of, signs = outcome.comparison.of, outcome.comparison.signs
    text = f"the {_named(of[0], checked)}"
    for sign, one in zip(signs, of[1:], strict=True):
        text += f" is {_BOUNDS[sign]} the {_named(one, checked)}"
    return text


def _noun(expression: Expression, checked: CheckedClaim) -> str:
    match expression:
        case Operation("/", _, _):
            return "ratio"
        case Operation("-", _, _):
            return "difference"
        case Operation("+", _, _):
            return "sum"
        case Operation():
            return "product"
        case _:
            return _named(expression, checked)


def _named(expression: Expression, checked: CheckedClaim) -> str:
    match expression:
        case Number(text):
            return text
        case Name():
            return dict(checked.figures)[expression].words
        case Operation(sign, left, right):
            parts = []
            for one in (left, right):
                inner = _named(one, checked)
                nested = isinstance(one, Operation) and one.sign != sign
                parts.append(f"({inner})" if nested else inner)
            return f" {_SIGNS[sign]} ".join(parts)
        case Choice(function, of):
            most = "largest" if function == "max" else "smallest"
            return f"{most} of {', '.join(_named(one, checked) for one in of)}"


def _cores(machine: Mapping[str, Any]) -> list[str]:
    cores, online, quota = (machine.get(name) for name in ("cores", "cores_online", "cpu_quota"))
    if quota is not None:
        return [f"A CPU quota gives this build the time of {quota:.3g} cores."]
    if cores is not None and online is not None and cores < online:
        return [f"This build may use {cores} of the machine's {online} cores."]
    return ["This machine has a single core."] if cores == 1 else []


def _hardware(machine: Mapping[str, Any]) -> list[str]:
    """What else it may be, where nothing that was recorded explains it."""
    if machine.get("cores_are_threads"):
        return ["Some of this machine's cores are two threads of one, which share what computes."]
    if machine.get("virtual_machine"):
        return ["This is a virtual machine: others may use the same cores, unseen by it."]
    return ["Nothing that the build recorded explains it."]


def _busy(checked: CheckedClaim) -> list[str]:
    share = max((figure.busy_share or 0.0 for _, figure in checked.figures), default=0.0)
    if share < BUSY_SHARE:
        return []
    return [f"While it was measured, other programs took {percent(share)} of the cores."]


def _waited(checked: CheckedClaim) -> list[str]:
    waited = {figure.source: figure.waited for _, figure in checked.figures}
    said = [
        f"{seconds(time)} ({source.rpartition('/')[2]})"
        for source, time in waited.items()
        if time >= WAITED_SECONDS
    ]
    return [f"While it ran, its threads waited for a core: {', '.join(said)}."] if said else []


def _spread(outcome: Outcome) -> list[str]:
    if not outcome.may_hold:
        return []
    spread = [
        one
        for one, what in zip(outcome.of, outcome.comparison.of, strict=True)
        if not isinstance(what, Number)
    ]
    if len(spread) == 1:
        low, high = (
            quantity_text(value, spread[0].dimension) for value in (spread[0].low, spread[0].high)
        )
        return [f"Its rounds varied: their middle half allows {low} to {high}."]
    return ["The rounds varied: the middle halves of what is compared overlap."]


def _form(checked: CheckedClaim) -> list[str]:
    rounds = [
        figure.rounds for _, figure in checked.figures if figure.form == "short" and figure.rounds
    ]
    if not rounds:
        return []
    few = f"{min(rounds)} round{'s' if min(rounds) > 1 else ''}"
    return [f"It was measured in the short form, in {few}; the long form is more exact."]
