/// A model's weight matrices, transposed and packed as products read them, once for each change of the weights.
///
/// A matrix is packed when it is first asked for, into memory that is kept, so that later steps allocate nothing.
struct PackedWeights: ~Copyable {
  private struct Entry {
    let panels: Panels
    /// The version of the weights that it holds.
    var version: Int
  }

  private var memory = Arena()
  /// By the parameter's range.
  private var entries: [Range<Int>: Entry] = [:]
  private var source: ObjectIdentifier?

  var growths: Int { memory.growths }
  var capacity: Int { memory.capacity }

  /// - Returns: Wᵀ, `[k, n]`, of a parameter `[n, k]`.
  mutating func transpose(_ parameter: Parameter, of weights: FloatBuffer) -> Panels {
    if source != ObjectIdentifier(weights) {
      // Another model's: the same places hold other matrices.
      entries.removeAll(keepingCapacity: true)
      memory.reset()
      source = ObjectIdentifier(weights)
    }
    let (range, version) = (parameter.range, weights.version)
    let known = entries[range]
    if let known, known.version == version { return known.panels }
    let matrix = Matrix(weights.block(range), parameter.rows, parameter.columns)
    let block = known?.panels.block ?? memory.take(Panels.count(rows: matrix.columns, columns: matrix.rows))
    let panels = Panels(transposed: matrix, in: block)
    entries[range] = Entry(panels: panels, version: version)
    return panels
  }
}
