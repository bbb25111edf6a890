"""Writes tiny models of every family, and what transformers computes with them, to test/fixtures/families.

Regenerate (from the repository root, after `bash test/bench/peers/setup.sh`):

    test/bench/peers/.venv/bin/python test/bench/peers/families.py

Every model is random, seeded by its name: the same library versions give the same files. A folder holds what
`save_pretrained` writes and expected.json, with numbers of 7 significant digits, all computed in float32 from the
weights as they were saved:

  texts       token ids
  logits      of every position of every text, flat (language models)
  scores      of every position of every text (sequence classifiers with one label)
  loss        the mean over every token that follows another in its text
  gradients   of that loss, by the parameter's name in the file: its norm, and some of its entries by flat index
  greedy      the likeliest continuations of some prompts

Adapters are in folders of their own, `<base>-lora…`, as PEFT saves them, beside the base they name.
rope.json holds the rotary frequencies of scaled configurations at the sizes of real models.
"""

import json
import os
import shutil
import zlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

torch.set_num_threads(1)
DESTINATION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/families")
TEXTS = (24, 9)
PROMPTS = (5, 9)
COMPLETION = 12
VARIETY = 5
SAMPLED = 12

common = {"vocab_size": 48, "initializer_range": 0.3, "bos_token_id": None, "eos_token_id": None, "pad_token_id": None}


