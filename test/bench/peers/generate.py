"""Peer for the generation benchmark: Hugging Face `generate` for any causal language model.

    test/bench/peers/.venv/bin/python test/bench/peers/generate.py \\
        '{"model": "/path/to/gpt2", "batch": 4, "promptLength": 16, "newTokens": 32, "repeats": 3}'

Plain sampling at temperature 1 with the key-value cache; every row gets exactly `newTokens` tokens.
Tokens per second counts the new tokens only and includes the prompt's forward pass. With precision "bfloat16" the
weights are bfloat16 too.
Settings: model (a Hugging Face folder) or config (its config.json); batch, promptLength, newTokens, repeats, warmup;
cache ("dynamic" as by default, or "static", for which transformers compiles the forward pass on CUDA);
attention ("eager", "sdpa" or "auto": whichever is quicker here), device, precision, threads (2), seed.
"""

from common import ATTENTIONS, fastest, load_model, load_settings, median_seconds, print_result

import torch
from transformers import AutoModelForCausalLM

settings = load_settings(
    {
        "model": None, "config": None, "batch": 4, "promptLength": 16, "newTokens": 32, "repeats": 3, "warmup": 1,
        "attention": "auto", "cache": "dynamic",
    }
)
dtype = torch.bfloat16 if settings["precision"] == "bfloat16" else torch.float32
cache = {} if settings["cache"] == "dynamic" else {"cache_implementation": settings["cache"]}


class Generation:
    def __init__(self, attention: str) -> None:
        self.model = load_model(settings, AutoModelForCausalLM, attention, dtype).eval()
        vocabulary = self.model.config.vocab_size
        self.prompts = torch.randint(vocabulary, (settings["batch"], settings["promptLength"]), device=settings["device"])
        self.pad = self.model.config.eos_token_id if self.model.config.eos_token_id is not None else 0

    @torch.inference_mode()
    def run(self) -> None:
        output = self.model.generate(
            self.prompts, attention_mask=torch.ones_like(self.prompts), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
            use_cache=True, min_new_tokens=settings["newTokens"], max_new_tokens=settings["newTokens"], pad_token_id=self.pad,
            **cache,
        )
        assert output.shape == (settings["batch"], settings["promptLength"] + settings["newTokens"])


attention = settings["attention"]
if attention == "auto":
    attention = fastest({option: Generation(option).run for option in ATTENTIONS})
generation = Generation(attention)
median, timings = median_seconds(generation.run, settings["warmup"], settings["repeats"])
print_result(
    tokensPerSecond=settings["batch"] * settings["newTokens"] / median,
    runMs=median * 1000,
    msPerToken=median * 1000 / settings["newTokens"],
    attention=attention,
    cache=settings["cache"],
    parameters=sum(parameter.numel() for parameter in generation.model.parameters()),
)
