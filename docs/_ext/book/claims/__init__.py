"""Claims: what a sentence says of the numbers, as a relation that is checked.

    threads use all cores: primes serial_seconds / threads_seconds > 1.6, given machine cores >= 2

    claim      := WORDS ": " relation [", given " relation]
    relation   := comparison (" and " comparison)*
    comparison := sum (OP sum)+                     OP: < <= > >= == !=
    sum        := product ((" + " | " - ") product)*
    product    := operand ((" * " | " / ") operand)*
    operand    := number | figure | "(" sum ")" | ("max" | "min") "(" sum ("," sum)+ ")"

A figure is named as sources.py says; one word alone takes what stands before the last
word of the figure before it. Numbers are in seconds, bytes, or without a unit. The
words complete the sentence "elsewhere, …".

`expressions` is what the parser makes of a claim, `quantities` computes, `verdicts` checks,
`notes` tells the reader. `python3 -m book.claims` prints verdicts without building the site.
"""
