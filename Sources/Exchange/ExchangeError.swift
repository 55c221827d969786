public import Files

/// What can be wrong with an export or an import as a whole.
public enum ExchangeError: Error, Equatable, Sendable {
  // What is made.
  case exists(path: String)
  case inTheWay(path: String, found: String)
  case busy(path: String, holder: String)
  case notAFolder(path: String, found: String)
  case notAFile(path: String)
  case unknownModality(option: String, name: String, names: [String])
  case longToken(modality: String, sample: String, bytes: Int)
  case arrayTooLarge(array: String)
  case noMemory

  // What is read.
  case notArrays(path: String, found: FileKind)
  case damagedArchive(path: String, problem: String)
  case damagedArray(path: String, array: String, problem: String)
  case objectArray(path: String, array: String)
  case unknownArray(path: String, option: String, key: String, keys: [String])
  case missing(path: String)
  case isSequence(path: String)
  case ambiguousKeys(path: String, first: String, second: String)

  // What it means.
  case noModality(path: String, keys: [String])
  case missingArray(path: String, split: String?, name: String)
  case wrongShape(path: String, array: String, found: [Int], type: String, wanted: String)
  case sampleCount(path: String, array: String, found: Int, expected: Int)
  case noSamples
  case labelsDiffer(path: String, widths: [Int])
  case labelNames(given: Int, columns: Int)
  case invalidInterval(path: String, array: String, sample: Int, start: Double, end: Double)
  case unknownSplit(path: String, array: String, name: String)
  case foldsGiven(splits: [String])
  case undividedAmongSplits(path: String)
  case twoSplits(path: String, split: String)
  case noTimes
  case maskedFrames(modality: String)
}
