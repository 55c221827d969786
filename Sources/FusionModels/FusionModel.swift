package import Autodiff

/// A model that makes one prediction of several modalities' frames.
///
/// A value without numbers of its own: it says which parameters there are, and records how predictions come of them.
package protocol FusionModel: Sendable {
  /// The modalities, in the order in which they are fused.
  var inputs: [ModelInput] { get }
  var layout: ParameterLayout { get }
  /// How parameters are drawn at first; see ``Initializer``.
  var initializer: Initializer { get }
  /// How much the auxiliary prediction's loss counts; 0 where there is none.
  var auxiliaryWeight: Float { get }

  /// Records the model on a tape.
  ///
  /// - Parameters:
  ///   - frames: of each input, packed; as many samples of each.
  ///   - observe: is given the intermediate results as they come; nil where nobody asks.
  func predict(_ frames: [PackedFrames], on tape: inout Tape, observe: ModelObserver?) -> ModelOutputs
  /// The parts whose costs are told: what their parameters' names begin with.
  var modules: [String] { get }
  /// Of each of ``modules``, the operations of one forward pass over one sample; see ``ModuleCost/operations``.
  ///
  /// - Parameter lengths: frames of each modality, as the model sees them (at least 1).
  func operations(lengths: [Int]) -> [Int]
}

/// What a model says of each sample: `[samples, 1]`.
package struct ModelOutputs: Sendable {
  package let main: Tape.Value
  /// The auxiliary head's; nil where there is none.
  package let auxiliary: Tape.Value?
}
