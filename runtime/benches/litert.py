"""Draws with LiteRT what the crate draws, for `cargo bench -p runtime`.

It writes LiteRT's version and the names of the two ways in which it computes, then answers each line
of standard input, a JSON object:

- `{"model": {...}}` builds the network, with the very weights of the crate's model; it answers `ok`;
- `{"draw": [latent]}` answers with the pixels of each way, a JSON list a line;
- `{"time": IMAGES, "way": INDEX}` answers with the seconds that so many images take.

Weights are int8 with a scale for each channel, activations int8, biases int32. A class adds to the
first layer's bias here, so that its table costs nothing. Activation functions are operators of
their own, as LiteRT's converter leaves them: none but ReLU joins another operator.
"""

import json
import sys
import time
from importlib.metadata import version

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

# What an interpreter is by default, and without the delegate that it then hands everything to.
WAYS = {
    "XNNPACK": OpResolverType.BUILTIN,
    "built-in kernels": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
}


class Graph:
    """A network as a LiteRT model in the making."""

    def __init__(self):
        self.tensors, self.operators, self.codes = [], [], []
        self.buffers = [schema.BufferT()]

    def tensor(self, shape, kind, scale=None, axis=0, content=None):
        t = schema.TensorT()
        t.name, t.shape, t.type = f"t{len(self.tensors)}", list(shape), kind
        t.buffer = len(self.buffers)
        b = schema.BufferT()
        if content is not None:
            b.data = np.frombuffer(np.ascontiguousarray(content).tobytes(), dtype=np.uint8)
        self.buffers.append(b)
        if scale is not None:
            q = schema.QuantizationParametersT()
            q.scale = [float(s) for s in np.atleast_1d(scale)]
            q.zeroPoint = [0] * len(q.scale)
            q.quantizedDimension = axis
            t.quantization = q
        self.tensors.append(t)
        return len(self.tensors) - 1

    def int8(self, shape, scale, axis=0, content=None):
        return self.tensor(shape, schema.TensorType.INT8, scale, axis, content)

    def operator(self, name, options, inputs, output, op_version, **values):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = op_version
        self.codes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = len(self.codes) - 1, inputs, [output]
        if options:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            op.builtinOptions = getattr(schema, options + "T")()
        for key, value in values.items():
            setattr(op.builtinOptions, key, value)
        self.operators.append(op)

    def layer(self, layer, x, shape):
        """Adds a layer of the crate's after tensor `x`, of `shape` and scale 1: its output likewise."""
        channels, output = layer["output"][2], (1, *layer["output"])
        squash = layer["activation"] == "tanh"
        # A step of a sum is so many of the output; a tanh's input has 64 steps to 1.
        scale = np.array(layer["scales"]) / (64 if squash else 1)
        # Before tanh, so that its input reaches to 4. Before a leaky ReLU the output's own scale: then
        # what ends at 127 is as fine as in the crate, and what is below -128 is cut.
        before = 1 / 32 if squash else 1.0
        weights = np.array(layer["weights"], dtype=np.int8)
        if layer["kind"] == "dense":
            fan_in, outputs = int(np.prod(shape)), int(np.prod(output))
            scale = np.tile(scale, outputs // channels)
            x = self.reshaped(x, shape, (1, fan_in))
            w = self.int8((outputs, fan_in), scale, 0, weights)
            y = self.int8((1, outputs), before)
            inputs = [x, w, self.bias(layer, scale)]
            self.operator("FULLY_CONNECTED", "FullyConnectedOptions", inputs, y, 4)
        else:
            kernel, stride, padding = layer["window"]
            doubled = (1, shape[1] * stride, shape[2] * stride, channels)
            # Its first row and column may be left out.
            cropped = output != doubled
            if output not in (doubled, (1, doubled[1] - 1, doubled[2] - 1, channels)) or (
                kernel - stride != 2 * (padding - cropped)
            ):
                raise SystemExit(f"not a convolution that doubles: {layer['window']}")
            plain = weights.reshape(kernel, kernel, shape[3], channels).transpose(3, 0, 1, 2)
            w = self.int8(plain.shape, scale, 0, plain)
            to = self.numbers(doubled)
            y = self.int8(doubled, before)
            self.operator(
                "TRANSPOSE_CONV",
                "TransposeConvOptions",
                [to, w, x, self.bias(layer, scale)],
                y,
                3,
                strideH=stride,
                strideW=stride,
                padding=schema.Padding.SAME,
            )
            if cropped:
                y, x = self.int8(output, before), y
                part = [self.numbers((0, 1, 1, 0)), self.numbers(output)]
                self.operator("SLICE", "SliceOptions", [x, *part], y, 2)
        flat = (1, int(np.prod(output))) if layer["kind"] == "dense" else output
        if layer["activation"] == "leaky":
            y, x = self.int8(flat, 1.0), y
            slope = layer["slope"]
            self.operator("LEAKY_RELU", "LeakyReluOptions", [x], y, 2, alpha=slope)
        elif squash:
            # The only scale that it takes: 127 is nearly 1.
            y, x = self.int8(flat, 1 / 128), y
            self.operator("TANH", None, [x], y, 2)
        return self.reshaped(y, flat, output), output

    def numbers(self, values):
        content = np.array(values, dtype=np.int32)
        return self.tensor(content.shape, schema.TensorType.INT32, content=content)

    def bias(self, layer, scale):
        bias = np.array(layer["bias"], dtype=np.int32)
        return self.tensor(bias.shape, schema.TensorType.INT32, scale, content=bias)

    def reshaped(self, x, shape, to):
        if tuple(shape) == tuple(to):
            return x
        y = self.int8(to, self.tensors[x].quantization.scale)
        self.operator("RESHAPE", "ReshapeOptions", [x, self.numbers(to)], y, 1, newShape=list(to))
        return y

    def pack(self, first, last):
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self.tensors, self.operators
        graph.inputs, graph.outputs = [first], [last]
        m = schema.ModelT()
        m.version, m.operatorCodes, m.subgraphs = 3, self.codes, [graph]
        m.buffers = self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(m.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def build(model):
    graph = Graph()
    shape = (1, 1, 1, model["latent"])
    first = x = graph.int8(shape, 1.0)
    for layer in model["layers"]:
        x, shape = graph.layer(layer, x, shape)
    content = graph.pack(first, x)
    return [Drawer(content, resolver) for resolver in WAYS.values()]


class Drawer:
    def __init__(self, content, resolver):
        self.interpreter = Interpreter(
            model_content=content, num_threads=1, experimental_op_resolver_type=resolver
        )
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.output = self.interpreter.get_output_details()[0]

    def draw(self, latent):
        latent = np.array(latent, dtype=np.int8).reshape(self.input["shape"])
        self.interpreter.set_tensor(self.input["index"], latent)
        self.interpreter.invoke()
        codes = self.interpreter.get_tensor(self.output["index"])
        return (codes.astype(int) + 128).ravel().tolist()

    def seconds(self, images):
        # Only what LiteRT does: neither its input nor its output is copied.
        invoke = self.interpreter.invoke
        start = time.perf_counter()
        for _ in range(images):
            invoke()
        return time.perf_counter() - start


def main():
    print(f"LiteRT {version('ai-edge-litert')}")
    print(json.dumps(list(WAYS)), flush=True)
    drawers = []
    for line in sys.stdin:
        question = json.loads(line)
        if "model" in question:
            drawers = build(question["model"])
            print("ok", flush=True)
        elif "draw" in question:
            for drawer in drawers:
                print(json.dumps(drawer.draw(question["draw"])), flush=True)
        else:
            print(drawers[question["way"]].seconds(question["time"]), flush=True)


main()
