/// What the tensors of a checkpoint tell of the model, where no metadata do.
///
/// Heads and the order of modalities leave no trace in shapes: they come from the options.
package struct ModelShapes: Sendable, Equatable {
  /// The family, which the names of the tensors tell.
  package let kind: String
  package let width: Int
  package let layerCount: Int
  /// Nil where the width tells it.
  package let feedForwardWidth: Int?
  /// Dimensions by modality, in the order of the file, which tells nothing: `save_file` sorts names.
  package let modalities: [DatasetIdentity.Modality]

  /// What to take for the order where nothing tells it: text, vision, audio if these are all, else that of the file.
  package var order: [String] {
    let names = modalities.map(\.name)
    let common = ModalityOrder.common.filter { names.contains($0) }
    return common.count == names.count ? common : names
  }

  /// - Throws: ``TrainingError/notAModel(path:tensor:)`` with the first tensor that a model would have.
  package init(_ checkpoint: Checkpoint) throws(TrainingError) {
    func shape(_ name: String) -> [Int]? { checkpoint.parameters.first { $0.name == name }?.shape }
    let (prefix, suffix) = ("projectors.", ".weight")
    var modalities: [DatasetIdentity.Modality] = []
    var width: Int?
    for tensor in checkpoint.parameters where tensor.name.hasPrefix(prefix) && tensor.name.hasSuffix(suffix) {
      guard tensor.shape.count == 2, let dimension = tensor.shape.last else { continue }
      width = tensor.shape.first
      modalities.append(
        .init(name: String(tensor.name.dropFirst(prefix.count).dropLast(suffix.count)), dimension: dimension))
    }
    guard let width, modalities.count >= 2 else {
      throw .notAModel(path: checkpoint.path, tensor: "projectors.text.weight (nor two others of this kind)")
    }
    let names = modalities.map(\.name)
    let cross = "cross_encoders.\(names[0]).\(names[1])"
    let isMulT = shape("\(cross).norm.weight") != nil
    let stack = isMulT ? cross : "fusion_encoders.0.decoder_1"
    func layer(_ index: Int) -> String { "\(stack).layers.\(index).linear1.weight" }
    guard let inner = shape(layer(0)), inner.count == 2 else {
      throw .notAModel(path: checkpoint.path, tensor: layer(0))
    }
    var layers = 1
    while shape(layer(layers)) != nil { layers += 1 }
    kind = isMulT ? "mult" : "grf"
    self.width = width
    layerCount = layers
    feedForwardWidth = isMulT ? nil : inner[0]
    self.modalities = modalities
  }

  /// Gives a configuration the family and the shapes; heads and order stay as they are, or become the family's.
  package func apply(to configuration: inout RunConfiguration) {
    _ = configuration.become(kind)
    configuration.model.width = width
    configuration.model.layerCount = layerCount
    if let feedForwardWidth { configuration.model.feedForwardWidth = feedForwardWidth }
  }
}
