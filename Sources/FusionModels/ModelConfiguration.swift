/// The sizes of a model.
package struct ModelConfiguration: Sendable, Equatable {
  /// The width d of every state; even, and a multiple of the heads.
  package var width: Int
  package var layers: Int
  /// The inner width of each layer's feed-forward network.
  package var feedForward: Int
  package var heads: Int
  /// The probability with which units are dropped in training.
  package var dropout: Float
  /// How much the auxiliary head's loss counts.
  package var auxiliaryWeight: Float
  /// What is left out, in an ablation.
  package var component: GRFComponent

  package init(
    width: Int = 64, layers: Int = 4, feedForward: Int = 256, heads: Int = 4, dropout: Float = 0.2,
    auxiliaryWeight: Float = 0.4, component: GRFComponent = .full
  ) {
    precondition(width > 0 && width % 2 == 0 && heads > 0 && width % heads == 0, "\(heads) heads of \(width)")
    precondition(layers > 0 && feedForward > 0 && (0..<1).contains(dropout))
    self.width = width
    self.layers = layers
    self.feedForward = feedForward
    self.heads = heads
    self.dropout = dropout
    self.auxiliaryWeight = auxiliaryWeight
    self.component = component
  }

  /// The published configuration file's.
  package static let grf = ModelConfiguration()
  /// The published table's "4.5M".
  package static let grf4M = ModelConfiguration(width: 128, layers: 4, feedForward: 512, heads: 4)
}

/// A modality as a model sees it.
package struct ModelInput: Sendable, Equatable {
  package let name: String
  /// Numbers a frame.
  package let dimension: Int

  package init(name: String, dimension: Int) {
    self.name = name
    self.dimension = dimension
  }
}
