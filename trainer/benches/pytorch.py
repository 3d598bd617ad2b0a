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


class SmallGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(34, 16 * 7 * 7, bias=False)
        self.first = nn.ConvTranspose2d(16, 24, 4, 2, 1)
        self.second = nn.ConvTranspose2d(24, 1, 4, 2, 1)

    def forward(self, z):
        x = leaky(self.dense(z)).view(-1, 16, 7, 7)
        return torch.tanh(self.second(leaky(self.first(x))))


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


class Small:
    def __init__(self, discriminator, fused):
        self.g, self.d = SmallGenerator(), discriminator()
        self.average = [p.detach().clone() for p in self.g.parameters()]
        adam = lambda net: torch.optim.Adam(net.parameters(), 3e-3, (0.5, 0.99), 1e-8, fused=fused)
        self.g_adam, self.d_adam = adam(self.g), adam(self.d)
        self.data = torch.randint(0, 256, (60000, 784), dtype=torch.uint8)
        self.labels = torch.randint(0, 10, (60000,))

    def latent(self, labels):
        one_hot = 2.0 * F.one_hot(labels, 10)
        return torch.cat([torch.rand(len(labels), 24) * 2 - 1, one_hot], 1)

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
        d_loss = d_loss + 0.5 * F.softplus(other - d_real).mean()
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


GAMES = {
    "small": lambda: Small(MatrixPatches, True),
    "small-conv": lambda: Small(ConvPatches, True),
    "small-unfused": lambda: Small(MatrixPatches, False),
    "goodfellow": lambda: Goodfellow(True),
    "goodfellow-unfused": lambda: Goodfellow(False),
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
