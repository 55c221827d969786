"""GRF (Gated Recurrent Fusion, arXiv 2507.02985) in PyTorch, on padded batches: what the package's own is held against.

Written for reading, from the rules that the catalog of FusionModels gives, not taken from the published code. Names and
shapes of `state_dict()` are those of the checkpoints. Needs torch.
"""

import dataclasses
import math

import torch
from torch import nn


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The keys of `model:` in a configuration file."""

    d_model: int = 64
    num_heads: int = 4
    num_layers: int = 4
    d_ffn: int = 256
    dropout: float = 0.2
    aux_loss_weight: float = 0.4
    component: str = "full"  # one of COMPONENTS, or "single"


# What an ablation leaves out or replaces. The gate: by the mean or the sum of both states, or a linear map of them side by
# side; the second decoder: by the mean of what it would have read; both decoders: by the means of the projections.
COMPONENTS = ["full", "no-gate-mean", "no-gate-sum", "no-gate-concat", "one-way", "no-cross", "no-auxiliary"]

PRESETS = {"grf": Configuration(), "grf-4m": Configuration(d_model=128, d_ffn=512)}


@dataclasses.dataclass
class Stage:
    """What one gated fusion saw and made, each [B, d]."""

    h: torch.Tensor
    n: torch.Tensor
    gate: torch.Tensor | None  # None without a gate
    candidate: torch.Tensor | None
    state: torch.Tensor


@dataclasses.dataclass
class Output:
    main: torch.Tensor  # [B]
    auxiliary: torch.Tensor | None  # [B]
    stages: list[Stage]  # one a modality after the first


def position_code(length, width, like):
    """[length, width]: sines on even channels, cosines on odd ones, base 10000."""
    positions = torch.arange(length, dtype=torch.float64)[:, None]
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    code = torch.zeros(length, width, dtype=torch.float64)
    code[:, 0::2] = torch.sin(positions * rates)
    code[:, 1::2] = torch.cos(positions * rates[: width // 2])
    return code.to(like)


def mean_over(values, valid):
    """[B, T, d] -> [B, d]: the mean of the valid frames, or of all where `valid` is None."""
    if valid is None:
        return values.mean(dim=1)
    weights = valid[:, :, None].to(values)
    return (values * weights).sum(dim=1) / weights.sum(dim=1)


class FusionEncoder(nn.Module):
    """Two stacks of decoder layers that read each other's inputs. Post-norm, exact GELU."""

    def __init__(self, configuration):
        super().__init__()
        self.decoder_1 = self.decoder(configuration)
        if configuration.component != "one-way":
            self.decoder_2 = self.decoder(configuration)

    @staticmethod
    def decoder(c):
        layer = nn.TransformerDecoderLayer(c.d_model, c.num_heads, c.d_ffn, c.dropout, "gelu", batch_first=True)
        return nn.TransformerDecoder(layer, c.num_layers)  # its layers begin as copies of this one

    def forward(self, s, s_valid, x, x_valid):
        s_hidden = None if s_valid is None else ~s_valid
        x_hidden = None if x_valid is None else ~x_valid
        first = self.decoder_1(s, x, tgt_key_padding_mask=s_hidden, memory_key_padding_mask=x_hidden)
        if not hasattr(self, "decoder_2"):
            return first, x
        second = self.decoder_2(x, s, tgt_key_padding_mask=x_hidden, memory_key_padding_mask=s_hidden)
        return first, second


class GatedFusionUnit(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        d, self.component = configuration.d_model, configuration.component
        if self.component == "no-gate-concat":
            self.linear = nn.Linear(2 * d, d)
        elif not self.component.startswith("no-gate"):
            self.linear_gate = nn.Linear(2 * d, d)
            self.linear_candidate = nn.Linear(2 * d, d)
        self.norm = nn.LayerNorm(d)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, h, n):
        both = torch.cat([h, n], dim=-1)
        if self.component.startswith("no-gate"):
            mixed = {"mean": lambda: (h + n) / 2, "sum": lambda: h + n, "concat": lambda: self.linear(both)}
            return Stage(h, n, None, None, self.norm(self.dropout(mixed[self.component.removeprefix("no-gate-")]())))
        gate = torch.sigmoid(self.linear_gate(both))
        candidate = torch.tanh(self.linear_candidate(both))
        state = self.norm(self.dropout((1 - gate) * h + gate * candidate))
        return Stage(h, n, gate, candidate, state)


