"""Writes reference values and gradients of the training operations to test/fixtures/reference/ops.json.

Regenerate (from the repository root, after `bash test/bench/peers/setup.sh`):

    test/bench/peers/.venv/bin/python test/bench/peers/references.py

Everything is seeded: the same library versions give the same file. Inputs are rounded to a few decimals and then to
float32; values and gradients are computed from them by PyTorch in float64 and written with 7 significant digits, so a
float32 implementation should satisfy |actual - expected| <= 1e-6 + 1e-5 |expected| (PyTorch's own float32 stays
within half of that in every case).

File: { "<case>": { op, attributes, inputs: { name: {shape, dtype, data} }, outputs: { name: {shape, data} },
outputGradients: { name: {shape, data} }, inputGradients: { name: {shape, data} } } }. Data is flat, row-major.
dtype is "float32", "int64" or "bool" (bool data is 0/1). An output without an entry in outputGradients has a zero
cotangent; inputGradients are for the sum over the outputs of <output, cotangent>. Cases without a meaningful gradient
have both objects empty.
"""

import json
import os
import sys
import zlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
DESTINATION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/reference/ops.json")
cases = {}


# Inputs ----------------------------------------------------------------------


class Source:
    """Random inputs that depend on the name of the case alone, so that adding a case changes no other."""

    def __init__(self, name: str) -> None:
        self.generator = np.random.default_rng(zlib.crc32(name.encode()))

    def normal(self, *shape: int, scale: float = 1.0, mean: float = 0.0) -> np.ndarray:
        return np.round(self.generator.normal(mean, scale, shape), 4).astype(np.float32)

    def uniform(self, low: float, high: float, *shape: int) -> np.ndarray:
        return np.round(self.generator.uniform(low, high, shape), 4).astype(np.float32)

    def signed(self, low: float, high: float, *shape: int) -> np.ndarray:
        """Magnitudes in [low, high] with random signs: away from zero."""
        return self.uniform(low, high, *shape) * self.generator.choice([-1, 1], shape).astype(np.float32)

    def apart(self, *shape: int) -> np.ndarray:
        """Distinct values at least 0.2 apart: no ties for maxima."""
        count = int(np.prod(shape))
        values = (self.generator.permutation(count) - count / 2) * 0.3 + self.generator.uniform(0, 0.1, count)
        return np.round(values.reshape(shape), 4).astype(np.float32)

    def integers(self, high: int, *shape: int) -> np.ndarray:
        return self.generator.integers(0, high, shape)


# Writing ---------------------------------------------------------------------


def significant(value: float) -> float | int:
    value = float(f"{value:.7g}")
    assert np.isfinite(value)
    return int(value) if value == int(value) else value


def tensor_json(value, with_dtype: bool) -> dict:
    array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
    kind = {"f": "float32", "i": "int64", "b": "bool"}[array.dtype.kind]
    flat = array.reshape(-1).tolist()
    data = [significant(item) for item in flat] if kind == "float32" else [int(item) for item in flat]
    return {"shape": list(array.shape), **({"dtype": kind} if with_dtype else {}), "data": data}


def case(name, op, inputs, function, attributes=None, gradients=None, cotangents=None):
    """Adds one case.

    function takes the inputs by position as float64 (or integer, boolean) tensors and returns a tensor or a dict.
    gradients: names of the inputs to differentiate (default: all floating ones; [] for none).
    cotangents: names of the outputs that get a random cotangent (default: all).
    """
    assert name not in cases, name
    tensors = {}
    for key, array in inputs.items():
        array = np.asarray(array)
        tensors[key] = torch.tensor(array.astype(np.float64) if array.dtype.kind == "f" else array)
    if gradients is None:
        gradients = [key for key, tensor in tensors.items() if tensor.is_floating_point()]
    for key in gradients:
        tensors[key].requires_grad_()
    outputs = function(*tensors.values())
    if not isinstance(outputs, dict):
        outputs = {"output": outputs}
    output_gradients, input_gradients = {}, {}
    if gradients:
        source = Source(name + " cotangents")
        for key in cotangents or outputs:
            output_gradients[key] = source.normal(*outputs[key].shape)
        total = sum((outputs[key] * torch.tensor(array, dtype=torch.float64)).sum() for key, array in output_gradients.items())
        for key, gradient in zip(gradients, torch.autograd.grad(total, [tensors[key] for key in gradients])):
            input_gradients[key] = gradient
    cases[name] = {
        "op": op,
        "attributes": attributes or {},
        "inputs": {key: tensor_json(value, True) for key, value in inputs.items()},
        "outputs": {key: tensor_json(value, False) for key, value in outputs.items()},
        "outputGradients": {key: tensor_json(value, False) for key, value in output_gradients.items()},
        "inputGradients": {key: tensor_json(value, False) for key, value in input_gradients.items()},
    }
    return outputs


