"""Work for the cores: primes by trial division."""

import math


def is_prime(number: int) -> bool:
    """Divide the number by every number up to its root."""
    for divisor in range(2, math.isqrt(number) + 1):
        if number % divisor == 0:
            return False
    return number > 1


def nth_prime(n: int) -> int:
    """Find the nth prime by counting from the start: the first one is 2."""
    number = 1
    while n > 0:
        number += 1
        if is_prime(number):
            n -= 1
    return number
