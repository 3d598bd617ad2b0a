#!/usr/bin/env python3
"""Reads a model file as FORMAT.md describes it, and draws with arithmetic.py.

    python3 draw.py MODEL.gen.bin SEED LABEL       an image of digits from 0 (black) to 9
    python3 draw.py MODEL.gen.bin SEED LABEL --crc its CRC-64/XZ, as in hashes.csv

It shares no code with the crate: a second reader, to see whether the two documents are enough.
"""

import struct
import sys
import zlib
from pathlib import Path

from arithmetic import ACTIVATIONS, latent, run

KINDS = ["dense", "conv_transpose", "conv", "depthwise", "upsample"]


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def u8(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def string(self):
        return self.bytes(self.varint()).decode()

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def align(self, to):
        self.at = -(-self.at // to) * to

    def numbers(self, code, count):
        return list(struct.unpack(f"<{count}{code}", self.bytes(count * struct.calcsize(code))))


def read(data):
    """Latent length, classes and layers, as arithmetic.py wants them."""
    if data[:4] != b"PGAN" or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise SystemExit("not a model file, or a damaged one")
    r = Reader(data)
    r.at = 4
    if r.u8() != 1:
        raise SystemExit("another version of the format")
    print(f"data set {r.string()}, recipe {r.string()}, tool {r.string()}", file=sys.stderr)
    r.varint(), r.varint()
    if r.u8():
        r.varint(), r.varint()
    size, classes, count = r.u8(), r.u8(), r.u8()
    shape, layers = [1, 1, size], []
    for _ in range(count):
        layers.append(record(r, shape))
        shape = layers[-1]["output"]
    for layer in layers:
        arrays(r, layer, classes)
    r.align(4)
    assert r.at == len(data) - 4, "something is left"
    return size, classes, layers


def record(r, shape):
    layer = {"kind": KINDS[r.varint()], "input": shape, "factor": 0, "window": []}
    height, width, channels = shape
    if layer["kind"] == "upsample":
        layer["factor"] = r.u8()
        layer["output"] = [height * layer["factor"], width * layer["factor"], channels]
        return layer
    if layer["kind"] == "dense":
        layer["output"] = [r.varint(), r.varint(), r.varint()]
    else:
        k, s, p = layer["window"] = [r.u8(), r.u8(), r.u8()]
        if layer["kind"] == "conv_transpose":
            e = r.u8()
            sides = [(i - 1) * s - 2 * p + k + e for i in (height, width)]
        else:
            sides = [(i + 2 * p - k) // s + 1 for i in (height, width)]
        if layer["kind"] != "depthwise":
            channels = r.varint()
        layer["output"] = [*sides, channels]
    layer["activation"] = ACTIVATIONS[r.varint()]
    layer["slope"] = r.varint() if layer["activation"] == "leaky_relu" else 0
    layer["pre_shift"], layer["post_shift"] = r.u8(), r.u8()
    terms, layer["label_shift"] = r.u8(), r.u8()
    layer["bias_shift"], layer["bias"] = terms & 15, terms >> 4 & 3
    layer["label"], layer["bits"] = terms >> 6 & 1, 4 if terms & 0x80 else 8
    return layer


def arrays(r, layer, classes):
    if layer["kind"] == "upsample":
        r.align(4)
        return
    places, count = matrices(layer)
    r.align(4)
    raw = r.bytes(-(-count // 8) * 4 if layer["bits"] == 4 else count)
    layer["weights"] = [weight(raw, layer["bits"], place) for place in places]
    r.align(2)
    channels = layer["output"][2]
    outputs = layer["output"][0] * layer["output"][1] * channels
    layer["multipliers"] = r.numbers("H", channels)
    layer["bias"] = r.numbers("h", [0, channels, outputs][layer["bias"]])
    layer["label"] = r.numbers("b", layer["label"] * classes * outputs)


def matrices(layer):
    """The place of every weight, in the plain order of arithmetic.py, and the number of places."""
    height, width, inputs = layer["input"]
    out_height, out_width, outputs = layer["output"]
    plain, start = {}, 0

    def matrix(rows, columns):
        """`rows` and `columns` are lists of halves of a plain index."""
        nonlocal start
        for k, row in enumerate(rows):
            for n, column in enumerate(columns):
                plain[row, column] = place(start, len(rows), len(columns), k, n)
        start += -(-len(rows) // 4) * 4 * (-(-len(columns) // 2) * 2)

    if layer["kind"] == "dense":
        every = height * width * inputs
        line = out_width * outputs
        m = max(m for m in range(1, out_height + 1)
                if m == 1 or out_height % m == 0 and m * line <= 128)
        for y in range(0, out_height, m):
            matrix(list(range(every)), list(range(y * line, (y + m) * line)))
        size = out_height * out_width * outputs
        return [plain[i, o] for o in range(size) for i in range(every)], start
    k, s, _ = layer["window"]
    if layer["kind"] == "depthwise":
        return list(range(k * k * outputs)), k * k * outputs
    if layer["kind"] == "conv":
        matrix([(y, x, i) for y in range(k) for x in range(k) for i in range(inputs)],
               [(0, 0, o) for o in range(outputs)])
        order = [((y, x, i), (0, 0, o))
                 for y in range(k) for x in range(k) for i in range(inputs) for o in range(outputs)]
        return [plain[key] for key in order], start

    def taps(phase):
        return list(range(phase, k, s))[::-1]

    for a in range(s):
        if k % s == 0:
            # A kernel column is a step from the column phase.
            matrix([(y, x, i) for y in taps(a) for x in taps(0) for i in range(inputs)],
                   [(0, b, o) for b in range(s) for o in range(outputs)])
        else:
            for b in range(s):
                matrix([(y, x - b, i) for y in taps(a) for x in taps(b) for i in range(inputs)],
                       [(0, b, o) for o in range(outputs)])
    return [plain[(y, x - x % s, i), (0, x % s, o)]
            for y in range(k) for x in range(k) for i in range(inputs) for o in range(outputs)], start


def place(start, rows, columns, k, n):
    rows = (rows + 3) // 4 * 4
    first, left = 0, columns
    while True:
        width = 8 if left >= 8 else 4 if left >= 4 else 2
        if n < first + width:
            break
        first += width
        left -= width
    n -= first
    return (start + rows * first + k // 4 * 4 * width
            + k % 2 * 2 * width + n // 2 * 4 + k % 4 // 2 * 2 + n % 2)


def weight(raw, bits, place):
    if bits == 4:
        p = place % 8
        bit = 4 * (p // 4 * 2 + p % 2) + 16 * (p // 2 % 2)
        word = struct.unpack_from("<I", raw, place // 8 * 4)[0]
        return (word >> bit & 15) - 8
    byte = raw[place]
    return byte - 128 if place % 2 == 0 else (byte ^ 128) - 128


def crc64(data):
    crc = (1 << 64) - 1
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xC96C5795D7870F42 if crc & 1 else 0)
    return crc ^ ((1 << 64) - 1)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    size, classes, layers = read(Path(sys.argv[1]).read_bytes())
    seed, label = int(sys.argv[2]), int(sys.argv[3])
    if label >= max(classes, 1):
        sys.exit(f"the model has {classes} classes")
    x = latent(seed, size)
    for index, layer in enumerate(layers):
        x = run(layer, layer["input"], x, label, index + 1 < len(layers))
    pixels = bytes(q + 128 for q in x)
    if "--crc" in sys.argv:
        print(f"{crc64(pixels):016x}")
        return
    height, width, channels = layers[-1]["output"]
    for y in range(height):
        row = pixels[y * width * channels : (y + 1) * width * channels : channels]
        print("".join(str(pixel * 10 // 256) for pixel in row))


if __name__ == "__main__":
    main()
