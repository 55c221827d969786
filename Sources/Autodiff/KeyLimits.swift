/// Which keys each query of packed segments sees: so many of its segment's, from the first on.
package struct KeyLimits: Sendable {
  /// `[ΣTq]`, never decreasing within a segment.
  let counts: [Int32]

  init(counts: [Int32]) { self.counts = counts }

  /// A causal mask: key j is visible to query i iff j ≤ i + |Tk − Tq|.
  ///
  /// Places i and j and lengths T are those of the stored sample, so that masking a frame moves no other one's view. Where
  /// the first frames are masked, a query may see nothing.
  ///
  /// - Parameters:
  ///   - queries, keys: the same samples.
  /// - Complexity: O(ΣTq + ΣTk).
  /// - Source: Tsai et al. 2019.
  package init(queries: PackedFrames, keys: PackedFrames) {
    precondition(queries.lengths.count == keys.lengths.count, "\(queries.lengths.count) samples, not the keys'")
    var counts: [Int32] = []
    counts.reserveCapacity(queries.rows)
    var (query, key) = (0, 0)
    for sample in queries.lengths.indices {
      let reach = Int32(abs(keys.storedLengths[sample] - queries.storedLengths[sample]))
      let (lastQuery, firstKey, lastKey) = (query + queries.lengths[sample], key, key + keys.lengths[sample])
      while query < lastQuery {
        while key < lastKey, keys.positions[key] <= queries.positions[query] + reach { key += 1 }
        counts.append(Int32(key - firstKey))
        query += 1
      }
      key = lastKey
    }
    self.counts = counts
  }
}
