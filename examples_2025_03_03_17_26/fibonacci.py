"""Fibonacci numbers: 0, 1, 1, 2, 3, 5, 8 and so on, each the sum of the two before."""


def fibonacci(n: int) -> int:
    """The number ``n``, from 0 on, by the tutorial's loop: n additions, from the start."""
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