class Regressor(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        d = configuration.d_model
        self.regressor = nn.Sequential(nn.Linear(d, d // 2), nn.ReLU(), nn.Dropout(configuration.dropout),
                                       nn.Linear(d // 2, 1))

    def forward(self, state):
        return self.regressor(state).squeeze(-1)


class GRF(nn.Module):
    """`dimensions`: {modality: width of its frames}, in the order in which modalities are fused; at least two.

    With `masked=False` padding is data like any other, as in the published code: it is attended to and pooled.
    """

    def __init__(self, configuration, dimensions, masked=True):
        super().__init__()
        if len(dimensions) < 2:
            raise ValueError(f"GRF fuses two modalities or more, not {list(dimensions)}")
        self.configuration, self.order, self.masked = configuration, list(dimensions), masked
        self.projectors = nn.ModuleDict({name: nn.Linear(width, configuration.d_model)
                                         for name, width in dimensions.items()})
        later, component = self.order[1:], configuration.component
        if component not in COMPONENTS:
            raise ValueError(f"{component} is none of {COMPONENTS}")
        if component != "no-cross":
            self.fusion_encoders = nn.ModuleList(FusionEncoder(configuration) for _ in later)
        self.gfus = nn.ModuleList(GatedFusionUnit(configuration) for _ in later)
        self.regressor = Regressor(configuration)
        if component != "no-auxiliary":
            self.auxiliary_regressor = Regressor(configuration)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, frames, valid):
        """frames: {modality: [B, T, D]}; valid: {modality: [B, T] of bool}, false where masked or padded."""
        s, s_valid = self.entering(self.order[0], frames, valid)
        stages = []
        for i, (name, unit) in enumerate(zip(self.order[1:], self.gfus)):
            first = s
            second, x_valid = self.entering(name, frames, valid)
            if self.configuration.component != "no-cross":
                first, second = self.fusion_encoders[i](self.placed(s), s_valid, self.placed(second), x_valid)
            stages.append(unit(mean_over(first, s_valid), mean_over(second, x_valid)))
            s = stages[-1].state[:, None]  # one frame, at position 0
            s_valid = torch.ones_like(s[:, :, 0], dtype=torch.bool) if self.masked else None
        auxiliary = self.auxiliary_regressor(stages[0].state) if hasattr(self, "auxiliary_regressor") else None
        return Output(self.regressor(stages[-1].state), auxiliary, stages)

    def entering(self, name, frames, valid):
        """A modality's projection and mask. Where a sample has no valid frame: one, of zeros, at position 0."""
        values, mask = frames[name], valid[name]
        if not self.masked:
            return self.projectors[name](values), None
        empty = ~mask.any(dim=1)
        values = values.masked_fill(empty[:, None, None], 0)
        mask = mask.clone()
        mask[:, 0] |= empty
        return self.projectors[name](values), mask

    def placed(self, values):
        return self.dropout(values + position_code(values.shape[1], values.shape[2], values))

    def loss(self, output, labels):
        main = (output.main - labels).abs().mean()
        if output.auxiliary is None:
            return main
        auxiliary = (output.auxiliary - labels).abs().mean()
        return main + self.configuration.aux_loss_weight * auxiliary


class Single(nn.Module):
    """One modality alone, the component "single": position code, self-attention layers, the mean, the regressor."""

    masked = True

    def __init__(self, c, dimensions):
        super().__init__()
        if len(dimensions) != 1:
            raise ValueError(f"one modality, not {list(dimensions)}")
        self.configuration, (self.name,) = c, dimensions
        self.projectors = nn.ModuleDict({self.name: nn.Linear(dimensions[self.name], c.d_model)})
        layer = nn.TransformerEncoderLayer(c.d_model, c.num_heads, c.d_ffn, c.dropout, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, c.num_layers, enable_nested_tensor=False)
        self.regressor = Regressor(c)
        self.dropout = nn.Dropout(c.dropout)

    entering, placed, loss = GRF.entering, GRF.placed, GRF.loss

    def forward(self, frames, valid):
        x, x_valid = self.entering(self.name, frames, valid)
        states = self.encoder(self.placed(x), src_key_padding_mask=~x_valid)
        return Output(self.regressor(mean_over(states, x_valid)), None, [])


def make(configuration, dimensions):
    """The model of a configuration."""
    return (Single if configuration.component == "single" else GRF)(configuration, dimensions)


def optimizer(model, learning_rate=1e-3):
    """AdamW over every parameter, biases and norms included."""
    return torch.optim.AdamW(model.parameters(), learning_rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2)


def step(model, adamw, frames, valid, labels, max_grad_norm=1.0):
    """Forward, backward, gradients x min(1, max / (norm + 1e-6)), AdamW. The loss before the step, and the output."""
    adamw.zero_grad(set_to_none=True)
    output = model(frames, valid)
    loss = model.loss(output, labels)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
    adamw.step()
    return loss.detach(), output


def learning_rate(epoch, epochs=100, warmup=5, highest=1e-3, lowest=1e-6):
    """Of the epoch, counted from 0: linear warm-up, then half a cosine."""
    if epoch < warmup:
        return highest * (epoch + 1) / warmup
    return lowest + (highest - lowest) * (1 + math.cos(math.pi * (epoch - warmup) / (epochs - warmup))) / 2


def parameter_count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def check_parameter_counts():
    """The two presets at the published dimensions."""
    for preset, expected in (("grf", 1_126_530), ("grf-4m", 4_423_938)):
        with torch.device("meta"):
            found = parameter_count(GRF(PRESETS[preset], {"text": 300, "vision": 20, "audio": 5}))
        assert found == expected, f"{preset}: {found} parameters, not {expected}"
