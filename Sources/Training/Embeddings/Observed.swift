internal import Autodiff
internal import FusionModels

/// What a model told of its way to the predictions of some samples, as rows of tensors.
struct Observed: Sendable {
  /// What the rows of a tensor are.
  enum Rows: Sendable, Equatable {
    case samples
    /// The frames of the modality at this place of the model's order, sample after sample.
    case frames(modality: Int)
  }

  struct Tensor: Sendable {
    /// As in an embedding file: `stage.0.h`.
    let name: String
    let rows: Rows
    let columns: Int
    /// Row-major.
    var values: [Float]
  }

  /// In the order in which the model told of them.
  private(set) var tensors: [Tensor] = []
  /// The modality folded in by stage.
  private(set) var stages: [(stage: Int, modality: Int)] = []
  /// By stack of attention layers, the modality whose frames it looks at.
  private(set) var stacks: [(name: String, modality: Int)] = []
  /// By modality: how many frames the model was given of each sample, and the place of each frame in its stored sample.
  private(set) var lengths: [[Int]]
  private(set) var positions: [[Int32]]

  /// - Parameters:
  ///   - seen: what the observer was told.
  ///   - tape: not reset since.
  ///   - frames: what the model was given.
  init(_ seen: [Observation], on tape: borrowing Tape, frames: [PackedFrames]) {
    lengths = frames.map(\.lengths)
    positions = frames.map(\.positions)
    for observation in seen {
      switch observation {
      case .first(let value): add("stage.first", .samples, value, tape)
      case .stage(let stage):
        let parts = [
          ("h", stage.h), ("n", stage.n), ("gate", stage.gate), ("candidate", stage.candidate), ("state", stage.state),
        ]
        for (part, value) in parts {
          if let value { add("stage.\(stage.stage).\(part)", .samples, value, tape) }
        }
        if let modality = stage.modality { stages.append((stage.stage, modality)) }
      case .attention(let attention):
        add(
          "attention.\(attention.name).\(attention.layer)", .frames(modality: attention.memory), attention.means, tape)
        if !stacks.contains(where: { $0.name == attention.name }) {
          stacks.append((attention.name, attention.memory))
        }
      }
    }
  }

  private mutating func add(_ name: String, _ rows: Rows, _ value: Tape.Value, _ tape: borrowing Tape) {
    tensors.append(Tensor(name: name, rows: rows, columns: value.columns, values: tape.values(of: value)))
  }

  /// Adds what was told of the samples that follow, by the same model.
  mutating func append(_ other: Observed) {
    for index in tensors.indices { tensors[index].values += other.tensors[index].values }
    for modality in lengths.indices {
      lengths[modality] += other.lengths[modality]
      positions[modality] += other.positions[modality]
    }
  }
}
