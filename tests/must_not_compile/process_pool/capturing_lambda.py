"""The counterpart of capturing_lambda.cpp: Python finds out when it has come to the call."""

from concurrent.futures import ProcessPoolExecutor

if __name__ == "__main__":
    factor = 3
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(lambda x: factor * x, [1, 2]))