def gpt2(**changes):
    sizes = {"n_positions": 32, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_inner": 24}
    return GPT2Config(**{**common, **sizes, **changes})


def gpt_neox(**changes):
    sizes = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    return GPTNeoXConfig(**{**common, **sizes, "max_position_embeddings": 64, **changes})


def llama_like(kind, **changes):
    sizes = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4}
    more = {"num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5}
    return kind(**{**common, **sizes, **more, **changes})


def llama(**changes):
    return llama_like(LlamaConfig, **changes)


def rope(kind, **parameters):
    return {"rope_type": kind, "rope_theta": 10000.0, **parameters}


language_models = {
    "gpt2": gpt2(),
    "gpt2-untied": gpt2(tie_word_embeddings=False, activation_function="gelu", n_inner=None),
    "gpt_neox": gpt_neox(),
    "gpt_neox-sequential": gpt_neox(
        use_parallel_residual=False, attention_bias=False, tie_word_embeddings=True, hidden_act="gelu_new",
        rope_parameters=rope("default", rope_theta=500.0, partial_rotary_factor=0.5),
    ),
    "llama": llama(tie_word_embeddings=True),
    "llama-sharded": llama(num_key_value_heads=4),
    "llama-biases": llama(attention_bias=True, mlp_bias=True, head_dim=6, num_key_value_heads=1),
    "llama-linear": llama(head_dim=8, rope_parameters=rope("linear", factor=2.5)),
    "llama-llama3": llama(
        head_dim=8, max_position_embeddings=256,
        rope_parameters=rope(
            "llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64
        ),
    ),
    "llama-yarn": llama(
        head_dim=8, max_position_embeddings=1024,
        rope_parameters=rope("yarn", factor=4.0, original_max_position_embeddings=256),
    ),
    "llama-dynamic": llama(head_dim=8, rope_parameters=rope("dynamic", factor=4.0)),
    "llama-trunk": llama(tie_word_embeddings=True),
    "mistral": llama_like(MistralConfig, head_dim=8, sliding_window=None),
    "mistral-sliding": llama_like(MistralConfig, sliding_window=24),
    "qwen2": llama_like(Qwen2Config, tie_word_embeddings=True),
    "qwen3": llama_like(Qwen3Config, head_dim=8, rope_parameters=rope("default", rope_theta=1000000.0)),
    "smollm3": llama_like(SmolLM3Config, num_hidden_layers=3, no_rope_layers=[1, 0, 1]),
}
stored = {"mistral": torch.float16, "qwen2": torch.bfloat16}
shards = {"llama-sharded": "8KB"}
trunks = {"llama-trunk"}

classifiers = {
    "gpt2-reward": gpt2(num_labels=1),
    "gpt_neox-reward": gpt_neox(num_labels=1),
    "llama-reward": llama(num_labels=1),
}

adapters = {
    "gpt2-lora": ("gpt2", {"target_modules": ["c_attn", "mlp.c_fc"], "fan_in_fan_out": True}),
    "gpt_neox-lora": ("gpt_neox", {"target_modules": ["query_key_value"]}),
    "llama-lora": ("llama", {"target_modules": "all-linear"}),
    "llama-lora-reward": ("llama", {"target_modules": ["q_proj", "v_proj"], "modules_to_save": ["score"]}),
}

rope_cases = {
    "llama 3.1": (128, 131072, rope(
        "llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=8192,
    )),
    "llama 3.2": (64, 131072, rope(
        "llama3", rope_theta=500000.0, factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=8192,
    )),
    "qwen2.5 with yarn": (128, 131072, rope(
        "yarn", rope_theta=1000000.0, factor=4.0, original_max_position_embeddings=32768
    )),
    "yarn with its factor given": (64, 16384, rope(
        "yarn", factor=8.0, original_max_position_embeddings=2048, attention_factor=1.3, beta_fast=16.0, beta_slow=2.0
    )),
    "yarn with both mscales, not truncated": (64, 65536, rope(
        "yarn", factor=16.0, original_max_position_embeddings=4096, mscale=1.0, mscale_all_dim=0.7, truncate=False
    )),
    "linear": (64, 8192, rope("linear", factor=4.0)),
    "dynamic": (64, 4096, rope("dynamic", factor=4.0)),
}


def significant(value: float) -> float:
    value = float(f"{value:.7g}")
    return int(value) if value == int(value) else value


def numbers(tensor: torch.Tensor) -> list:
    return [significant(value) for value in tensor.detach().flatten().tolist()]


def seeded(name: str) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def randomize(model, name: str) -> None:
    """Moves every gain off 1 and every bias off 0; matrices are random already, but not by this seed."""
    generator = seeded(name)
    for key, parameter in model.named_parameters():
        drawn = torch.randn(parameter.shape, generator=generator)
        with torch.no_grad():
            parameter.copy_(0.3 * drawn if parameter.dim() > 1 or key.endswith("bias") else 1 + 0.3 * drawn)


def draw_texts(name: str) -> list:
    generator = seeded(name + " texts")
    return [torch.randint(0, common["vocab_size"], (length,), generator=generator) for length in TEXTS]


def mean_loss(model, texts) -> torch.Tensor:
    """The mean over all tokens that follow another, of all texts together."""
    losses = []
    for ids in texts:
        logits = model(ids[None]).logits[0, :-1]
        losses.append(F.cross_entropy(logits, ids[1:], reduction="none"))
    return torch.cat(losses).mean()


def sampled(gradient: torch.Tensor, name: str) -> dict:
    count = min(SAMPLED, gradient.numel())
    indices = torch.randperm(gradient.numel(), generator=seeded(name))[:count].sort().values
    return {
        "norm": significant(gradient.norm().item()),
        "indices": indices.tolist(),
        "values": numbers(gradient.flatten()[indices]),
    }


def expected_gradients(model, file_names: dict) -> dict:
    trained = {key: p.grad for key, p in model.named_parameters() if p.requires_grad}
    return {file_names[key]: sampled(gradient, key) for key, gradient in trained.items()}


def greedy(model, name: str) -> list:
    """Continuations of random prompts: none that repeats one token, or chooses between two too close to tell apart."""
    generator = seeded(name)
    found = []
    while len(found) < len(PROMPTS):
        length = PROMPTS[len(found)]
        prompt = torch.randint(0, common["vocab_size"], (length,), generator=generator)
        made = model.generate(prompt[None], max_new_tokens=COMPLETION, do_sample=False)[0]
        with torch.no_grad():
            best = model(made[None]).logits[0, length - 1 : -1].topk(2).values
        if (best[:, 0] - best[:, 1]).min() > 1e-2 and made[length:].unique().numel() >= VARIETY:
            found.append({"prompt": prompt.tolist(), "completion": made[length:].tolist()})
    return found


def expected_of_language(model, name: str, file_names: dict) -> dict:
    texts = draw_texts(name)
    loss = mean_loss(model, texts)
    loss.backward()
    return {
        "texts": [ids.tolist() for ids in texts],
        "logits": [numbers(model(ids[None]).logits) for ids in texts],
        "loss": significant(loss.item()),
        "gradients": expected_gradients(model, file_names),
        "greedy": greedy(model, name + " prompts"),
    }


def expected_of_scalar(model, name: str, file_names: dict) -> dict:
    """Scores of every position: of every prefix, as the classifier reads off the last token's."""
    texts = draw_texts(name)
    scores = [torch.cat([model(ids[None, : end + 1]).logits[0] for end in range(len(ids))]) for ids in texts]
    loss = torch.cat(scores).square().mean()
    loss.backward()
    return {
        "texts": [ids.tolist() for ids in texts],
        "scores": [numbers(values) for values in scores],
        "squaredScore": significant(loss.item()),
        "gradients": expected_gradients(model, file_names),
    }


def names_in_files(model, folder: str) -> dict:
    """The name that each parameter was saved under: mostly its own."""
    files = [os.path.join(folder, file) for file in sorted(os.listdir(folder)) if file.endswith(".safetensors")]
    saved = {key for file in files for key in safe_open(file, "pt").keys()}
    renamed = {"lm_head.weight": "embed_out.weight"}
    names = {key: key if key in saved else renamed.get(key, key) for key, _ in model.named_parameters()}
    missing = set(names.values()) - saved
    assert not missing, missing
    return names


def empty(name: str) -> str:
    folder = os.path.join(DESTINATION, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def write_json(path: str, value) -> None:
    with open(path, "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


def clean(folder: str) -> None:
    for file in ("README.md", "generation_config.json"):
        path = os.path.join(folder, file)
        if os.path.exists(path):
            os.remove(path)


def write_model(name: str, config, kind, expected_of) -> None:
    folder = empty(name)
    torch.manual_seed(0)
    model = kind.from_config(config)
    randomize(model, name)
    saved = getattr(model, model.base_model_prefix) if name in trunks else model
    saved.to(stored.get(name, torch.float32)).save_pretrained(folder, max_shard_size=shards.get(name, "1GB"))
    clean(folder)
    model = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    names = {key: key for key, _ in model.named_parameters()} if name in trunks else names_in_files(model, folder)
    write_json(os.path.join(folder, "expected.json"), expected_of(model, name, names))


def sort_targets(path: str) -> None:
    """PEFT keeps them in a set, whose order differs from run to run."""
    with open(path) as file:
        config = json.load(file)
    config["target_modules"].sort()
    with open(path, "w") as file:
        json.dump(config, file, indent=2)
        file.write("\n")


def write_adapter(name: str, base: str, settings: dict) -> None:
    folder = empty(name)
    is_reward = "modules_to_save" in settings
    kind = AutoModelForSequenceClassification if is_reward else AutoModelForCausalLM
    torch.manual_seed(zlib.crc32(name.encode()))
    more = {"num_labels": 1} if is_reward else {}
    trunk = kind.from_pretrained(os.path.join(DESTINATION, base), attn_implementation="eager", **more)
    task = "SEQ_CLS" if is_reward else "CAUSAL_LM"
    model = get_peft_model(trunk, LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, task_type=task, **settings)).eval()
    generator = seeded(name)
    for key, parameter in model.named_parameters():
        if parameter.requires_grad:
            with torch.no_grad():
                parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
    model.peft_config["default"].base_model_name_or_path = f"../{base}"
    model.save_pretrained(folder)
    clean(folder)
    sort_targets(os.path.join(folder, "adapter_config.json"))
    plain = lambda key: key.replace(".default", "").replace(".modules_to_save", "")
    names = {key: plain(key) for key, _ in model.named_parameters()}
    expected_of = expected_of_scalar if is_reward else expected_of_language
    write_json(os.path.join(folder, "expected.json"), expected_of(model, name, names))


def rope_case(width: int, positions: int, parameters: dict) -> dict:
    config = llama(head_dim=width, max_position_embeddings=positions, rope_parameters=dict(parameters))
    frequencies, scale = ROPE_INIT_FUNCTIONS[parameters["rope_type"]](config, "cpu")
    return {
        "config": {"head_dim": width, "max_position_embeddings": positions, "rope_parameters": parameters},
        "frequencies": numbers(frequencies),
        "scale": significant(scale),
    }


for name, config in language_models.items():
    write_model(name, config, AutoModelForCausalLM, expected_of_language)
for name, config in classifiers.items():
    write_model(name, config, AutoModelForSequenceClassification, expected_of_scalar)
for name, (base, settings) in adapters.items():
    write_adapter(name, base, settings)
write_json(os.path.join(DESTINATION, "rope.json"), {name: rope_case(*case) for name, case in rope_cases.items()})
