"""Peer for the supervised fine-tuning benchmark: full GPT-2 training steps in eager PyTorch, float32, on the CPU.

    test/bench/peers/.venv/bin/python test/bench/peers/sft.py \\
        '{"config": {"n_embd": 256, "n_layer": 4, "n_head": 4, "vocab_size": 8192, "n_positions": 256}, "batch": 4, "length": 128, "steps": 10, "warmup": 2}'

One step: zero the gradients, forward with the loss over every next token, backward, (clip,) AdamW.
Settings: model (a Hugging Face GPT-2 folder) or config; batch, length, steps, warmup;
attention ("eager", "sdpa" or "auto": whichever is quicker here), fused (true, false or "auto"),
learningRate, gradientClip (a norm, or null for none), dropout, threads (2), seed.
"""

from common import ATTENTIONS, fastest, load_settings, median_seconds, print_result

import torch
from transformers import GPT2Config, GPT2LMHeadModel

settings = load_settings(
    {
        "model": None, "config": None, "batch": 4, "length": 128, "steps": 10, "warmup": 2,
        "attention": "auto", "fused": "auto", "learningRate": 1e-5, "gradientClip": None, "dropout": 0.0,
    }
)


class Training:
    def __init__(self, attention: str, fused: bool) -> None:
        torch.manual_seed(settings["seed"])
        dropout = {name: settings["dropout"] for name in ("resid_pdrop", "embd_pdrop", "attn_pdrop")}
        if settings["model"]:
            self.model = GPT2LMHeadModel.from_pretrained(
                settings["model"], dtype=torch.float32, attn_implementation=attention, **dropout
            )
        else:
            end = settings["config"]["vocab_size"] - 1
            config = GPT2Config(**{"bos_token_id": end, "eos_token_id": end, **settings["config"]}, **dropout)
            config._attn_implementation = attention
            self.model = GPT2LMHeadModel(config)
        assert self.model.config._attn_implementation == attention
        self.model.train()
        self.attention, self.fused = attention, fused
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=settings["learningRate"], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0, fused=fused
        )
        self.vocabulary = self.model.config.vocab_size
        self.loss = None

    def step(self) -> None:
        tokens = torch.randint(self.vocabulary, (settings["batch"], settings["length"]))
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.model(input_ids=tokens, labels=tokens, use_cache=False).loss
        loss.backward()
        if settings["gradientClip"]:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings["gradientClip"])
        self.optimizer.step()
        self.loss = loss.item()


def choose(name: str, options: tuple, make) -> object:
    """The setting itself, or for "auto" the quicker of the options."""
    if settings[name] != "auto":
        return settings[name]
    trainings = {str(option): make(option) for option in options}
    chosen = fastest({key: training.step for key, training in trainings.items()})
    return {str(option): option for option in options}[chosen]


attention = choose("attention", ATTENTIONS, lambda option: Training(option, True))
fused = choose("fused", (True, False), lambda option: Training(attention, option))
training = Training(attention, fused)
median, timings = median_seconds(training.step, settings["warmup"], settings["steps"])
print_result(
    tokensPerSecond=settings["batch"] * settings["length"] / median,
    stepMs=median * 1000,
    fastestStepMs=min(timings) * 1000,
    attention=attention,
    fusedAdamW=fused,
    parameters=sum(parameter.numel() for parameter in training.model.parameters()),
    loss=training.loss,
)
