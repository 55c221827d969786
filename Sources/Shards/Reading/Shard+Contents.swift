extension Shard {
  /// `[samples + 1]`: sample i's id is `idBytes[idOffsets[i] ..< idOffsets[i + 1]]`.
  var idOffsets: Span<Int64> {
    @_lifetime(borrow self)
    get { view(ranges.idOffsets, as: Int64.self) }
  }

  var idBytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { view(ranges.id, as: UInt8.self) }
  }

  /// The sample's name, such as `03bSnISJMiM[4]`.
  public func id(_ sample: Int) -> String {
    let bytes = idBytes.extracting(Int(idOffsets[sample])..<Int(idOffsets[sample + 1]))
    return String(decodingUTF8: bytes)
  }

  /// When the sample starts and ends in its entry, in seconds.
  public func interval(_ sample: Int) -> (start: Double, end: Double) {
    let interval = view(ranges.interval, as: Double.self)
    return (interval[2 * sample], interval[2 * sample + 1])
  }

  /// The sample's labels, one a column of the schema.
  @_lifetime(borrow self)
  public func labels(_ sample: Int) -> Span<Float> {
    let columns = schema.labels.count
    return view(ranges.labels, as: Float.self).extracting(sample * columns..<(sample + 1) * columns)
  }
}