def agree(actual: torch.Tensor, expected: torch.Tensor, tolerance: float = 1e-9) -> None:
    torch.testing.assert_close(actual.double(), expected.double(), rtol=tolerance, atol=tolerance)


# Elementwise -----------------------------------------------------------------

BROADCASTS = {
    "": ([2, 3], [2, 3]),
    " row": ([2, 3], [3]),
    " column": ([4, 5], [4, 1]),
    " both": ([2, 1, 3], [4, 1]),
    " scalar": ([4, 5], []),
    " scalar left": ([], [2, 3]),
}
for op, function in {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div,
    "maximum": torch.maximum, "minimum": torch.minimum,
}.items():
    for suffix, (left, right) in BROADCASTS.items():
        source = Source(op + suffix)
        a = source.normal(*left)
        b = source.signed(0.5, 2, *right) if op == "div" else source.normal(*right)
        if op in ("maximum", "minimum"):
            assert np.abs(a - b).min() > 5e-5, (op, suffix)
        case(op + suffix, op, {"a": a, "b": b}, function)

for op, function, make in [
    ("neg", torch.neg, lambda source: source.normal(2, 3)),
    ("exp", torch.exp, lambda source: source.normal(4, 5)),
    ("log", torch.log, lambda source: source.uniform(0.1, 4, 4, 5)),
    ("sqrt", torch.sqrt, lambda source: source.uniform(0.1, 4, 4, 5)),
    ("tanh", torch.tanh, lambda source: source.normal(4, 5, scale=1.5)),
    ("sigmoid", torch.sigmoid, lambda source: source.normal(4, 5, scale=2)),
    ("softplus", F.softplus, lambda source: source.normal(4, 5, scale=2)),
    ("erf", torch.erf, lambda source: source.normal(4, 5, scale=1.5)),
]:
    case(op, op, {"x": make(Source(op))}, function)
case(
    "sigmoid large", "sigmoid", {"x": np.array([-100, -30, -15, 0, 15, 30], np.float32)}, torch.sigmoid
)
case(
    # Written without F.softplus, which is linear beyond 20 and so a little off in float64.
    "softplus large", "softplus", {"x": np.array([-100, -30, -15, 0, 15, 30, 100], np.float32)},
    lambda x: torch.logaddexp(x, torch.zeros_like(x)),
)
case("clip", "clip", {"x": Source("clip").apart(4, 5)}, lambda x: x.clamp(-0.75, 1.25), {"minimum": -0.75, "maximum": 1.25})
case("clip minimum", "clip", {"x": Source("clip minimum").apart(2, 3)}, lambda x: x.clamp(min=0.02), {"minimum": 0.02})
for name, (shape, left, right) in {
    "where": ([4, 5], [4, 5], [4, 5]), "where broadcast": ([2, 3, 1], [5], [2, 1, 5]), "where scalar": ([2, 3], [2, 3], []),
}.items():
    source = Source(name)
    condition = source.generator.permutation(int(np.prod(shape))).reshape(shape) % 2 == 0
    case(
        name, "where",
        {"condition": condition, "a": source.normal(*left), "b": source.normal(*right)}, torch.where,
    )

# Reductions ------------------------------------------------------------------

REDUCTIONS = {
    " last axis keepdims": ([4, 5], [-1], True),
    " axis 0": ([4, 5], [0], False),
    " axis 0 keepdims": ([2, 3, 4], [0], True),
    " two axes": ([2, 3, 4], [0, 2], False),
    " all": ([2, 3], [0, 1], False),
}
for op, function in {"reduceSum": torch.sum, "reduceMean": torch.mean, "reduceMax": torch.amax}.items():
    for suffix, (shape, axes, keep) in REDUCTIONS.items():
        case(
            op + suffix, op, {"x": Source(op + suffix).apart(*shape)},
            lambda x: function(x, dim=axes, keepdim=keep), {"axes": axes, "keepDimensions": keep},
        )

