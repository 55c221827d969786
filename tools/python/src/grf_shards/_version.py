"""The version of the package, which is that of `grf-data` and `grf-train`."""

__version__ = "0.1.0"
