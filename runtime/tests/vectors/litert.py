#!/usr/bin/env python3
"""Runs single int8 layers in LiteRT and writes what they give to litert.json.

    pip install ai-edge-litert==2.3.0
    python3 litert.py

`cargo test -p runtime --test litert` compares the crate with it.
"""

import json
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

VERSION = "ai-edge-litert 2.3.0"


def tensor(name, shape, kind, scale=None, axis=0, buffer=0):
    t = schema.TensorT()
    t.name, t.shape, t.type, t.buffer = name, list(shape), kind, buffer
    if scale is not None:
        q = schema.QuantizationParametersT()
        scales = np.atleast_1d(scale)
        q.scale = [float(s) for s in scales]
        q.zeroPoint = [0] * len(scales)
        q.quantizedDimension = axis
        t.quantization = q
    return t


def buffer(array=None):
    b = schema.BufferT()
    if array is not None:
        b.data = np.frombuffer(np.ascontiguousarray(array).tobytes(), dtype=np.uint8)
    return b


def operator(kind):
    if kind == "dense":
        return schema.BuiltinOperator.FULLY_CONNECTED, "FullyConnectedOptions"
    if kind == "conv_transpose":
        return schema.BuiltinOperator.TRANSPOSE_CONV, "TransposeConvOptions"
    if kind == "conv":
        return schema.BuiltinOperator.CONV_2D, "Conv2DOptions"
    return schema.BuiltinOperator.DEPTHWISE_CONV_2D, "DepthwiseConv2DOptions"