# Shapes and selection --------------------------------------------------------

case("reshape", "reshape", {"x": Source("reshape").normal(2, 3, 4)}, lambda x: x.reshape(6, 4), {"shape": [6, 4]})
for permutation in ([1, 0], [0, 2, 1, 3], [2, 0, 1]):
    name = f"transpose {' '.join(map(str, permutation))}"
    x = Source(name).normal(*[2, 3, 4, 5][: len(permutation)])
    case(name, "transpose", {"x": x}, lambda x: x.permute(permutation), {"permutation": permutation})
case("expand", "expand", {"x": Source("expand").normal(4, 1)}, lambda x: x.expand(4, 5), {"shape": [4, 5]})
case("expand new axis", "expand", {"x": Source("expand new axis").normal(3, 1)}, lambda x: x.expand(2, 3, 4), {"shape": [2, 3, 4]})
for axis, shapes in {0: ([2, 3], [4, 3]), 1: ([2, 3], [2, 1], [2, 2]), -1: ([2, 2, 3], [2, 2, 2])}.items():
    source = Source(f"concat {axis}")
    case(
        f"concat axis {axis}", "concat", {f"x{index}": source.normal(*shape) for index, shape in enumerate(shapes)},
        lambda *parts: torch.cat(parts, axis), {"axis": axis},
    )
case(
    "slice", "slice", {"x": Source("slice").normal(4, 5)}, lambda x: x[1:3],
    {"starts": [1], "ends": [3], "axes": [0], "steps": [1]},
)
case(
    "slice two axes", "slice", {"x": Source("slice two axes").normal(2, 4, 5)}, lambda x: x[:, 1:-1, -3:5],
    {"starts": [1, -3], "ends": [-1, 5], "axes": [1, 2], "steps": [1, 1]},
)
case(
    "slice step", "slice", {"x": Source("slice step").normal(2, 5)}, lambda x: x[:, 0:5:2],
    {"starts": [0], "ends": [5], "axes": [1], "steps": [2]},
)
case(
    "gatherRows", "gatherRows", {"table": Source("gatherRows").normal(6, 3), "indices": np.array([[0, 5, 2, 5], [5, 1, 0, 3]])},
    lambda table, indices: F.embedding(indices, table),
)
case(
    "gatherElements one", "gatherElements",
    {"x": Source("gatherElements one").normal(2, 3, 5), "indices": np.array([[[4], [0], [2]], [[1], [1], [3]]])},
    lambda x, indices: x.gather(-1, indices), {"axis": -1},
)
case(
    "gatherElements duplicates", "gatherElements",
    {"x": Source("gatherElements duplicates").normal(2, 4), "indices": np.array([[1, 1, 3], [0, 2, 0]])},
    lambda x, indices: x.gather(-1, indices), {"axis": -1},
)

# Matrix products -------------------------------------------------------------


def matmul(name, left, right, trans_a=False, trans_b=False):
    source = Source(name)
    swap = lambda shape, yes: shape[:-2] + [shape[-1], shape[-2]] if yes else shape  # noqa: E731
    case(
        name, "matmul", {"a": source.normal(*swap(left, trans_a)), "b": source.normal(*swap(right, trans_b))},
        lambda a, b: (a.mT if trans_a else a) @ (b.mT if trans_b else b), {"transA": trans_a, "transB": trans_b},
    )


for trans_a in (False, True):
    for trans_b in (False, True):
        matmul("matmul" + " transA" * trans_a + " transB" * trans_b, [2, 3], [3, 5], trans_a, trans_b)
matmul("matmul batched", [2, 2, 3, 4], [2, 2, 4, 5])
matmul("matmul batched transA", [2, 2, 3, 4], [2, 2, 4, 5], trans_a=True)
matmul("matmul batched transB", [2, 2, 3, 4], [2, 2, 4, 5], trans_b=True)
matmul("matmul batched broadcast", [2, 3, 4], [4, 5])
matmul("matmul batched broadcast transB", [2, 3, 4], [4, 5], trans_b=True)

# Softmax and token log-probabilities -----------------------------------------

