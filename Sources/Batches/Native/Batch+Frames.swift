internal import Shards

extension Batch {
  /// One sample's frames of one modality, in the mapping: nothing is copied, and nothing read.
  @_lifetime(borrow self)
  public func frames(sample: Int, modality: Int) -> Frames {
    let modality = modalities[modality]
    let place = places[sample]
    let shard = shards[place.shard]
    let valid = shard.valid(sample: place.sample, modality: modality.index)
    let frames =
      modality.type == .f32
      ? Frames(
        modality: modality, values: shard.values(sample: place.sample, modality: modality.index), halves: Span(),
        valid: valid)
      : Frames(
        modality: modality, values: Span(), halves: shard.halves(sample: place.sample, modality: modality.index),
        valid: valid)
    // SAFETY: the spans point into the mapping of a shard that this batch holds in a constant.
    return unsafe _overrideLifetime(frames, borrowing: self)
  }
}
