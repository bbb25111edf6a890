"""Peer for the supervised fine-tuning benchmark: full training steps of a language model in eager PyTorch.

    test/bench/peers/.venv/bin/python test/bench/peers/sft.py \\
        '{"config": {"model_type": "gpt2", "n_embd": 256, "n_layer": 4, "n_head": 4, "vocab_size": 8192, "n_positions": 256}, "batch": 4, "length": 128, "steps": 10, "warmup": 2}'

One step: zero the gradients, forward with the loss over every next token, backward, (clip,) AdamW. Weights are float32;
with precision "bfloat16" the forward pass runs under autocast.
Settings: model (a Hugging Face folder) or config (its config.json); batch, length, steps, warmup; lora (rank, alpha,
targets: an adapter by PEFT over frozen weights; null trains everything);
attention ("eager", "sdpa" or "auto": whichever is quicker here), fused (true, false or "auto"),
learningRate, gradientClip (a norm, or null for none), dropout, device, precision, threads (2), seed.
"""

from common import ATTENTIONS, fastest, load_model, load_settings, median_seconds, print_result

import torch
from transformers import AutoModelForCausalLM

settings = load_settings(
    {
        "model": None, "config": None, "batch": 4, "length": 128, "steps": 10, "warmup": 2, "lora": None,
        "attention": "auto", "fused": "auto", "learningRate": 1e-5, "gradientClip": None, "dropout": 0.0,
    }
)


def language_model(attention: str):
    model = load_model(settings, AutoModelForCausalLM, attention, dropout=settings["dropout"])
    if not settings["lora"]:
        return model
    from peft import LoraConfig, get_peft_model

    lora = settings["lora"]
    return get_peft_model(
        model, LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"], task_type="CAUSAL_LM")
    )


class Training:
    def __init__(self, attention: str, fused: bool) -> None:
        self.model = language_model(attention).train()
        self.attention, self.fused = attention, fused
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.trained, lr=settings["learningRate"], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0, fused=fused
        )
        self.vocabulary = self.model.config.vocab_size
        self.loss = None

    def step(self) -> None:
        tokens = torch.randint(self.vocabulary, (settings["batch"], settings["length"]), device=settings["device"])
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast(settings["device"], torch.bfloat16, enabled=settings["precision"] == "bfloat16"):
            loss = self.model(input_ids=tokens, labels=tokens, use_cache=False).loss
        loss.backward()
        if settings["gradientClip"]:
            torch.nn.utils.clip_grad_norm_(self.trained, settings["gradientClip"])
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
    trained=sum(parameter.numel() for parameter in training.trained),
    loss=training.loss,
)