case("softmax", "softmax", {"x": Source("softmax").normal(4, 5, scale=2)}, lambda x: x.softmax(-1), {"axis": -1})
case("softmax large", "softmax", {"x": Source("softmax large").normal(2, 3, 4, scale=60)}, lambda x: x.softmax(-1), {"axis": -1})
case("logSoftmax", "logSoftmax", {"x": Source("logSoftmax").normal(4, 5, scale=2)}, lambda x: x.log_softmax(-1), {"axis": -1})


def token_log_probability(name, count, width, vocabulary, temperature, scale=1.0, cotangents=("logProbability",)):
    source = Source(name)

    def function(hidden, weight, targets):
        log_probabilities = (hidden @ weight.T / temperature).log_softmax(-1)
        return {
            "logProbability": log_probabilities.gather(-1, targets[:, None])[:, 0],
            "entropy": -(log_probabilities.exp() * log_probabilities).sum(-1),
        }

    case(
        name, "tokenLogProbability",
        {
            "hidden": source.normal(count, width, scale=scale), "weight": source.normal(vocabulary, width),
            "targets": source.integers(vocabulary, count),
        },
        function, {"temperature": temperature}, cotangents=list(cotangents),
    )


token_log_probability("tokenLogProbability", 4, 5, 7, 1.0)
token_log_probability("tokenLogProbability temperature", 6, 4, 11, 0.7)
token_log_probability("tokenLogProbability large logits", 3, 4, 9, 1.0, scale=20)
token_log_probability("tokenLogProbability entropy gradient", 4, 5, 7, 0.7, cotangents=("logProbability", "entropy"))

# Layers ----------------------------------------------------------------------


def layer_norm(name, *shape, mean=0.0):
    source = Source(name)
    case(
        name, "layerNorm",
        {"x": source.normal(*shape, mean=mean), "gain": source.normal(shape[-1], scale=0.3, mean=1), "bias": source.normal(shape[-1])},
        lambda x, gain, bias: F.layer_norm(x, [shape[-1]], gain, bias, 1e-5), {"epsilon": 1e-5},
    )


def rms_norm(name, *shape, scale=1.0):
    source = Source(name)
    case(
        name, "rmsNorm", {"x": source.normal(*shape, scale=scale), "gain": source.normal(shape[-1], scale=0.3, mean=1)},
        lambda x, gain: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gain, {"epsilon": 1e-5},
    )


layer_norm("layerNorm", 4, 5)
layer_norm("layerNorm batched", 2, 3, 6, mean=2)
rms_norm("rmsNorm", 4, 5)
rms_norm("rmsNorm batched small", 2, 3, 6, scale=0.02)


def gelu(x):
    value = 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))
    agree(value, F.gelu(x, approximate="tanh"))
    return value


case("gelu", "gelu", {"x": Source("gelu").normal(4, 5, scale=1.5)}, gelu, {"approximation": "tanh"})
case("gelu exact", "geluExact", {"x": Source("gelu exact").normal(4, 5, scale=1.5)}, F.gelu, {"approximation": "none"})
case(
    "swiglu", "swiglu", {"gate": Source("swiglu").normal(4, 5, scale=1.5), "up": Source("swiglu up").normal(4, 5)},
    lambda gate, up: F.silu(gate) * up,
)


def rotary(name, positions, heads, width, theta=10000.0, turned=None):
    """The first `turned` entries of each head turn, or all."""
    from transformers.models.gpt_neox.modeling_gpt_neox import apply_rotary_pos_emb

    def function(x, positions):
        half = (turned or x.shape[-1]) // 2
        frequencies = theta ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = positions[:, :, None].double() * frequencies
        cosine, sine = angles.cos()[:, :, None], angles.sin()[:, :, None]
        first, second, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
        value = torch.cat((first * cosine - second * sine, second * cosine + first * sine, rest), -1)
        twice = torch.cat((angles, angles), -1)
        agree(value, apply_rotary_pos_emb(x, x, twice.cos(), twice.sin(), unsqueeze_dim=2)[0])
        return value

    positions = np.array(positions)
    case(
        name, "rotary", {"x": Source(name).normal(*positions.shape, heads, width), "positions": positions}, function,
        {"theta": theta, **({"turned": turned} if turned else {})}, gradients=["x"],
    )


rotary("rotary", [[0, 1, 2], [0, 1, 2]], 2, 4)
rotary("rotary positions", [[3, 4, 5, 6], [0, 0, 1, 40]], 2, 6)
rotary("rotary partial", [[3, 4, 5], [0, 1, 40]], 2, 8, turned=4)


