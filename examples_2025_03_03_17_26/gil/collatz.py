"""The work of this folder's programs: it computes, and waits for nothing."""


def collatz_steps(last: int) -> int:
    """Count the steps that the numbers 1 to ``last`` take down to 1."""
    steps = 0
    for number in range(2, last + 1):
        n = number
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
    return steps
