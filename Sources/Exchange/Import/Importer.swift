package import Conversion
internal import Files
internal import JSONValues
internal import Segments
internal import Shards

/// Makes a dataset of arrays: `.npz` archives and HDF5 files, padded or as this package exports them.
///
/// The arrays become computational sequences in a folder beside the dataset, `OUT.import`, an entry a sample, and a
/// conversion does the rest. So samples, ledger, preprocessing, normalization and commit are those of any other dataset,
/// and memory holds a block of rows.
package enum Importer {
  package struct Input: Sendable, Equatable {
    /// Train, valid, test or all; nil: the file tells, or folds do.
    package var split: String?
    package var path: String

    /// Reads `PATH`, or `SPLIT=PATH`.
    package init(parsing text: String) {
      if let equals = text.firstIndex(of: "="), equals < text.index(before: text.endIndex) {
        let name = String(text[..<equals])
        if let split = name == "all" ? name : KnownArrays.split(name) {
          (self.split, path) = (split, String(text[text.index(after: equals)...]))
          return
        }
      }
      (split, path) = (nil, text)
    }
  }

  package struct Report: Sendable {
    package let conversion: ConversionReport
    package let notes: [String]
  }

  /// - Parameters:
  ///   - options: of the conversion; without any, no value is changed.
  /// - Throws: ``ExchangeError`` about the arrays, and whatever a conversion throws; `output` is then as it was.
  package static func run(
    inputs: [Input], output: String, _ mapping: ImportMapping, options: ConversionOptions,
    progress: ExchangeProgress, conversion: ProgressReport
  ) throws -> Report {
    Folder.reportFileSizeLimits()
    let path = try Folder.resolved(Path.trimmed(output))
    // Whatever has no meaning is found before anything is read.
    var configuration = try options.configuration()
    try checkOutput(path, overwrites: configuration.overwrites)
    try Folder.createAll(Path.parent(of: path))
    let partial = try PartialFolder(path + ".import", for: path) { $0 == "sequences" }
    let folder = partial.file("sequences")
    try Folder.create(folder)
    var scratchFiles = 0
    let scratch = {
      scratchFiles += 1
      return Path.join(folder, "scratch-\(scratchFiles)")
    }

    let parts = try inputs.flatMap { try ImportPart.parts(of: $0.path, split: $0.split) }
    try checkSplits(parts, mapping)
    let plan = try ImportPlan(parts, mapping, scratch: scratch)
    let names = try ImportNames(plan)
    var builder = SequenceBuilder(plan, ids: names.ids)
    let sequences = Path.join(folder, fileName(inputs))
    try builder.write(to: sequences, scratch: scratch, progress: progress)

    var all = ConversionOptions()
    all.add(.normalize, "none")
    for modality in plan.modalities where !modality.isText && modality.dtype != "f32" {
      all.add(.dtype, "\(modality.name)=\(modality.dtype)")
    }
    all.override(with: options)
    configuration = try all.configuration()
    try complete(&configuration, plan, names, builder, folder: folder, hasFolds: options.last(.folds) != nil)
    var report = try Converter.run(inputs: [sequences], output: output, configuration, progress: conversion)
    report.warnings = names.warnings + report.warnings
    if let folds = names.folds, Set(folds.keys) != ["all"] { report.folds = "those of the files" }
    return Report(conversion: report, notes: plan.notes + names.notes + builder.notes)
  }

  /// What the arrays say beyond what the user does.
  private static func complete(
    _ configuration: inout ConversionConfiguration, _ plan: ImportPlan, _ names: ImportNames,
    _ builder: SequenceBuilder,
    folder: String, hasFolds: Bool
  ) throws {
    configuration.modalities = try zip(plan.modalities, builder.roots).map {
      try ModalityRequest(parsing: "\($0.name)=\($1)")
    }
    configuration.namesAreFinal = true
    configuration.labels = plan.labelNames.isEmpty ? .none : .root(builder.labelRoot)
    if let folds = names.folds {
      if hasFolds && Set(folds.keys) != ["all"] { throw ExchangeError.foldsGiven(splits: folds.keys.sorted()) }
      if Set(folds.keys) != ["all"] {
        let path = Path.join(folder, SequenceExport.foldsFile)
        var object = JSONObject()
        for (split, ids) in folds.sorted(by: { $0.key < $1.key }) { object[split] = JSONValue(ids.map(\.description)) }
        try File(creating: path).write(JSONValue.object(object).compact(), at: 0)
        configuration.folds = .file(path)
        if names.partsVideos { configuration.foldsOver = .samples }
      } else if !hasFolds {
        configuration.folds = FoldChoice.none
      }
    }
    let hasTimes = plan.modalities.allSatisfy(\.hasTimes)
    if configuration.keepsTimes == true && !hasTimes { throw ExchangeError.noTimes }
    configuration.keepsTimes = configuration.keepsTimes ?? true && hasTimes
    for modality in builder.masked {
      if configuration.nonfinite.value(for: modality)?.text == "error" {
        throw ExchangeError.maskedFrames(modality: modality)
      }
      try configuration.nonfinite.add("\(modality)=mask", option: "nonfinite")
    }
  }

  private static func checkOutput(_ path: String, overwrites: Bool) throws {
    guard let status = try FileStatus.of(path) else { return }
    guard status.isFolder else { throw ConversionError.outputNotDataset(path: path, found: "a file") }
    if try !overwrites && DatasetFolder.isDatasetFolder(path) { throw ConversionError.outputExists(path) }
  }

  /// Every part tells its split, or none does.
  private static func checkSplits(_ parts: [ImportPart], _ mapping: ImportMapping) throws {
    let told = parts.filter { $0.split != nil }
    guard let untold = parts.first(where: { $0.split == nil }) else {
      if let part = parts.first, mapping.split != nil {
        throw ExchangeError.twoSplits(path: part.file.path, split: part.split ?? "")
      }
      // One split may come from several files, but undivided data are no fourth split.
      let splits = Set(parts.compactMap(\.split))
      if splits.count > 1 && splits.contains("all") {
        throw ExchangeError.undividedAmongSplits(path: parts.first { $0.split == "all" }?.file.path ?? "")
      }
      return
    }
    if !told.isEmpty { throw ExchangeError.undividedAmongSplits(path: untold.file.path) }
  }

  /// The manifest names the sources, not what lies between.
  private static func fileName(_ inputs: [Input]) -> String {
    var names: [String] = []
    for input in inputs where !names.contains(Path.name(of: input.path)) { names.append(Path.name(of: input.path)) }
    let name = names.joined(separator: "+")
    return name.utf8.count <= 200 && !name.hasPrefix("scratch-") ? name : "arrays"
  }
}
