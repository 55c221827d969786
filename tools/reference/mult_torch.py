"""MulT (the Multimodal Transformer, Tsai et al. 2019, arXiv 1906.00295) in PyTorch, on padded batches: what the
package's own is held against.

Written for reading, from the paper and the rules that the catalog of FusionModels gives, not taken from the published
code. Names and shapes of `state_dict()` are those of the checkpoints. Needs torch.
"""

import dataclasses
import math

import torch
from torch import nn
from torch.nn import functional as F


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The keys of `model:` in a configuration file."""

    d_model: int = 30
    num_heads: int = 5
    num_layers: int = 5
    attn_dropout: float = 0.1  # where the memory is text
    attn_dropout_other: float = 0.0
    relu_dropout: float = 0.1
    res_dropout: float = 0.1
    embed_dropout: float = 0.25
    out_dropout: float = 0.0

    def attention_dropout(self, memory):
        return self.attn_dropout if memory == "text" else self.attn_dropout_other


def position_code(length, width, like):
    """[length, width]: for places counted from 1, all sines, then all cosines; an odd width's last channel is 0."""
    half = width // 2
    rates = torch.exp(torch.arange(half, dtype=torch.float64) * (-math.log(10000.0) / max(half - 1, 1)))
    angles = torch.arange(1, length + 1, dtype=torch.float64)[:, None] * rates
    code = torch.cat([torch.sin(angles), torch.cos(angles), torch.zeros(length, width % 2, dtype=torch.float64)], dim=1)
    return code.to(like)


def visible(query_lengths, key_lengths, key_valid, queries):
    """[B, Tq, Tk]: a key is seen iff it is valid and j <= i + |Tk - Tq|, with the sample's own lengths."""
    reach = (key_lengths - query_lengths).abs()[:, None, None]
    i, j = torch.arange(queries)[None, :, None], torch.arange(key_valid.shape[1])[None, None]
    return (j <= i + reach) & key_valid[:, None]