def attention(name, batch, queries, keys, heads, key_heads, width, masked=False, segments=None):
    """Query i sees key j when j <= i + keys - queries (and keyMask allows j, and both are of one segment)."""
    source = Source(name)
    inputs = {
        "q": source.normal(batch, queries, heads, width), "k": source.normal(batch, keys, key_heads, width),
        "v": source.normal(batch, keys, key_heads, width),
    }
    if masked:
        # Pads on the right, and so at least one visible key for every query.
        inputs["keyMask"] = np.arange(keys)[None] < np.array([keys] + [keys - 1 - index for index in range(batch - 1)])[:, None]

    if segments:
        inputs["segments"] = np.array(segments, dtype=np.float32)

    def function(q, k, v, extra=None):
        group = heads // key_heads
        repeated_k, repeated_v = (x.repeat_interleave(group, dim=2).transpose(1, 2) for x in (k, v))
        visible = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
        if masked:
            visible = visible & extra[:, None, None, :]
        if segments:
            visible = visible & (extra[:, None, :, None] == extra[:, None, None, :])
        scores = q.transpose(1, 2) @ repeated_k.mT / width**0.5
        probabilities = scores.masked_fill(~visible, float("-inf")).softmax(-1)
        value = probabilities @ repeated_v
        agree(value, F.scaled_dot_product_attention(q.transpose(1, 2), repeated_k, repeated_v, attn_mask=visible))
        return value.transpose(1, 2)

    case(name, "causalAttention", inputs, function, {"scale": width**-0.5}, gradients=["q", "k", "v"])


attention("causalAttention", 2, 4, 4, 2, 2, 4)
attention("causalAttention grouped", 2, 3, 3, 4, 2, 4)
attention("causalAttention one key head", 2, 5, 5, 2, 1, 3)
attention("causalAttention masked", 2, 4, 4, 2, 2, 3, masked=True)
attention("causalAttention grouped masked", 2, 5, 5, 4, 2, 2, masked=True)
attention("causalAttention segments", 2, 5, 5, 2, 2, 4, segments=[[0, 0, 1, 1, 2], [7, 7, 7, 8, 8]])
attention("causalAttention grouped segments", 2, 4, 4, 4, 2, 2, segments=[[0, 0, 1, 1], [0, 1, 1, 1]])
attention("causalAttention continued", 2, 2, 5, 2, 2, 3)
attention("causalAttention continued grouped", 2, 1, 4, 4, 2, 2)

# Optimizer -------------------------------------------------------------------


def adamw(name, weight_decay, epsilon, learning_rate=0.01, small=1.0):
    source = Source(name)
    inputs = {"parameters": source.normal(2, 3)}
    inputs |= {f"gradients{step}": source.normal(2, 3, scale=small) for step in (1, 2, 3)}

    def function(parameters, *gradients):
        parameters = torch.nn.Parameter(parameters.clone())
        optimizer = torch.optim.AdamW([parameters], learning_rate, betas=(0.9, 0.95), eps=epsilon, weight_decay=weight_decay)
        outputs = {}
        for step, gradient in enumerate(gradients, 1):
            parameters.grad = gradient
            optimizer.step()
            outputs[f"parameters{step}"] = parameters.detach().clone()
        state = optimizer.state[parameters]
        return {**outputs, "firstMoment3": state["exp_avg"], "secondMoment3": state["exp_avg_sq"]}

    attributes = {"learningRate": learning_rate, "beta1": 0.9, "beta2": 0.95, "epsilon": epsilon, "weightDecay": weight_decay}
    case(name, "adamw", inputs, function, attributes, gradients=[])


adamw("adamw", 0.1, 1e-8)
adamw("adamw no decay", 0.0, 1e-5)
adamw("adamw small gradients", 0.0, 1e-5, small=0.01)


def clip_gradients(name, maximum):
    source = Source(name)

    def function(a, b):
        parameters = [torch.nn.Parameter(torch.zeros_like(x)) for x in (a, b)]
        for parameter, gradient in zip(parameters, (a, b)):
            parameter.grad = gradient.clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters, maximum)
        return {"norm": norm, "clippedA": parameters[0].grad, "clippedB": parameters[1].grad}

    case(name, "clipGradientNorm", {"a": source.normal(2, 3), "b": source.normal(4)}, function, {"maximumNorm": maximum}, gradients=[])


