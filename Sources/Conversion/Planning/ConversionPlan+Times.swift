internal import ComputationalSequences
internal import PackedSequences
internal import Segments

extension ConversionPlan {
  /// A modality's sequence in seconds, as the options say what its times are.
  static func inSeconds(
    _ choice: ModalityResolution.Choice, _ configuration: ConversionConfiguration
  ) throws -> SequenceRoot {
    let units = try configuration.unitsPerSecond(of: choice.name)
    guard units != 1 else { return choice.root }
    return choice.root.mappingTimes { _ in
      var map = TimeMap()
      map.unitsPerSecond = units
      return map
    }
  }

  /// A modality's sequence with the times of entry `V[k]` counted from where segment k of V begins; entries that are no
  /// segment's are left out.
  static func fromSegments(_ root: SequenceRoot, _ samples: SamplePlan) -> SequenceRoot {
    let starts = Dictionary(
      samples.samples.map { ($0.id.description, $0.start) }, uniquingKeysWith: { first, _ in first })
    let maps = Dictionary(root.entries.map { ($0.id, $0.intervals.times) }, uniquingKeysWith: { first, _ in first })
    return root.mappingTimes { id in
      guard let start = starts[samples.names.id(of: id).description], var map = maps[id] else { return nil }
      map.origin = start
      return map
    }
  }

  /// What is odd about a modality's times beside the labels', with the option that repairs it; nil where nothing is.
  ///
  /// - Throws: ``ConversionError/relativeTimes(modality:first:second:)``, where frames would go to wrong samples.
  static func timeNote(_ choice: ModalityResolution.Choice, _ samples: SamplePlan) throws -> String? {
    let name = choice.name
    let whole = Set(samples.samples.lazy.filter { $0.entry != nil }.map(\.id.description))
    let segments = Dictionary(
      samples.samples.map { ($0.id, (start: $0.start, end: $0.end)) }, uniquingKeysWith: { first, _ in first })
    let check = try TimeCheck(of: choice.root, in: choice.file, segments: segments, except: whole)
    if check.areRelative, let (first, second) = check.example {
      throw ConversionError.relativeTimes(modality: name, first: first, second: second)
    }
    if check.haveOtherUnit, let lateness = check.lateness {
      let (unit, text) = (500...2000).contains(lateness) ? ("ms", "milliseconds") : ("UNITS-A-SECOND", "frame numbers")
      return "\(name): its times end at \(rounded(lateness)) times those of the labels, as \(text) do; "
        + "--time-unit \(name)=\(unit) takes them for what they are"
    }
    if check.areMostlyOutside, let outside = check.outside {
      return
        "\(name): \(rounded(100 * outside)) % of its frames lie in no segment; if its times are not seconds from the "
        + "start of the video, say so with --time-unit or --times-relative"
    }
    return nil
  }

  private static func rounded(_ value: Double) -> String {
    let digits = (value * 100).rounded() / 100
    return digits == digits.rounded() && abs(digits) < 1e15 ? "\(Int(digits))" : "\(digits)"
  }
}
