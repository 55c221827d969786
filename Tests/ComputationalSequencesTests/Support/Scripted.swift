import ComputationalSequences
import TestSupport
import Testing

/// Files that only h5py can write.
enum Scripted {
  private static let prelude = """
    import sys, h5py, numpy as np
    f = h5py.File(sys.argv[1], "w")
    times = lambda n, dtype="f8": np.arange(2 * n, dtype=dtype).reshape(n, 2)
    table = lambda n, d, dtype="f4": np.arange(n * d).reshape(n, d).astype(dtype)
    def entry(id, features, intervals=None, root="COVAREP", **options):
        g = f.require_group(f"{root}/data/{id}")
        g.create_dataset("features", data=features, **options)
        g.create_dataset("intervals", data=times(len(features)) if intervals is None else intervals)
        return g["features"]

    """

  /// Runs `script` with an h5py file `f` to fill; returns what it printed.
  @discardableResult static func write(_ path: String, _ script: String) throws -> String {
    try Python.run(prelude + script + "\nf.close()", path)
  }
}

extension SequenceError {
  /// Why a file, or its first unfit entry, is refused; nil where there is nothing to refuse.
  static func ofOpening(_ path: String) -> SequenceError? {
    do throws(SequenceError) {
      return try SequenceFile(path).roots.flatMap(\.unfit).first?.error
    } catch { return error }
  }
}
