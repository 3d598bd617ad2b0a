"""Times the same training steps in PyTorch, for `cargo bench -p trainer`.

Its argument is the number of threads. It writes PyTorch's version, then reads lines `RECIPE STEPS`
from standard input and answers each with one line `WALL_SECONDS CPU_SECONDS` of that many steps, so
that both programs can take turns on one machine. The variants with a hyphen are other ways to
write the same in PyTorch; none of them is faster.
"""

import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def leaky(x):
    return F.leaky_relu(x, 0.2)


def rounded(weight, axes):
    """Weights as four bits hold them, with one scale where `axes` are reduced, and the gradient of
    what they were."""
    plain = weight.detach()
    step = plain.abs().amax(axes, keepdim=True).clamp_min(1e-38) / 7
    return weight + ((plain / step).round() * step - plain)


class OurGenerator(nn.Module):
    """Dense layer and transposed convolutions; with three, the first makes 7x7 of 4x4."""

    def __init__(self, latent, channels, dense_bits, bits):
        super().__init__()
        self.latent, self.channels, self.dense_bits, self.bits = latent, channels, dense_bits, bits
        self.side = 7 if len(channels) == 2 else 4
        self.dense = nn.Linear(latent + 10, channels[0] * self.side**2, bias=False)
        self.ups = nn.ModuleList()
        for index, (inputs, outputs) in enumerate(zip(channels, [*channels[1:], 1])):
            crops = self.side == 4 and index == 0
            up = nn.ConvTranspose2d(inputs, outputs, 4, 2, 2 if crops else 1, 1 if crops else 0)
            self.ups.append(up)

    def forward(self, z):
        weight = self.dense.weight
        if self.dense_bits == 4:
            latent = weight[:, : self.latent]
            groups = latent.reshape(self.channels[0], -1, self.latent)
            weight = torch.cat([rounded(groups, (1, 2)).view_as(latent), weight[:, self.latent :]], 1)
        x = leaky(F.linear(z, weight)).view(-1, self.channels[0], self.side, self.side)
        for index, up in enumerate(self.ups):
            weight = rounded(up.weight, (0, 2, 3)) if self.bits == 4 else up.weight
            x = F.conv_transpose2d(x, weight, up.bias, 2, up.padding, up.output_padding)
            x = leaky(x) if index + 1 < len(self.ups) else torch.tanh(x)
        return x


def logits(d, f, labels, others):
    """The logits of features; and, if asked for, those of the first of them with other labels."""
    own = d.output(f)[:, 0]
    logits = own + (f * d.embedding(labels)).sum(1)
    if others is None:
        return logits
    n = len(others)
    return logits, own[:n] + (f[:n] * d.embedding(others)).sum(1)


class ConvPatches(nn.Module):
    """The patch discriminator with PyTorch's convolutions."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(1, 64, 8, 4)
        self.area = nn.Conv2d(64, 128, 2, 2)
        self.features = nn.Linear(9 * 128, 128)
        self.output = nn.Linear(128, 1)
        self.embedding = nn.Embedding(10, 128)

    def forward(self, x, labels, others=None):
        x = leaky(self.area(leaky(self.patch(x))))
        f = leaky(self.features(x.flatten(1)))
        return logits(self, f, labels, others)


class MatrixPatches(nn.Module):
    """The patch discriminator as matrix products, as the trainer computes it."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Linear(64, 64)
        self.area = nn.Linear(256, 128)
        self.features = nn.Linear(9 * 128, 128)
        self.output = nn.Linear(128, 1)
        self.embedding = nn.Embedding(10, 128)

    def forward(self, x, labels, others=None):
        n = x.shape[0]
        x = x.view(n, 28, 28).unfold(1, 8, 4).unfold(2, 8, 4)  # n, 6, 6, 8, 8
        x = x.reshape(n, 3, 2, 3, 2, 64).transpose(2, 3).reshape(-1, 64)
        x = leaky(self.patch(x)).view(-1, 256)
        x = leaky(self.area(x)).view(n, -1)
        return logits(self, leaky(self.features(x)), labels, others)


class Ours:
    def __init__(self, generator, rate, discriminator=MatrixPatches, fused=True):
        self.g, self.d = OurGenerator(*generator), discriminator()
        self.average = [p.detach().clone() for p in self.g.parameters()]
        adam = lambda net: torch.optim.Adam(net.parameters(), rate, (0.5, 0.99), 1e-8, fused=fused)
        self.g_adam, self.d_adam = adam(self.g), adam(self.d)
        self.data = torch.randint(0, 256, (60000, 784), dtype=torch.uint8)
        self.labels = torch.randint(0, 10, (60000,))

    def latent(self, labels):
        one_hot = 2.0 * F.one_hot(labels, 10)
        return torch.cat([torch.rand(len(labels), self.g.latent) * 2 - 1, one_hot], 1)

    def step(self):
        index = torch.randint(0, 60000, (64,))
        real = (self.data[index].float() / 127.5 - 1).view(-1, 1, 28, 28)
        labels = self.labels[index]
        with torch.no_grad():
            fake = self.g(self.latent(labels))
        both = torch.cat([real, fake])
        every = torch.cat([both, both + 0.05 * torch.randn_like(both)])
        others = (labels + torch.randint(1, 10, (64,))) % 10
        judged, other = self.d(every, labels.repeat(4), others)
        at, near = judged.chunk(2)
        d_real, d_fake = at.chunk(2)
        penalty = (near - at).square().mean() * (2 * 0.03 / (2 * 0.05**2))
        d_loss = F.softplus(d_fake - d_real).mean() + penalty
        d_loss = d_loss + 0.2 * F.softplus(other - d_real).mean()
        self.d_adam.zero_grad()
        d_loss.backward()
        self.d_adam.step()

        self.d.requires_grad_(False)
        with torch.no_grad():
            d_real = self.d(real, labels)
        d_fake = self.d(self.g(self.latent(labels)), labels)
        g_loss = F.softplus(d_real - d_fake).mean()
        self.g_adam.zero_grad()
        g_loss.backward()
        self.g_adam.step()
        self.d.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(self.average, list(self.g.parameters()), 1e-3)
        return d_loss.item(), g_loss.item()


