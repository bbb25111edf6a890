"""Peer for the generation benchmark: Hugging Face `generate` for GPT-2 (or any causal model folder), float32, on the CPU.

    test/bench/peers/.venv/bin/python test/bench/peers/generate.py \\
        '{"model": "/path/to/gpt2", "batch": 4, "promptLength": 16, "newTokens": 32, "repeats": 3}'

Plain sampling at temperature 1 with the key-value cache; every row gets exactly `newTokens` tokens.
Tokens per second counts the new tokens only and includes the prompt's forward pass.
Settings: model; batch, promptLength, newTokens, repeats, warmup;
attention ("eager", "sdpa" or "auto": whichever is quicker here), threads (2), seed.
"""

from common import ATTENTIONS, fastest, load_settings, median_seconds, print_result

import torch
from transformers import AutoModelForCausalLM

settings = load_settings(
    {"batch": 4, "promptLength": 16, "newTokens": 32, "repeats": 3, "warmup": 1, "attention": "auto"}, required=("model",)
)


class Generation:
    def __init__(self, attention: str) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(
            settings["model"], dtype=torch.float32, attn_implementation=attention
        ).eval()
        vocabulary = self.model.config.vocab_size
        self.prompts = torch.randint(vocabulary, (settings["batch"], settings["promptLength"]))
        self.pad = self.model.config.eos_token_id if self.model.config.eos_token_id is not None else 0

    @torch.inference_mode()
    def run(self) -> None:
        output = self.model.generate(
            self.prompts, attention_mask=torch.ones_like(self.prompts), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
            use_cache=True, min_new_tokens=settings["newTokens"], max_new_tokens=settings["newTokens"], pad_token_id=self.pad,
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
    parameters=sum(parameter.numel() for parameter in generation.model.parameters()),
)