def model(case, weights, axis, bias, shape, output):
    """The flatbuffer of a model of one layer. `weights` are in LiteRT's order."""
    int8, int32 = schema.TensorType.INT8, schema.TensorType.INT32
    scale = np.array(case["weight_scales"]) * case["input_scale"]
    tensors = [
        tensor("input", shape, int8, case["input_scale"], buffer=1),
        tensor("weights", weights.shape, int8, case["weight_scales"], axis, buffer=2),
        tensor("bias", bias.shape, int32, scale, buffer=3),
        tensor("output", output, int8, case["output_scale"], buffer=4),
    ]
    buffers = [buffer(), buffer(), buffer(weights), buffer(bias), buffer()]
    inputs = [0, 1, 2]
    if case["kind"] == "conv_transpose":
        tensors.append(tensor("shape", [4], int32, buffer=5))
        buffers.append(buffer(np.array(output, dtype=np.int32)))
        inputs = [4, 1, 0, 2]

    code, name = operator(case["kind"])
    operator_code = schema.OperatorCodeT()
    operator_code.builtinCode = operator_code.deprecatedBuiltinCode = code
    operator_code.version = {"dense": 4, "conv_transpose": 3, "conv": 3, "depthwise": 3}[case["kind"]]
    op = schema.OperatorT()
    op.opcodeIndex, op.inputs, op.outputs = 0, inputs, [3]
    op.builtinOptionsType = getattr(schema.BuiltinOptions, name)
    op.builtinOptions = getattr(schema, name + "T")()
    if case["kind"] != "dense":
        op.builtinOptions.strideH = op.builtinOptions.strideW = case["window"][1]
        op.builtinOptions.padding = getattr(schema.Padding, case["padding"])
    if case["kind"] == "conv":
        op.builtinOptions.dilationHFactor = op.builtinOptions.dilationWFactor = 1
    if case["kind"] == "depthwise":
        op.builtinOptions.dilationHFactor = op.builtinOptions.dilationWFactor = 1
        op.builtinOptions.depthMultiplier = 1

    graph = schema.SubGraphT()
    graph.tensors, graph.inputs, graph.outputs, graph.operators = tensors, [0], [3], [op]
    m = schema.ModelT()
    m.version, m.operatorCodes, m.subgraphs, m.buffers = 3, [operator_code], [graph], buffers
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def infer(content, x, resolver):
    interpreter = Interpreter(
        model_content=content, num_threads=1, experimental_op_resolver_type=resolver
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def solve(rng, kind, shape, output, window=None, padding="SAME"):
    """One case: random numbers, and what LiteRT makes of them."""
    height, width, inputs = shape
    channels = output[2]
    kernel = window[0] if window else 0
    # In our order: dense [output][input], else [kernel row][kernel column][input][output].
    plain = {
        "dense": (channels, height * width * inputs),
        "depthwise": (kernel, kernel, channels),
    }.get(kind, (kernel, kernel, inputs, channels))
    weights = rng.integers(-127, 128, plain, dtype=np.int8)
    fan_in = weights.size // channels
    case = {
        "kind": kind,
        "window": window or [],
        "padding": padding,
        "input_scale": 1 / 128,
        "weight_scales": [float(s) for s in rng.uniform(0.5, 1.0, channels) / 127],
    }
    case["output_scale"] = float(np.sqrt(fan_in) / 3 / 80)
    bias = (rng.integers(-2000, 2001, channels) * 4).astype(np.int32)
    x = rng.integers(-128, 128, (1, height, width, inputs), dtype=np.int8)
    if kind == "dense":
        ours, axis, x_shape, out_shape = weights, 0, (1, height * width * inputs), (1, channels)
    elif kind == "conv_transpose":
        ours, axis = weights.transpose(3, 0, 1, 2), 0
        # TransposeConv adds every product where PyTorch's does: no flip.
        x_shape, out_shape = (1, *shape), (1, *output)
    elif kind == "conv":
        ours, axis, x_shape, out_shape = weights.transpose(3, 0, 1, 2), 0, (1, *shape), (1, *output)
    else:
        ours, axis, x_shape, out_shape = weights[None], 3, (1, *shape), (1, *output)
    ours = np.ascontiguousarray(ours)
    content = model(case, ours, axis, bias, x_shape, out_shape)
    x = x.reshape(x_shape)
    reference = infer(content, x, OpResolverType.BUILTIN_REF)
    optimised = infer(content, x, OpResolverType.BUILTIN)
    case |= {
        "shape": shape,
        "output": output,
        "bias": bias.tolist(),
        "weights": weights.ravel().tolist(),
        "input": x.ravel().tolist(),
        "result": reference.ravel().tolist(),
    }
    # The two sets of kernels round differently; the file holds the reference's results.
    differ = np.max(np.abs(reference.astype(int) - optimised.astype(int)))
    if differ > 1:
        raise SystemExit(f"LiteRT's own kernels differ by {differ} for {kind} {shape}")
    print(f"{kind} {shape} -> {output}: {len(set(case['result']))} different results")
    return case


def main():
    rng = np.random.default_rng(1)
    cases = [
        solve(rng, "dense", [1, 1, 32], [1, 1, 48]),
        solve(rng, "dense", [3, 3, 7], [1, 1, 10]),
        solve(rng, "conv_transpose", [3, 4, 5], [6, 8, 3], [4, 2, 1]),
        solve(rng, "conv_transpose", [4, 3, 8], [8, 6, 4], [2, 2, 0]),
        solve(rng, "conv_transpose", [3, 3, 6], [7, 7, 2], [3, 2, 0], "VALID"),
        solve(rng, "conv_transpose", [4, 4, 3], [4, 4, 5], [3, 1, 1]),
        solve(rng, "conv_transpose", [2, 3, 4], [8, 11, 3], [5, 3, 0], "VALID"),
        solve(rng, "conv", [6, 5, 4], [6, 5, 6], [3, 1, 1]),
        solve(rng, "conv", [7, 7, 3], [3, 3, 4], [3, 2, 0], "VALID"),
        solve(rng, "depthwise", [6, 5, 8], [6, 5, 8], [3, 1, 1]),
    ]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"made_by": "{VERSION}", "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_name("litert.json").write_text(text)


if __name__ == "__main__":
    main()
