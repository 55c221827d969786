import Evaluation
import JSONValues
import Terminals
import Training

/// Shows a training as it goes: a live line on a terminal, and a line an epoch.
final class TrainingDisplay {
  private let isQuiet: Bool
  private var line: LiveLine

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    line = LiveLine(isQuiet: isQuiet)
  }

  func show(_ event: TrainingEvent) {
    if isQuiet { return }
    switch event {
    case .started(let start): print(start.lines)
    case .timing(let forecast): print(forecast.lines)
    case .step(let step): line.show(step.line)
    case .epoch(let epoch): print([epoch.line])
    }
  }

  func end() { line.clear() }

  func warn(_ text: String) {
    line.clear()
    Terminal.writeError("grf-train: warning: \(text.printable)\n")
  }

  /// Says something beside the figures.
  func note(_ text: String) { if !isQuiet { print([text]) } }

  /// Standard output may be gone; the training goes on, and its end says so.
  private func print(_ lines: [String]) {
    line.clear()
    try? Terminal.print(lines)
  }
}

extension TrainingStart {
  private var labelText: String {
    label.printable + (labelCount > 1 ? ", one of \(labelCount) (--label chooses)" : "")
      + (roundsLabels ? ", rounded to whole numbers, for loss, stopping and metrics" : "")
  }

  var lines: [String] {
    let frames = framesPerEpoch.map { "\($0.modality) \(Format.count($0.frames))" }.joined(separator: ", ")
    let counts = samples.map { "\($0.split) \(Format.count($0.count))" }.joined(separator: ", ")
    var lines = [
      "\(run): \(kind) over \(order.joined(separator: ", ")), \(Format.count(parameters, "parameter"))",
      "  label    \(labelText)",
      "  samples  \(counts)",
      "  frames   \(frames) an epoch",
      "  steps    \(Format.count(stepsPerEpoch)) an epoch, \(Format.count(epochs, "epoch")) at most, "
        + "\(Format.count(threads, "thread"))\(idleThreads)",
    ]
    if kernels == "portable" {
      lines.append(
        "  kernels  portable: without AVX2 and FMA, many times slower, and not the last digits of other processors")
    }
    if let formerArithmetic {
      lines.append(
        "  note     begun with \(formerArithmetic) kernels, going on with \(kernels): the last digits are those of neither alone"
      )
    }
    if let fill {
      let lengths = fill.map { "\($0.modality) \(Format.count($0.frames))" }.joined(separator: ", ")
      lines.append("  masks    none: every sample is filled up with zeros, to \(lengths)")
    }
    if resumedEpochs > 0 || resumedSteps > 0 {
      lines.append(
        "  resumed  after \(Format.count(resumedEpochs, "epoch"))"
          + (resumedSteps > 0 ? " and \(Format.count(resumedSteps, "step"))" : ""))
    }
    return lines
  }
}

extension TrainingStart {
  /// More threads than lanes have nothing to do but predict.
  private var idleThreads: String { threads > lanes ? " (\(lanes) of them train: training.lanes)" : "" }
}

extension EpochForecast {
  var lines: [String] {
    let first = "  an epoch takes about \(Format.duration(seconds))"
    guard let longestModality else { return [first] }
    return [
      first + ": most of its frames are \(longestModality)'s;",
      "  grf-data convert --max-frames \(longestModality)=N or --rate \(longestModality)=N makes it shorter",
    ]
  }
}

extension StepReport {
  var line: String {
    "epoch \(epoch)/\(epochs)  step \(step)/\(steps)  \(Format.fixed(samplesPerSecond, 0)) samples/s  "
      + "loss \(Format.fixed(loss, 3))  \(Format.clock(secondsLeft)) left"
  }
}

extension EpochReport {
  var line: String {
    let width = String(epochs).count
    let number = String(epoch)
    let padding = String(repeating: " ", count: width - number.count)
    return "epoch \(padding)\(number)  loss \(Format.fixed(trainLoss, 3))  valid mae \(Self.text(valid[.mae]))  "
      + "corr \(Self.text(valid[.corr]))  f1 \(Self.text(valid[.f1MacroHas0]))  \(Format.duration(trainSeconds))"
      + (isBest ? "  best" : "")
  }

  private static func text(_ value: Double?) -> String { value.map { Format.fixed($0, 3) } ?? "–" }
}

extension TrainingResult {
  func lines(run: String) -> [String] {
    let end = stoppedEarly ? "stopped early after \(Format.count(epochs, "epoch"))" : Format.count(epochs, "epoch")
    return ["", "\(run): \(end), the best is \(bestEpoch)", ""] + SplitResult.table(splits)
  }

  func json(run: String) -> JSONValue {
    var object: JSONObject = [
      "run": .string(run), "best_epoch": JSONValue(bestEpoch), "epochs": JSONValue(epochs),
      "stopped_early": .bool(stoppedEarly),
    ]
    for split in splits { object[split.split] = split.report(bestEpoch: nil).figures }
    return .object(object)
  }
}

extension SplitResult {
  /// Every metric by row; by split the model's, and both baselines'.
  static func table(_ splits: [SplitResult]) -> [String] {
    var columns = [TextTable.Column.text("")]
    for split in splits { columns += [.number(split.split), .number("majority"), .number("median")] }
    var table = TextTable(columns)
    for metric in Metric.allCases {
      var cells = [metric.name]
      for split in splits {
        cells += [split.metrics, split.majority, split.median].map { metrics in
          metrics[metric].map { Format.fixed($0, 3) } ?? "–"
        }
      }
      table.add(cells)
    }
    return table.lines()
  }
}

extension TestReport {
  /// Without what belongs to a run.
  var figures: JSONValue {
    var object = json.object ?? JSONObject()
    object["best_epoch"] = nil
    return .object(object)
  }
}
