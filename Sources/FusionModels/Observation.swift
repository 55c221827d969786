package import Autodiff

/// Who wants to know how a model comes to its predictions.
///
/// What is told are values on the tape: they are read after the model has been recorded, before the tape's reset.
package struct ModelObserver {
  /// Whether attention is told of, too; its means cost about half of what attention costs.
  package let wantsAttention: Bool
  package let see: (Observation) -> Void

  package init(wantsAttention: Bool = false, see: @escaping (Observation) -> Void) {
    self.wantsAttention = wantsAttention
    self.see = see
  }
}

/// One thing that a model tells of.
package enum Observation: Sendable {
  /// `[samples, d]`: the mean of the first modality's projection over its frames, which is the state before any fusion.
  case first(Tape.Value)
  case stage(StageObservation)
  case attention(AttentionObservation)
}

/// What comes of one fusion stage, each `[samples, d]`.
package struct StageObservation: Sendable {
  /// From 0.
  package let stage: Int
  /// The modality that is folded in, by its place in the model's inputs; nil in a model that does not fuse by stages.
  package var modality: Int?
  /// The pooled state and the pooled newcomer; nil in a model that has none.
  package var h: Tape.Value?
  package var n: Tape.Value?
  /// Nil in a model without gates.
  package var gate: Tape.Value?
  package var candidate: Tape.Value?
  /// The state after the stage.
  package let state: Tape.Value
}

/// Where a layer of attention over a modality's frames looks.
package struct AttentionObservation: Sendable {
  /// The stack of layers: `0.decoder_1`, `self`, `text_with_audio`.
  package let name: String
  /// From 0.
  package let layer: Int
  /// The modality whose frames are the keys, by its place in the model's inputs.
  package let memory: Int
  /// `[ΣT, heads]`, a row a frame of that modality: the mean of its weights over the sample's queries that see a frame.
  package let means: Tape.Value
}

extension ModelObserver {
  /// What is handed to a layer of a stack, so that its attention is told of; nil where nobody asks.
  func attention(_ name: String, layer: Int, memory: Int) -> ((Tape.Value) -> Void)? {
    guard wantsAttention else { return nil }
    return { [see] means in
      see(.attention(AttentionObservation(name: name, layer: layer, memory: memory, means: means)))
    }
  }
}
