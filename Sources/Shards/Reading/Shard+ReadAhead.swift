internal import Files

extension Shard {
  /// The bytes of the file that hold one sample's frames of a modality of numbers: their values, and their mask.
  package func byteRanges(sample: Int, modality: Int) -> (values: Range<Int>, valid: Range<Int>) {
    let frames = frameRange(sample: sample, modality: modality)
    let size = schema.modalities[modality].frameBytes
    let (values, valid) = (ranges.modalities[modality].values.lowerBound, ranges.modalities[modality].valid.lowerBound)
    return (
      values + frames.lowerBound * size..<values + frames.upperBound * size,
      valid + frames.lowerBound..<valid + frames.upperBound
    )
  }

  /// Asks the system to fetch one sample's frames of a modality of numbers, and does not wait for it.
  package func advise(sample: Int, modality: Int) {
    let (values, valid) = byteRanges(sample: sample, modality: modality)
    mapping.advise(values)
    mapping.advise(valid)
  }

  /// Reads one sample's frames of a modality of numbers, so that they are in memory when this returns.
  package func touch(sample: Int, modality: Int) {
    let (values, valid) = byteRanges(sample: sample, modality: modality)
    mapping.touch(values)
    mapping.touch(valid)
  }
}
