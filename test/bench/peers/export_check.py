"""Loads exported model folders with transformers and PEFT and compares what they compute with what is written beside.

    test/bench/peers/.venv/bin/python test/bench/peers/export_check.py CASES.json

CASES.json is what test/bench/peers/export-check.ts writes. Prints one line a folder and ends with 1 where one differs.
"""

import json
import os
import sys
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
warnings.filterwarnings("ignore")

import torch
from peft import AutoPeftModelForCausalLM, AutoPeftModelForSequenceClassification
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    GenerationConfig,
)

torch.set_num_threads(1)
# Of the largest number: float32 sums in another order.
TOLERANCE = 2e-5


def load(case):
    """The model, and the parameters that it misses or the file has beyond it."""
    folder, classifier = case["folder"], case["head"] == "scalar"
    labels = {"num_labels": 1} if classifier else {}
    if case["adapter"]:
        kind = AutoPeftModelForSequenceClassification if classifier else AutoPeftModelForCausalLM
        return kind.from_pretrained(folder, dtype=torch.float32, **labels).eval(), []
    kind = AutoModelForSequenceClassification if classifier else AutoModelForCausalLM
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    strange = [*info["missing_keys"], *info["unexpected_keys"], *info["mismatched_keys"]]
    return model.eval(), [str(name) for name in strange if name != "score.bias"]


@torch.no_grad()
def compute(model, case):
    """Logits of every token, text by text; or scores of all texts in one padded batch."""
    if case["head"] == "language":
        rows = [model(input_ids=torch.tensor([ids])).logits[0] for ids in case["ids"]]
        return torch.cat(rows).flatten()
    width = max(len(ids) for ids in case["ids"])
    pad = case["padId"]
    batch = torch.tensor([ids + [pad] * (width - len(ids)) for ids in case["ids"]])
    mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in case["ids"]])
    if model.config.pad_token_id is None:
        model.config.pad_token_id = pad
    return model(input_ids=batch, attention_mask=mask).logits.flatten() + case["bias"]


def problems(case, strange):
    """What of a folder is not as it should be, besides its numbers."""
    found = [f"strange tensors {', '.join(strange)}"] if strange else []
    tokenizer = AutoTokenizer.from_pretrained(case["folder"])
    for text, ids in zip(case["texts"], case["ids"]):
        read = tokenizer(text)["input_ids"]
        if read != ids:
            found.append(f"tokenizer reads {text!r} as {read}, not {ids}")
    if case["head"] == "language" and not case["adapter"]:
        if GenerationConfig.from_pretrained(case["folder"]).eos_token_id is None:
            found.append("generation ends with no token")
    return found


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    print(f"{'family':9} {'form':24} {'numbers':>7} {'largest':>9} {'difference':>10}  remarks")
    failed = 0
    for case in cases:
        model, strange = load(case)
        mine, theirs = torch.tensor(case["numbers"]), compute(model, case)
        largest, difference = theirs.abs().max().item(), (mine - theirs).abs().max().item()
        remarks = problems(case, strange)
        if not difference <= TOLERANCE * max(1, largest):
            remarks.append("DIFFERS")
        failed += bool(remarks)
        if case["bias"]:
            remarks.append(f"bias {case['bias']} added")
        print(
            f"{case['family']:9} {case['form']:24} {len(mine):7} {largest:9.3f} {difference:10.2e}  {'; '.join(remarks)}",
            flush=True,
        )
    print(f"{len(cases) - failed} of {len(cases)} folders agree")
    sys.exit(1 if failed else 0)


main()
