extension Shard {
  /// The place of a modality; nil where the dataset lacks it.
  public func modality(named name: String) -> Int? { schema.modalities.firstIndex { $0.name == name } }

  /// The frames of all samples together.
  public func frameCount(modality: Int) -> Int { ranges.modalities[modality].valid.count }

  /// The bytes of all tensors of the modality, without their CRCs.
  public func byteCount(modality: Int) -> Int {
    tensors.reduce(0) { $0 + ($1.role.modality == modality ? $1.byteCount : 0) }
  }

  /// Which of the modality's frames are the sample's; empty where it has none.
  public func frameRange(sample: Int, modality: Int) -> Range<Int> {
    let offsets = self.offsets(modality: modality)
    return Int(offsets[sample])..<Int(offsets[sample + 1])
  }

  /// `[samples + 1]`: sample i's frames are `offsets[i] ..< offsets[i + 1]`.
  @_lifetime(borrow self)
  public func offsets(modality: Int) -> Span<Int64> { view(ranges.modalities[modality].offsets, as: Int64.self) }

  /// All frames of a modality of binary32 numbers, `[frames, dimension]`, sample after sample.
  ///
  /// - Precondition: the modality's values are ``ElementType/f32``.
  @_lifetime(borrow self)
  public func values(modality: Int) -> Span<Float> {
    precondition(elementType(modality) == .f32, "\(schema.modalities[modality].name) is not f32")
    return view(ranges.modalities[modality].values, as: Float.self)
  }

  /// One sample's frames of a modality of binary32 numbers, `[frames, dimension]`.
  @_lifetime(borrow self)
  public func values(sample: Int, modality: Int) -> Span<Float> {
    values(modality: modality).extracting(elements(sample, modality))
  }

  /// All frames of a modality of 16-bit numbers, `[frames, dimension]`, as bits.
  ///
  /// - Precondition: the modality's values are ``ElementType/f16`` or ``ElementType/bf16``.
  @_lifetime(borrow self)
  public func halves(modality: Int) -> Span<UInt16> {
    precondition(elementType(modality)?.byteCount == 2, "\(schema.modalities[modality].name) is not f16 or bf16")
    return view(ranges.modalities[modality].values, as: UInt16.self)
  }

  /// One sample's frames of a modality of 16-bit numbers, `[frames, dimension]`, as bits.
  @_lifetime(borrow self)
  public func halves(sample: Int, modality: Int) -> Span<UInt16> {
    halves(modality: modality).extracting(elements(sample, modality))
  }

  /// One byte a frame of the modality: 0 where it is masked.
  @_lifetime(borrow self)
  public func valid(modality: Int) -> Span<UInt8> { view(ranges.modalities[modality].valid, as: UInt8.self) }

  /// One byte a frame of the sample: 0 where it is masked.
  @_lifetime(borrow self)
  public func valid(sample: Int, modality: Int) -> Span<UInt8> {
    valid(modality: modality).extracting(frameRange(sample: sample, modality: modality))
  }

  /// `[frames, 2]`: when the modality's frames start and end, in seconds from the sample's start. Empty where the
  /// schema keeps no times.
  @_lifetime(borrow self)
  public func times(modality: Int) -> Span<Float> { view(ranges.modalities[modality].times, as: Float.self) }

  /// `[frames, 2]`: when the sample's frames start and end, in seconds from its start. Empty where the schema keeps no
  /// times.
  @_lifetime(borrow self)
  public func times(sample: Int, modality: Int) -> Span<Float> {
    let frames = frameRange(sample: sample, modality: modality)
    let elements = schema.keepsTimes ? 2 * frames.lowerBound..<2 * frames.upperBound : 0..<0
    return times(modality: modality).extracting(elements)
  }

  /// The bytes of one token, by its place among all frames of the modality.
  ///
  /// - Precondition: the modality's frames are tokens.
  @_lifetime(borrow self)
  public func token(_ frame: Int, modality: Int) -> Span<UInt8> {
    precondition(schema.modalities[modality].isTokens, "\(schema.modalities[modality].name) has no tokens")
    let offsets = tokenOffsets(modality: modality)
    return view(ranges.modalities[modality].values, as: UInt8.self)
      .extracting(Int(offsets[frame])..<Int(offsets[frame + 1]))
  }

  /// One token as text; what is not UTF-8 is replaced.
  ///
  /// - Precondition: the modality's frames are tokens.
  public func tokenText(_ frame: Int, modality: Int) -> String {
    String(decodingUTF8: token(frame, modality: modality))
  }

  /// `[frames + 1]`: frame f's token is `bytes[offsets[f] ..< offsets[f + 1]]`; empty where frames are numbers.
  @_lifetime(borrow self)
  func tokenOffsets(modality: Int) -> Span<Int64> {
    view(ranges.modalities[modality].tokenOffsets, as: Int64.self)
  }

  /// How the modality's values are stored; nil for tokens.
  public func elementType(_ modality: Int) -> ElementType? {
    if case .values(let type, _) = schema.modalities[modality].content { type } else { nil }
  }

  /// Which of the modality's values are the sample's.
  private func elements(_ sample: Int, _ modality: Int) -> Range<Int> {
    guard case .values(_, let dimension) = schema.modalities[modality].content else { return 0..<0 }
    let frames = frameRange(sample: sample, modality: modality)
    return frames.lowerBound * dimension..<frames.upperBound * dimension
  }
}
