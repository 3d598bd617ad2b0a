#!/usr/bin/env python3
"""The arithmetic of ARITHMETIC.md in plain Python integers, and test vectors made by it.

    python3 arithmetic.py            writes arithmetic.json
    python3 arithmetic.py --check    fails if arithmetic.json is not what it would write

It shares no code with the crate; `cargo test -p runtime --test vectors` compares the two.
"""

import json
import sys
from decimal import Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
MASK64 = (1 << 64) - 1
MASK32 = (1 << 32) - 1


# --- The specification ---------------------------------------------------------------------------


def rounded_shift(value, bits):
    """value / 2^bits to the nearest integer, halves towards positive infinity."""
    return (value + ((1 << bits) >> 1)) >> bits


def clamp(value):
    return max(-128, min(127, value))


def squash(value):
    """floor(127.5 * tanh(value / 64)) for value >= 0, and -1 - that of -value below."""
    magnitude = min(abs(value), 1000)
    e = (Decimal(magnitude) / 32).exp()
    half = int(Decimal("127.5") * (e - 1) / (e + 1))
    return half if value >= 0 else -1 - half


def requantize(total, layer, channel, hidden):
    t = rounded_shift(total, layer["pre_shift"])
    activation = layer["activation"]
    if activation == "relu":
        t = max(t, 0)
    if activation == "leaky_relu" and t < 0:
        t = rounded_shift(t * layer["slope"], 15)
    v = rounded_shift(t * layer["multipliers"][channel], layer["post_shift"])
    if activation == "tanh":
        return squash(v)
    if activation == "sigmoid":
        return (squash(v) + 128) // 2 if hidden else squash(v)
    return clamp(v)


def splitmix64(state):
    state = (state + 0x9E3779B97F4A7C15) & MASK64
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
    return state, z ^ (z >> 31)


def latent(seed, length):
    """xoshiro128++ from SplitMix64; each component is floor(r / 2^16) * 255 / 2^16 - 127."""
    state, first = splitmix64(seed)
    _, second = splitmix64(state)
    s = [first & MASK32, first >> 32, second & MASK32, second >> 32]

    def rotl(x, k):
        return ((x << k) | (x >> (32 - k))) & MASK32

    components = []
    for _ in range(length):
        r = (rotl((s[0] + s[3]) & MASK32, 7) + s[0]) & MASK32
        t = (s[1] << 9) & MASK32
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
        components.append((((r >> 16) * 255) >> 16) - 127)
    return components


def interpolate(a, b, t):
    t = min(t, 256)
    return [(x * 256 + (y - x) * t + 128) >> 8 for x, y in zip(a, b)]