class Attention(nn.Module):
    """Scaled dot-product attention of several heads; a query that sees no key gets 0."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.xavier_uniform_(self.out_proj.weight)
        nn.init.zeros_(self.out_proj.bias)

    def forward(self, query, key, value, seen):
        parts = zip((query, key, value), self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))
        q, k, v = (F.linear(x, w, b).unflatten(-1, (self.heads, -1)).transpose(1, 2) for x, w, b in parts)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        seen = seen[:, None]
        weights = torch.softmax(scores.masked_fill(~seen, -1e30), dim=-1) * seen
        self.weights = weights.detach()  # of the last call, [B, heads, Tq, Tk], for whoever looks
        weights = F.dropout(weights, self.dropout, self.training)
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2))


class EncoderLayer(nn.Module):
    """Norms first; one of them for queries, keys and values. `keys` None: self-attention."""

    def __init__(self, c, width, attention_dropout):
        super().__init__()
        self.attention = Attention(width, c.num_heads, attention_dropout)
        self.linear1, self.linear2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.relu_dropout, self.res_dropout = nn.Dropout(c.relu_dropout), nn.Dropout(c.res_dropout)
        for linear in (self.linear1, self.linear2):
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x, keys, values, seen):
        queries = self.norm1(x)
        keys, values = (queries, queries) if keys is None else (self.norm1(keys), self.norm1(values))
        x = x + self.res_dropout(self.attention(queries, keys, values, seen))
        inner = self.relu_dropout(torch.relu(self.linear1(self.norm2(x))))
        return x + self.res_dropout(self.linear2(inner))


class Encoder(nn.Module):
    def __init__(self, c, width, layers, attention_dropout):
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(c, width, attention_dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(c.embed_dropout)

    def entering(self, x):
        return self.dropout(math.sqrt(x.shape[-1]) * x + position_code(x.shape[1], x.shape[2], x))

    def forward(self, x, memory, seen):
        # Keys and values enter apart: each has a dropout of its own.
        keys, values = (None, None) if memory is None else (self.entering(memory), self.entering(memory))
        x = self.entering(x)
        for layer in self.layers:
            x = layer(x, keys, values, seen)
        return self.norm(x)


class Block(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(width, width), nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return x + self.linear2(self.dropout(torch.relu(self.linear1(x))))


class MulT(nn.Module):
    """`dimensions`: {modality: width of its frames}; at least two."""

    def __init__(self, c, dimensions):
        super().__init__()
        if len(dimensions) < 2:
            raise ValueError(f"MulT fuses two modalities or more, not {list(dimensions)}")
        self.configuration, self.order = c, list(dimensions)
        d, joined = c.d_model, (len(dimensions) - 1) * c.d_model
        self.projectors = nn.ModuleDict({name: nn.Linear(width, d, bias=False) for name, width in dimensions.items()})
        self.cross_encoders = nn.ModuleDict({
            target: nn.ModuleDict({source: Encoder(c, d, c.num_layers, c.attention_dropout(source))
                                   for source in self.order if source != target})
            for target in self.order})
        self.self_encoders = nn.ModuleDict({
            name: Encoder(c, joined, max(c.num_layers, 3), c.attention_dropout(name)) for name in self.order})
        self.block = Block(len(dimensions) * joined, c.out_dropout)
        self.regressor = nn.Linear(len(dimensions) * joined, 1)

    def forward(self, frames, valid, lengths):
        """frames: {modality: [B, T, D]}; valid: {modality: [B, T] of bool}, false where masked or padded; lengths:
        {modality: [B]}, frames as they are stored, masked ones included. Gives [B]."""
        x, mask, count = {}, {}, {}
        for name in self.order:
            x[name], mask[name], count[name] = self.entering(name, frames[name], valid[name], lengths[name])

        def seen(target, source):
            return visible(count[target], count[source], mask[source], x[target].shape[1])

        ends = []
        for target in self.order:
            crossed = [encoder(x[target], x[source], seen(target, source))
                       for source, encoder in self.cross_encoders[target].items()]
            states = self.self_encoders[target](torch.cat(crossed, dim=-1), None, seen(target, target))
            places = torch.arange(mask[target].shape[1]) * mask[target]
            ends.append(states[torch.arange(len(states)), places.argmax(dim=1)])  # the last valid frame
        return self.regressor(self.block(torch.cat(ends, dim=-1))).squeeze(-1)

    def entering(self, name, values, mask, lengths):
        """A modality's projection, mask and lengths. Where a sample has no valid frame: one, of zeros, at place 0."""
        empty = ~mask.any(dim=1)
        values = values.masked_fill(empty[:, None, None], 0)
        mask = mask.clone()
        mask[:, 0] |= empty
        if name == "text":
            values = F.dropout(values, self.configuration.embed_dropout, self.training)
        return self.projectors[name](values), mask, torch.where(empty, 1, lengths)

    @staticmethod
    def loss(predictions, labels):
        return (predictions - labels).abs().mean()


def optimizer(model, learning_rate=1e-3):
    return torch.optim.Adam(model.parameters(), learning_rate, betas=(0.9, 0.999), eps=1e-8)


def step(model, adam, inputs, labels, max_grad_norm=0.8):
    """Forward, backward, gradients x min(1, max / (norm + 1e-6)), Adam. The loss before the step.

    `inputs`: the arguments of `forward`.
    """
    adam.zero_grad(set_to_none=True)
    loss = model.loss(model(*inputs), labels)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
    adam.step()
    return loss.detach()


def schedule(adam):
    """A tenth of the rate after more than 20 epochs without a valid loss lower by 1e-4 of the lowest."""
    return torch.optim.lr_scheduler.ReduceLROnPlateau(adam, "min", factor=0.1, patience=20, threshold=1e-4)


def parameter_count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def check_parameter_counts():
    """The published model at the published dimensions."""
    with torch.device("meta"):
        found = parameter_count(MulT(Configuration(), {"text": 300, "audio": 5, "vision": 20}))
    assert found == 1_071_211, f"mult: {found} parameters, not 1071211"
