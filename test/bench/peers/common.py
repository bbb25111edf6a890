"""Shared by the benchmark peers: settings, device, models, quiet standard output, timing.

Import this before torch: it takes the Hub offline and moves standard output aside.

Every peer takes `device` ("cpu" or "cuda") and `precision`: "float32" (products of float32 numbers, PyTorch's
default), "tf32" (float32 numbers rounded to 10 bits in products) or "bfloat16" (as each peer says).
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
_given = json.loads(sys.argv[1]) if len(sys.argv) == 2 else {}
# A machine with an accelerator must measure the CPU too.
if _given.get("device", "cpu") == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""

# The one result line goes to the real standard output; whatever the libraries print goes to standard error.
_result = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch  # noqa: E402

ATTENTIONS = ("eager", "sdpa")
PRECISIONS = ("float32", "tf32", "bfloat16")


def load_settings(defaults: dict, required: tuple = ()) -> dict:
    """The JSON object in argv[1] over the defaults; unknown and missing names are errors."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} '<settings as a JSON object>'\ndefaults: {json.dumps(defaults)}")
    known = {"threads": 2, "seed": 1, "device": "cpu", "precision": "float32", **defaults}
    unknown = sorted(set(_given) - set(known) - set(required))
    missing = sorted(set(required) - set(_given))
    if unknown or missing:
        sys.exit(f"settings: unknown {unknown}, missing {missing}; known: {sorted(set(known) | set(required))}")
    settings = {**known, **_given}
    assert settings["precision"] in PRECISIONS, settings["precision"]
    torch.set_num_threads(settings["threads"])
    torch.set_float32_matmul_precision("high" if settings["precision"] == "tf32" else "highest")
    torch.manual_seed(settings["seed"])
    return settings


def load_model(settings: dict, kind, attention: str, dtype=torch.float32, dropout: float = 0.0, **options):
    """A model of `kind`, one of transformers' Auto classes: of the folder `model`, else with random weights of `config`."""
    from transformers import AutoConfig

    torch.manual_seed(settings["seed"])
    if settings["model"]:
        config = AutoConfig.from_pretrained(settings["model"], **options)
    else:
        end = settings["config"]["vocab_size"] - 1
        config = AutoConfig.for_model(**{"bos_token_id": end, "eos_token_id": end, "pad_token_id": end, **settings["config"], **options})
    for name in ("resid_pdrop", "embd_pdrop", "attn_pdrop"):
        if hasattr(config, name):
            setattr(config, name, dropout)
    if settings["model"]:
        model = kind.from_pretrained(settings["model"], config=config, dtype=dtype, attn_implementation=attention)
    else:
        model = kind.from_config(config, dtype=dtype, attn_implementation=attention)
    assert model.config._attn_implementation == attention
    return model.to(settings["device"])


def print_result(**values) -> None:
    import transformers

    values["device"] = torch.cuda.get_device_name() if _given.get("device") == "cuda" else "cpu"
    values["threads"] = torch.get_num_threads()
    values["torch"] = torch.__version__
    values["transformers"] = transformers.__version__
    rounded = {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in values.items()}
    _result.write(json.dumps(rounded) + "\n")
    _result.flush()


def synchronize() -> None:
    if _given.get("device") == "cuda":
        torch.cuda.synchronize()


def seconds(action) -> float:
    synchronize()
    start = time.perf_counter()
    action()
    synchronize()
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