def run(layer, shape, x, label, hidden):
    """The output of a layer; shapes are [height, width, channels], x is flat in that order."""
    height, width, inputs = shape
    out_height, out_width, outputs = layer["output"]
    if layer["kind"] == "upsample":
        factor = layer["factor"]
        return [
            x[((r // factor) * width + c // factor) * inputs + i]
            for r in range(out_height)
            for c in range(out_width)
            for i in range(inputs)
        ]
    size = out_height * out_width * outputs
    bias = layer["bias"] or [0] * outputs
    sums = []
    for place in range(size):
        total = (bias[place] if len(bias) == size else bias[place % outputs]) << layer["bias_shift"]
        if layer["label"]:
            total += layer["label"][label * size + place] << layer["label_shift"]
        sums.append(total)
    weights = layer["weights"]
    if layer["kind"] == "dense":
        for place in range(size):
            row = weights[place * len(x) : (place + 1) * len(x)]
            sums[place] += sum(w * v for w, v in zip(row, x))
    else:
        kernel, stride, padding = layer["window"]
        transposed = layer["kind"] == "conv_transpose"
        small = (height, width) if transposed else (out_height, out_width)
        large = (out_height, out_width) if transposed else (height, width)
        for r in range(small[0]):
            for c in range(small[1]):
                for kr in range(kernel):
                    for kc in range(kernel):
                        far = (r * stride + kr - padding, c * stride + kc - padding)
                        if not (0 <= far[0] < large[0] and 0 <= far[1] < large[1]):
                            continue
                        near, far = r * small[1] + c, far[0] * large[1] + far[1]
                        source, target = (near, far) if transposed else (far, near)
                        tap = kr * kernel + kc
                        for o in range(outputs):
                            if layer["kind"] == "depthwise":
                                total = weights[tap * outputs + o] * x[source * inputs + o]
                            else:
                                total = sum(
                                    weights[(tap * inputs + i) * outputs + o]
                                    * x[source * inputs + i]
                                    for i in range(inputs)
                                )
                            sums[target * outputs + o] += total
    return [requantize(s, layer, place % outputs, hidden) for place, s in enumerate(sums)]


# --- Numbers to try it on ------------------------------------------------------------------------


class Dice:
    """Numerical Recipes' linear congruential generator: the same numbers on every Python."""

    def __init__(self, seed):
        self.state = seed

    def range(self, low, high):
        self.state = (self.state * 1664525 + 1013904223) & MASK32
        return low + self.state * (high - low + 1) // (1 << 32)

    def list(self, count, low, high):
        return [self.range(low, high) for _ in range(count)]


ACTIVATIONS = ["identity", "relu", "leaky_relu", "tanh", "sigmoid"]


def make_layer(dice, kind, shape, output, window=None, bits=8, activation="identity", classes=0):
    height, width, inputs = shape
    size = output[0] * output[1] * output[2]
    fan_in = {
        "dense": height * width * inputs,
        "depthwise": window and window[0] ** 2,
    }.get(kind) or window[0] ** 2 * inputs
    count = {"dense": fan_in * size, "depthwise": fan_in * output[2]}.get(kind) or fan_in * output[2]
    largest = 127 if bits == 8 else 7
    bound = fan_in * largest * 128
    pre = max(bound.bit_length() - 14, 0)
    bias_len = size if kind == "dense" and classes else output[2]
    return {
        "kind": kind,
        "output": output,
        "window": window or [],
        "factor": 0,
        "bits": bits,
        "activation": activation,
        "slope": dice.range(0, 32768) if activation == "leaky_relu" else 0,
        "pre_shift": pre,
        "post_shift": max(0, bound.bit_length() - pre + 15 - 9 - fan_in.bit_length() // 2),
        "multipliers": dice.list(output[2], 16384, 32767),
        "bias_shift": max(0, bound.bit_length() - 18),
        "bias": dice.list(bias_len, -3000, 3000),
        "label_shift": max(0, bound.bit_length() - 10),
        "label": dice.list(classes * size, -128, 127),
        "weights": dice.list(count, -largest, largest),
    }


def upsample(shape, factor):
    return {
        "kind": "upsample",
        "output": [shape[0] * factor, shape[1] * factor, shape[2]],
        "window": [],
        "factor": factor,
        "bits": 8,
        "activation": "identity",
        "slope": 0,
        "pre_shift": 0,
        "post_shift": 0,
        "multipliers": [],
        "bias_shift": 0,
        "bias": [],
        "label_shift": 0,
        "label": [],
        "weights": [],
    }


def networks():
    """Small networks of every kind of layer, activation and width of weights."""
    dice = Dice(1)
    for bits in (8, 4):
        for activation in ACTIVATIONS:
            yield {
                "classes": 3,
                "layers": [
                    make_layer(dice, "dense", [1, 1, 5], [3, 2, 4], None, bits, activation, 3),
                    make_layer(
                        dice, "conv_transpose", [3, 2, 4], [6, 4, 3], [4, 2, 1], bits, activation
                    ),
                ],
            }
        yield {
            "classes": 0,
            "layers": [
                make_layer(dice, "conv_transpose", [1, 1, 6], [3, 3, 5], [3, 1, 0], bits),
                upsample([3, 3, 5], 2),
                make_layer(dice, "depthwise", [6, 6, 5], [6, 6, 5], [3, 1, 1], bits, "relu"),
                make_layer(dice, "conv", [6, 6, 5], [3, 3, 2], [5, 2, 2], bits, "leaky_relu"),
                make_layer(
                    dice, "conv_transpose", [3, 3, 2], [9, 9, 3], [5, 3, 2], bits, "sigmoid"
                ),
            ],
        }


def solve(dice, network):
    shape = [1, 1, len(network["layers"][0]["weights"])]
    first = network["layers"][0]
    count = first["output"][0] * first["output"][1] * first["output"][2]
    if first["kind"] == "dense":
        shape[2] //= count
    else:
        shape[2] //= first["window"][0] ** 2 * first["output"][2]
    network["latent"] = dice.list(shape[2], -127, 127)
    network["label"] = max(network["classes"] - 1, 0)
    x = network["latent"]
    for index, layer in enumerate(network["layers"]):
        hidden = index + 1 < len(network["layers"])
        x = run(layer, shape, x, network["label"], hidden)
        shape = layer["output"]
    network["pixels"] = [q + 128 for q in x]
    return network


def requantize_vectors():
    """Sums as one bias, one output each, scaled in every way."""
    dice = Dice(2)
    for activation in ACTIVATIONS:
        for case in range(60):
            pre = dice.range(0, 12)
            layer = {
                "activation": activation,
                "slope": [0, 1, 6554, 32767, 32768, dice.range(0, 32768)][dice.range(0, 5)]
                if activation == "leaky_relu"
                else 0,
                "pre_shift": pre,
                "post_shift": dice.range(8, 20),
                "multipliers": [[0, 1, 32767, dice.range(0, 32767)][min(dice.range(0, 9), 3)]],
            }
            bias, bias_shift = dice.range(-32768, 32767), min(pre, dice.range(0, 4))
            if case < 12:
                # Exactly between two integers, on both sides of zero.
                layer["pre_shift"], layer["post_shift"] = 1, 1
                layer["multipliers"] = [1]
                bias, bias_shift = case - 6, 0
            yield layer | {
                "bias": bias,
                "bias_shift": bias_shift,
                "expected": requantize(bias << bias_shift, layer, 0, False),
            }


def vectors():
    dice = Dice(3)
    seeds = [0, 1, 2, 42, 0x7FFFFFFF, 0xFFFFFFFF]
    ways = []
    for t in (0, 1, 64, 127, 128, 129, 255, 256, 257, 65535):
        a, b = dice.list(8, -127, 127), dice.list(8, -127, 127)
        ways.append({"a": a, "b": b, "t": t, "expected": interpolate(a, b, t)})
    return {
        "squash": [{"v": v, "expected": squash(v)} for v in range(-260, 261)],
        "requantize": list(requantize_vectors()),
        "latents": [{"seed": s, "components": latent(s, 24)} for s in seeds],
        "interpolate": ways,
        "networks": [solve(dice, network) for network in networks()],
    }


def compact(value):
    """One line for each vector."""
    lines = []
    for name, items in value.items():
        body = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
        lines.append(f'"{name}": [\n{body}\n]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    path = Path(__file__).with_name("arithmetic.json")
    text = compact(vectors())
    if sys.argv[1:] == ["--check"]:
        if path.read_text() != text:
            sys.exit(f"{path} is out of date: run python3 {sys.argv[0]}")
    else:
        path.write_text(text)


if __name__ == "__main__":
    main()
