"""Shared by the benchmark peers: settings, threads, quiet standard output, timing.

Import this before torch: it takes the Hub offline and moves standard output aside.
"""

import json
import os
import statistics
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
# A machine with an accelerator must measure the CPU too.
os.environ["CUDA_VISIBLE_DEVICES"] = ""

# The one result line goes to the real standard output; whatever the libraries print goes to standard error.
_result = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch  # noqa: E402

ATTENTIONS = ("eager", "sdpa")


def load_settings(defaults: dict, required: tuple = ()) -> dict:
    """The JSON object in argv[1] over the defaults; unknown and missing names are errors."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} '<settings as a JSON object>'\ndefaults: {json.dumps(defaults)}")
    given = json.loads(sys.argv[1])
    known = {"threads": 2, "seed": 1, **defaults}
    unknown = sorted(set(given) - set(known) - set(required))
    missing = sorted(set(required) - set(given))
    if unknown or missing:
        sys.exit(f"settings: unknown {unknown}, missing {missing}; known: {sorted(set(known) | set(required))}")
    settings = {**known, **given}
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(settings["seed"])
    return settings


def print_result(**values) -> None:
    import transformers

    values["threads"] = torch.get_num_threads()
    values["torch"] = torch.__version__
    values["transformers"] = transformers.__version__
    rounded = {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in values.items()}
    _result.write(json.dumps(rounded) + "\n")
    _result.flush()


def seconds(action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def median_seconds(action, warmup: int, repeats: int) -> tuple:
    """Median and all the timings of `repeats` runs that follow `warmup` untimed ones."""
    for _ in range(warmup):
        action()
    timings = [seconds(action) for _ in range(repeats)]
    return statistics.median(timings), timings


def fastest(candidates: dict, trials: int = 2) -> str:
    """The name of the quickest of several actions: one untimed run of each, then the best of interleaved trials."""
    best = {}
    for trial in range(trials + 1):
        for name, action in candidates.items():
            elapsed = seconds(action)
            if trial > 0:
                best[name] = min(elapsed, best.get(name, elapsed))
    print("candidates: " + ", ".join(f"{name} {value * 1000:.1f} ms" for name, value in best.items()), file=sys.stderr)
    return min(best, key=best.get)
