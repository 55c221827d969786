"""The options of `grf-data convert`, with their grammar."""

import dataclasses


def per_modality(arguments, convert=str):
    """`audio=1,3,vision=2` → {audio: [1, 3], vision: [2]}; a bare value is under None; later wins."""
    found = {}
    for argument in arguments or []:
        name = None
        started = set()
        for piece in argument.split(","):
            if "=" in piece:
                name, piece = piece.split("=", 1)
            if name not in started:
                started.add(name)
                found.pop(name, None)  # later wins, also over its own place in the order
                if name is None:
                    found.clear()
                found[name] = []
            found[name].append(convert(piece))
    return found


def setting(options, modality, default):
    """The single value that holds for a modality."""
    values = options.get(modality, options.get(None, [default]))
    return values[-1]


@dataclasses.dataclass
class Configuration:
    lag: dict
    align: str | None
    collapse: dict
    align_missing: dict
    select: dict
    drop_zero_frames: set
    rate: dict
    max_frames: dict
    keep: dict
    nonfinite: dict
    normalize: dict
    clip: dict
    dtype: dict
    drop_incomplete: bool
    times: str

    @classmethod
    def of(cls, arguments):
        return cls(
            lag=per_modality(arguments.lag, int),
            align=arguments.align,
            collapse=per_modality(arguments.collapse),
            align_missing=per_modality(arguments.align_missing),
            select=per_modality(arguments.select),
            drop_zero_frames={name for value in arguments.drop_zero_frames or [] for name in value.split(",")},
            rate=per_modality(arguments.rate, float),
            max_frames=per_modality(arguments.max_frames, int),
            keep=per_modality(arguments.keep),
            nonfinite=per_modality(arguments.nonfinite),
            normalize=per_modality(arguments.normalize),
            clip=per_modality(arguments.clip, lambda text: None if text == "none" else float(text)),
            dtype=per_modality(arguments.dtype),
            drop_incomplete=arguments.drop_incomplete,
            times=arguments.times,
        )


def selected_columns(pieces, sequence):
    """`1`, `0-4` (both ends included) or a dimension's name, in the order given."""
    names = sequence.dimension_names or []
    columns = []
    for piece in pieces:
        first, dash, last = piece.partition("-")
        if piece.isdigit():
            columns.append(int(piece))
        elif dash and first.isdigit() and last.isdigit():
            columns += range(int(first), int(last) + 1)
        else:
            columns.append(names.index(piece))
    return columns
