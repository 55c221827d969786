/// What the doctor looks for; the article "The rules of the doctor" defines each exactly.
package enum Rule: String, CaseIterable, Sendable {
  case unfit = "unfit-entry"
  case absent = "absent-bytes"
  case unreadable
  case nan
  case positiveInfinity = "posinf"
  case negativeInfinity = "neginf"
  case overflow = "f32-overflow"
  case zeroFrames = "zero-frames"
  case constantDimension = "constant-dimension"
  case duplicateDimension = "duplicate-dimension"
  case timeUnit = "time-unit"
  case relativeTimes = "relative-times"
  case outsideSegments = "outside-segments"
  case unsorted
  case overlapping
  case zeroLength = "zero-length"
  case negativeStart = "negative-start"
  case duplicateInterval = "duplicate-interval"
  case conflictingLabels = "conflicting-labels"
  case labelRange = "label-range"
  case rateChange = "rate-change"
  case gap
  case missingEntry = "entry-missing-in"
  case unknownVideo = "unknown-video"
  case badMetadata = "bad-metadata"
  case wordLag = "word-lag"

  /// What is counted, in the singular.
  package var unit: String {
    switch self {
    case .nan, .positiveInfinity, .negativeInfinity, .overflow, .labelRange: "value"
    case .unfit, .absent, .unreadable: "entry"
    case .zeroFrames: "frame"
    case .constantDimension, .duplicateDimension: "dimension"
    case .unsorted, .zeroLength, .negativeStart, .duplicateInterval, .conflictingLabels: "row"
    case .overlapping, .relativeTimes: "pair"
    case .timeUnit, .outsideSegments: "sequence"
    case .rateChange: "stretch"
    case .gap: "gap"
    case .missingEntry, .unknownVideo: "video"
    case .badMetadata: "item"
    case .wordLag: "segment"
    }
  }

  /// The plural of ``unit``.
  package var units: String {
    switch unit {
    case "stretch": "stretches"
    case "entry": "entries"
    default: unit + "s"
    }
  }

  /// The option of `convert` that deals with it, or what else does.
  package var advice: String {
    switch self {
    case .unfit: "an error; --skip-unfit leaves the entries out, with a line in the ledger for each"
    case .absent: "an error; --absent mask keeps the frames as invalid ones, with a line in the ledger for each sample"
    case .unreadable: "an error; fetch the file again"
    case .nan, .positiveInfinity, .negativeInfinity:
      "--nonfinite zero stores 0 instead (the default), mask also marks the frame invalid, error stops"
    case .overflow: "becomes infinite as f32; then --nonfinite as for any infinite value"
    case .zeroFrames: "--drop-zero-frames MODALITY leaves them out"
    case .constantDimension: "--select MODALITY=COLUMNS without it; zscore only shifts it to 0"
    case .duplicateDimension: "--select MODALITY=COLUMNS without it"
    case .timeUnit: "a note; --time-unit MODALITY=ms (or frames a second) takes its times for what they are"
    case .relativeTimes: "an error; --times-relative MODALITY takes entry V[k] for segment k of V"
    case .outsideSegments:
      "a note: such frames reach no sample; --time-unit or --times-relative where the times are to blame"
    case .unsorted: "no option is needed: frames are ordered by their start, segments keep the number of their row"
    case .overlapping: "no option is needed: a frame goes to every segment that it overlaps"
    case .zeroLength: "frames: none is needed, they reach no sample; segments: --drop-incomplete leaves them out"
    case .negativeStart: "no option: kept as they are; shift the times in the file where the video starts at 0"
    case .duplicateInterval: "no option: all rows are kept; --rate MODALITY=RATE averages frames that share a time"
    case .conflictingLabels: "no option: each becomes a sample of its own; decide for one label in the file"
    case .labelRange:
      "no option: sentiments are from -3 to 3, emotions from 0 to 3; correct the file, or leave columns out with --label-columns"
    case .rateChange: "--rate MODALITY=RATE averages all frames to one rate"
    case .gap:
      "no option is needed; samples left without frames have length 0, or are left out (--drop-incomplete)"
    case .missingEntry:
      "--drop-incomplete leaves its samples out, without it they have length 0; a video without labels makes none"
    case .unknownVideo: "--folds FILE or ratio:A,B,C; the standard folds leave it out (no-split)"
    case .badMetadata: "no option is needed: columns without names are numbered; --modality NAME=ROOT names a sequence"
    case .wordLag:
      "--lag MODALITY=ROWS, for the words and for vectors made of them, before anything is trained on them"
    }
  }
}