clip_gradients("clipGradientNorm", 1.0)
clip_gradients("clipGradientNorm below the maximum", 100.0)

# PPO -------------------------------------------------------------------------

LENGTHS = np.array([5, 3, 1, 4])


def ragged_mask(lengths=LENGTHS, width=5):
    return (np.arange(width)[None] < lengths[:, None]).astype(np.float32)


def masked_mean(values, mask):
    return (values * mask).sum() / mask.sum()


def policy_loss(new, old, advantages, mask, clip_range=0.2):
    ratio = (new - old).exp()
    plain, clipped = -advantages * ratio, -advantages * ratio.clamp(1 - clip_range, 1 + clip_range)
    return {
        "policyLoss": masked_mean(torch.maximum(plain, clipped), mask),
        "clipFraction": masked_mean((clipped > plain).double(), mask),
        "approximateKl": 0.5 * masked_mean((new - old) ** 2, mask),
        "meanRatio": masked_mean(ratio, mask),
    }


def value_loss(values, old, returns, mask, clip_range=0.2):
    plain, clipped = (values - returns) ** 2, (values.clamp(old - clip_range, old + clip_range) - returns) ** 2
    return {
        "valueLoss": 0.5 * masked_mean(torch.maximum(plain, clipped), mask),
        "valueClipFraction": masked_mean((clipped > plain).double(), mask),
    }


def ppo_inputs(name):
    source = Source(name)
    old = source.uniform(-4, -0.5, 4, 5)
    old_values = source.normal(4, 5)
    return (
        {
            # Distances from the old values up to 0.5: a good part of them beyond the clip range on either side.
            "newLogProbabilities": (old + source.uniform(-0.5, 0.5, 4, 5)).round(4),
            "oldLogProbabilities": old, "advantages": source.signed(0.1, 2, 4, 5),
        },
        {"values": (old_values + source.uniform(-0.5, 0.5, 4, 5)).round(4), "oldValues": old_values, "returns": source.normal(4, 5)},
    )


def ppo_cases():
    policy, value = ppo_inputs("ppo")
    mask = {"mask": ragged_mask()}
    outputs = case(
        "ppoPolicyLoss", "ppoPolicyLoss", {**policy, **mask}, policy_loss, {"clipRange": 0.2},
        gradients=["newLogProbabilities"], cotangents=["policyLoss"],
    )
    assert 0.1 < outputs["clipFraction"] < 0.6
    outputs = case(
        "ppoValueLoss", "ppoValueLoss", {**value, **mask}, value_loss, {"clipRange": 0.2}, gradients=["values"], cotangents=["valueLoss"]
    )
    assert 0.1 < outputs["valueClipFraction"] < 0.6
    # The first update: new equals old, so the ratio is 1, nothing is clipped and the gradient is -advantage / count.
    case(
        "ppoPolicyLoss first update", "ppoPolicyLoss", {**policy, "newLogProbabilities": policy["oldLogProbabilities"], **mask},
        policy_loss, {"clipRange": 0.2}, gradients=["newLogProbabilities"], cotangents=["policyLoss"],
    )

    def total(new, old, advantages, values, old_values, returns, mask):
        losses = {**policy_loss(new, old, advantages, mask), **value_loss(values, old_values, returns, mask)}
        return {"totalLoss": losses["policyLoss"] + 0.1 * losses["valueLoss"], **losses}

    case(
        "ppoLoss", "ppoLoss", {**policy, **value, **mask}, total,
        {"clipRange": 0.2, "valueClipRange": 0.2, "valueCoefficient": 0.1},
        gradients=["newLogProbabilities", "values"], cotangents=["totalLoss"],
    )


ppo_cases()


def kl_rewards(name, coefficient):
    """Per-token rewards: -coefficient * kl, and the score on top at the last response token."""
    source = Source(name)
    policy = source.uniform(-4, -0.5, 4, 5)
    inputs = {
        "logProbabilities": policy, "referenceLogProbabilities": (policy + source.normal(4, 5, scale=0.4)).round(4),
        "scores": source.normal(4), "lengths": LENGTHS,
    }

    def function(new, reference, scores, lengths):
        mask = torch.tensor(ragged_mask()).double()
        difference = new - reference
        outputs = {"k1": difference * mask, "k2": 0.5 * difference**2 * mask, "k3": ((-difference).exp() - 1 + difference) * mask}
        rewards = -coefficient * outputs["k1"]
        rewards[torch.arange(4), lengths - 1] += scores
        return {**outputs, "rewards": rewards}

    case(name, "klRewards", inputs, function, {"coefficient": coefficient, "estimator": "k1"}, gradients=[])