class Goodfellow:
    def __init__(self, fused):
        self.g = nn.Sequential(nn.Linear(100, 128), nn.LeakyReLU(0.2), nn.Linear(128, 784), nn.Tanh())
        self.d = nn.Sequential(nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
        adam = lambda net: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), 1e-8, fused=fused)
        self.g_adam, self.d_adam = adam(self.g), adam(self.d)
        self.data = torch.randint(0, 256, (60000, 784), dtype=torch.uint8)

    def step(self):
        index = torch.randint(0, 60000, (128,))
        real = self.data[index].float() / 127.5 - 1
        with torch.no_grad():
            fake = self.g(torch.rand(128, 100) * 2 - 1)
        d_real, d_fake = self.d(torch.cat([real, fake]))[:, 0].chunk(2)
        d_loss = F.softplus(-d_real).mean() + F.softplus(d_fake).mean()
        self.d_adam.zero_grad()
        d_loss.backward()
        self.d_adam.step()

        self.d.requires_grad_(False)
        d_fake = self.d(self.g(torch.rand(128, 100) * 2 - 1))[:, 0]
        g_loss = -F.softplus(d_fake).mean()
        self.g_adam.zero_grad()
        g_loss.backward()
        self.g_adam.step()
        self.d.requires_grad_(True)
        return d_loss.item(), g_loss.item()


class DcganGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(100, 128 * 49, bias=False)
        self.dense_norm = nn.BatchNorm2d(128)
        self.first = nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(64)
        self.second = nn.ConvTranspose2d(64, 1, 4, 2, 1)

    def forward(self, z):
        x = F.relu(self.dense_norm(self.dense(z).view(-1, 128, 7, 7)))
        return torch.tanh(self.second(F.relu(self.first_norm(self.first(x)))))


class DcganDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 64, 4, 2, 1)
        self.second = nn.Conv2d(64, 128, 4, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(128)
        self.output = nn.Linear(128 * 49, 1)

    def forward(self, x):
        return self.output(leaky(self.norm(self.second(leaky(self.first(x))))).flatten(1))[:, 0]


class Dcgan:
    def __init__(self):
        self.g, self.d = DcganGenerator(), DcganDiscriminator()
        adam = lambda net: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), 1e-8, fused=True)
        self.g_adam, self.d_adam = adam(self.g), adam(self.d)
        self.data = torch.randint(0, 256, (60000, 784), dtype=torch.uint8)

    def step(self):
        index = torch.randint(0, 60000, (128,))
        real = (self.data[index].float() / 127.5 - 1).view(-1, 1, 28, 28)
        with torch.no_grad():
            fake = self.g(torch.rand(128, 100) * 2 - 1)
        # Each normalised within itself.
        d_loss = F.softplus(-self.d(real)).mean() + F.softplus(self.d(fake)).mean()
        self.d_adam.zero_grad()
        d_loss.backward()
        self.d_adam.step()

        self.d.requires_grad_(False)
        g_loss = F.softplus(-self.d(self.g(torch.rand(128, 100) * 2 - 1))).mean()
        self.g_adam.zero_grad()
        g_loss.backward()
        self.g_adam.step()
        self.d.requires_grad_(True)
        return d_loss.item(), g_loss.item()


SMALL = (24, [16, 24], 8, 8)
GAMES = {
    "small": lambda: Ours(SMALL, 3e-3),
    "small-conv": lambda: Ours(SMALL, 3e-3, ConvPatches),
    "small-unfused": lambda: Ours(SMALL, 3e-3, fused=False),
    "tiny": lambda: Ours((24, [11, 6, 10], 8, 8), 5e-3),
    "nano": lambda: Ours((20, [7, 4, 8], 4, 8), 6e-3),
    "pico": lambda: Ours((16, [4, 4, 8], 4, 8), 6e-3),
    "femto": lambda: Ours((8, [2, 4, 8], 4, 4), 6e-3),
    "goodfellow": lambda: Goodfellow(True),
    "goodfellow-unfused": lambda: Goodfellow(False),
    "dcgan": Dcgan,
}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    games = {}
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        recipe, steps = line.split()
        game = games.get(recipe) or games.setdefault(recipe, GAMES[recipe]())
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(steps)):
            game.step()
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)


main()
