"""Peer for the PPO benchmark: TRL's PPOTrainer with four models (policy, reference, reward, value).

    test/bench/peers/.venv/bin/python test/bench/peers/ppo.py \\
        '{"model": "/path/to/gpt2", "batch": 16, "minibatches": 2, "epochs": 1, "promptLength": 16, "responseLength": 16, "iterations": 3}'

Saving, evaluation, sample generations, reporting and gradient checkpointing are all off. Precision "bfloat16" is
Trainer's mixed precision over float32 weights (`bf16`, which TRL turns on where nothing else is asked for). Without an
end token every response has exactly `responseLength` tokens. Episodes per second comes from the
iterations that follow the first `warmup` ones (rollouts, scoring and updates together).
Settings: model (a Hugging Face folder) or config (its config.json); rewardModel (sequence-classification folder; by
default the same architecture with a fresh scalar head, which also starts the value model); batch (episodes per
iteration), minibatches, epochs, prompts (lists of token ids, one for every episode; by default random ones of
promptLength), endToken (stop token), responseLength, iterations, warmup, rolloutBatch (default: batch), learningRate,
klCoef, temperature, attention ("sdpa" or "eager"), freezeGarbage (true: the peer at its best; false: TRL as it comes),
device, precision, threads (2), seed.

Two properties of TRL to know when comparing: it clips no gradients, and its batch must go in as
per_device_train_batch_size = batch with gradient_accumulation_steps = 1, because Accelerate otherwise makes about one
optimizer step per epoch whatever num_mini_batches says (the number of steps made is checked below).
"""

import gc
import statistics
import tempfile
import time

from common import load_model, load_settings, print_result

import torch
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, PreTrainedTokenizerFast, TrainerCallback
from trl.experimental.ppo import PPOConfig, PPOTrainer

settings = load_settings(
    {
        "model": None, "config": None, "rewardModel": None, "batch": 16, "minibatches": 1, "epochs": 1, "prompts": None,
        "promptLength": 16, "endToken": None, "responseLength": 16,
        "iterations": 3, "warmup": 1, "rolloutBatch": None, "learningRate": 3e-6, "klCoef": 0.05, "temperature": 1.0,
        "attention": "sdpa", "freezeGarbage": True,
    }
)
assert settings["iterations"] > settings["warmup"] >= 1


def language_model():
    return load_model(settings, AutoModelForCausalLM, settings["attention"])


def scalar_model():
    source = {**settings, "model": settings["rewardModel"] or settings["model"]}
    return load_model(source, AutoModelForSequenceClassification, settings["attention"], num_labels=1)


policy = language_model()
vocabulary = policy.config.vocab_size
# TRL finds the end of a response by its pad tokens, so the pad must be an id that cannot be sampled:
# one past the vocabulary. TRL masks it and puts 0 in its place before every forward pass.
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(
        models.WordLevel({**{f"t{index}": index for index in range(vocabulary)}, "[PAD]": vocabulary}, unk_token="t0")
    ),
    pad_token="[PAD]", eos_token=f"t{vocabulary - 1}", padding_side="left",
)
assert tokenizer.pad_token_id == vocabulary
episodes = settings["batch"] * settings["iterations"]
token_ids = settings["prompts"] or torch.randint(vocabulary, (episodes, settings["promptLength"])).tolist()
assert len(token_ids) == episodes
prompts = Dataset.from_dict({"input_ids": token_ids})


class Clock(TrainerCallback):
    def __init__(self) -> None:
        self.times = []
        self.logs = []

    def on_train_begin(self, *_, **__) -> None:
        self.times.append(time.perf_counter())

    def on_step_end(self, *_, **__) -> None:
        self.times.append(time.perf_counter())

    def on_log(self, args, state, control, logs=None, **__) -> None:
        self.logs.append(logs)


clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    trainer = PPOTrainer(
        args=PPOConfig(
            output_dir=folder, use_cpu=settings["device"] == "cpu", bf16=settings["precision"] == "bfloat16", fp16=False,
            gradient_checkpointing=False, save_strategy="no", eval_strategy="no", report_to="none", num_sample_generations=0, disable_tqdm=True,
            seed=settings["seed"], total_episodes=episodes,
            per_device_train_batch_size=settings["batch"], gradient_accumulation_steps=1,
            num_mini_batches=settings["minibatches"], num_ppo_epochs=settings["epochs"],
            local_rollout_forward_batch_size=settings["rolloutBatch"] or settings["batch"],
            response_length=settings["responseLength"], stop_token_id=settings["endToken"], temperature=settings["temperature"],
            kl_coef=settings["klCoef"], gamma=1.0, lam=0.95, cliprange=0.2, cliprange_value=0.2, vf_coef=0.1,
            learning_rate=settings["learningRate"], lr_scheduler_type="constant",
            adam_beta1=0.9, adam_beta2=0.95, adam_epsilon=1e-5, weight_decay=0.0,
        ),
        processing_class=tokenizer, model=policy, ref_model=language_model(), reward_model=scalar_model(),
        value_model=scalar_model(), train_dataset=prompts, callbacks=[clock],
    )
    assert trainer.accelerator.device.type == settings["device"]
    # TRL collects garbage twice per iteration. Freezing what the imports left behind spares it about 0.4 s per
    # iteration, which would otherwise dominate small runs.
    if settings["freezeGarbage"]:
        gc.collect()
        gc.freeze()
    trainer.train()

iteration_seconds = [after - before for before, after in zip(clock.times, clock.times[1:])]
assert len(iteration_seconds) == settings["iterations"]
steps = {int(state["step"]) for state in trainer.optimizer.optimizer.state.values()}
assert steps == {settings["minibatches"] * settings["epochs"] * settings["iterations"]}, steps
measured = iteration_seconds[settings["warmup"]:]
last = clock.logs[-1]
print_result(
    episodesPerSecond=settings["batch"] * len(measured) / sum(measured),
    iterationMs=statistics.median(measured) * 1000,
    attention=settings["attention"],
    freezeGarbage=settings["freezeGarbage"],
    optimizer=type(trainer.optimizer.optimizer).__name__,
    fusedAdamW=bool(trainer.optimizer.optimizer.defaults.get("fused")),
    parameters=sum(parameter.numel() for parameter in policy.parameters()),
    kl=last["objective/kl"],
    ratio=last["val/ratio"],
    firstRatio=clock.logs[0]["val/ratio"],
    trl=trl.__version__,
)