kl_rewards("klRewards", 0.05)


def generalized_advantages(name, gamma, lam):
    source = Source(name)
    inputs = {"rewards": source.normal(4, 5), "values": source.normal(4, 5), "lengths": LENGTHS}

    def function(rewards, values, lengths):
        rewards, values = rewards.numpy(), values.numpy()
        advantages, returns = np.zeros((4, 5)), np.zeros((4, 5))
        for row, length in enumerate(lengths.tolist()):
            following = 0.0
            for step in reversed(range(length)):
                next_value = values[row, step + 1] if step + 1 < length else 0.0
                delta = rewards[row, step] + gamma * next_value - values[row, step]
                following = delta + gamma * lam * following
                advantages[row, step] = following
                returns[row, step] = following + values[row, step]
        return {"advantages": torch.tensor(advantages), "returns": torch.tensor(returns)}

    case(name, "generalizedAdvantages", inputs, function, {"gamma": gamma, "lambda": lam}, gradients=[])


generalized_advantages("generalizedAdvantages", 1.0, 0.95)
generalized_advantages("generalizedAdvantages discounted", 0.9, 0.8)
generalized_advantages("generalizedAdvantages lambda one", 1.0, 1.0)


def pairwise_loss(name, scale, groups):
    """groups: for every prompt, the number of completions and its (winner, loser) pairs within the prompt."""
    winners, losers, prompts, start = [], [], [], 0
    for prompt, (count, pairs) in enumerate(groups):
        winners += [start + winner for winner, _ in pairs]
        losers += [start + loser for _, loser in pairs]
        prompts += [prompt] * len(pairs)
        start += count

    def function(rewards, winners, losers, prompts):
        margins = rewards[winners] - rewards[losers]
        losses = -F.logsigmoid(margins)
        per_prompt = [losses[prompts == prompt].mean() for prompt in range(len(groups))]
        return {"loss": torch.stack(per_prompt).mean(), "accuracy": (margins > 0).double().mean(), "margin": margins.mean()}

    inputs = {
        "rewards": Source(name).normal(start, scale=scale), "winners": np.array(winners), "losers": np.array(losers),
        "prompts": np.array(prompts),
    }
    case(name, "pairwiseRewardLoss", inputs, function, gradients=["rewards"], cotangents=["loss"])


ALL_OF_FOUR = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
pairwise_loss("pairwiseRewardLoss", 1.0, [(4, ALL_OF_FOUR), (2, [(1, 0)]), (3, [(2, 0), (1, 0)])])
pairwise_loss("pairwiseRewardLoss large margins", 60.0, [(4, ALL_OF_FOUR), (2, [(0, 1)])])


def whiten(name, shift_mean, unbiased):
    source = Source(name)

    def function(x, mask):
        mean = masked_mean(x, mask)
        variance = ((x - mean) ** 2 * mask).sum() / (mask.sum() - (1 if unbiased else 0))
        value = (x - mean) * torch.rsqrt(variance + 1e-8)
        value = (value if shift_mean else value + mean) * mask
        if unbiased:
            from trl.experimental.ppo.ppo_trainer import masked_whiten

            agree(value, masked_whiten(x, mask, shift_mean=shift_mean) * mask)
        return value

    case(
        name, "maskedWhiten", {"x": source.normal(4, 5, scale=2, mean=1), "mask": ragged_mask()}, function,
        {"shiftMean": shift_mean, "unbiased": unbiased, "epsilon": 1e-8}, gradients=[],
    )


whiten("maskedWhiten", True, False)
whiten("maskedWhiten keeps the mean", False, False)
whiten("maskedWhiten unbiased", True, True)

# -----------------------------------------------------------------------------

lines = [f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in cases.items()]
text = "{\n" + ",\n".join(lines) + "\n}\n"
assert json.loads(text) == cases and len(text) < 400_000
os.makedirs(os.path.dirname(DESTINATION), exist_ok=True)
with open(DESTINATION, "w") as file:
    file.write(text)
print(f"{len(cases)} cases, {len(text) / 1000:.0f} kB: {os.path.normpath(DESTINATION)}", file=sys.stderr)
