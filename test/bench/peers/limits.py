"""What a device can do at most through PyTorch: rates of matrix products, and of moving memory.

    test/bench/peers/.venv/bin/python test/bench/peers/limits.py '{"shapes": [[4096, 4096, 4096, 4]], "seconds": 0.5}'

A shape [m, k, n, pairs] is a chain of so many pairs x <- (x a) b of a [k, n] and b [n, k], x [m, k]: 4 m k n operations a pair.
Memory is moved by x <- x + y / 2 over 2^26 float32 numbers: twelve bytes a number. With precision "bfloat16" the
factors are bfloat16.
Settings: shapes, seconds (about twice so long each), device, precision, threads (2), seed.
"""

import statistics

from common import load_settings, print_result, seconds

import torch

settings = load_settings({"shapes": [[4096, 4096, 4096, 4]], "seconds": 0.5, "elements": 2**26})
dtype = torch.bfloat16 if settings["precision"] == "bfloat16" else torch.float32


def noise(*shape: int) -> torch.Tensor:
    """Products of such matrices neither grow nor vanish."""
    return (torch.randn(shape, device=settings["device"]) / shape[0] ** 0.5).to(dtype)


def rate(action, amount: float) -> float:
    """Amount a second, by the median of the later half of the runs that fit: a card that idled is slow at first."""
    timings = []
    while len(timings) < 6 or sum(timings) < 2 * settings["seconds"]:
        timings.append(seconds(action))
    return amount / statistics.median(timings[len(timings) // 2 :])


def products(m: int, k: int, n: int, pairs: int) -> float:
    start, a, b = noise(m, k), noise(k, n), noise(n, k)

    def chain() -> None:
        x = start
        for _ in range(pairs):
            x = x @ a @ b
        x.sum().item()

    return rate(chain, 4 * m * k * n * pairs / 1e9)


def memory() -> float:
    x, y = (torch.zeros(settings["elements"], device=settings["device"]) for _ in range(2))
    return rate(lambda: x.add_(y, alpha=0.5), 12 * settings["elements"] / 1e9)


with torch.inference_mode():
    gigaflops = [products(*shape) for shape in settings["shapes"]]
    print_result(gigaflops=gigaflops, gigabytesPerSecond=memory())
