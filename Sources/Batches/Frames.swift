public import Shards

/// One sample's frames of one modality, where they lie in the mapping.
///
/// Either ``values`` or ``halves`` holds them, as ``type`` says; the other is empty.
public struct Frames: ~Escapable {
  /// Masked ones included; may be 0.
  public let count: Int
  /// Values a frame.
  public let dimension: Int
  public let type: ElementType
  /// `[count, dimension]`, row-major, where the type is ``ElementType/f32``.
  public let values: Span<Float>
  /// `[count, dimension]`, row-major, as bits, where the type is ``ElementType/f16`` or ``ElementType/bf16``.
  public let halves: Span<UInt16>
  /// `[count]`: 0 where the frame is masked.
  public let valid: Span<UInt8>

  @_lifetime(copy values, copy halves, copy valid)
  init(modality: BatchModality, values: Span<Float>, halves: Span<UInt16>, valid: Span<UInt8>) {
    count = valid.count
    dimension = modality.dimension
    type = modality.type
    self.values = values
    self.halves = halves
    self.valid = valid
  }

  /// How many frames are not masked.
  public var validCount: Int {
    var found = 0
    for index in valid.indices where valid[index] != 0 { found += 1 }
    return found
  }
}
