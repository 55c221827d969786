/// The sizes of a ``MultimodalTransformer``, and how it drops units in training. The published ones by default.
package struct MultimodalTransformerConfiguration: Sendable, Equatable {
  /// Channels d of each modality's projection; a multiple of the heads.
  package var width: Int
  /// Of each cross-modal encoder.
  package var layers: Int
  package var heads: Int
  package var dropout: Dropout

  /// Probabilities with which units are dropped.
  package struct Dropout: Sendable, Equatable {
    /// Attention's weights where the memory is text.
    package var textAttention: Float = 0.1
    /// Attention's weights where the memory is any other modality.
    package var otherAttention: Float = 0
    /// After the ReLU of feed-forward networks.
    package var relu: Float = 0.1
    /// Each branch before it joins the residual.
    package var residual: Float = 0.1
    /// What enters an encoder, and text before it is projected.
    package var embedding: Float = 0.25
    /// After the ReLU of the last block.
    package var output: Float = 0

    package init() {}

    /// None at all.
    package static var none: Dropout {
      var dropout = Dropout()
      (dropout.textAttention, dropout.relu, dropout.residual, dropout.embedding) = (0, 0, 0, 0)
      return dropout
    }
  }

  package init(width: Int = 30, layers: Int = 5, heads: Int = 5, dropout: Dropout = Dropout()) {
    precondition(width > 1 && heads > 0 && width % heads == 0 && layers > 0, "\(heads) heads of \(width)")
    self.width = width
    self.layers = layers
    self.heads = heads
    self.dropout = dropout
  }

  /// Layers of each self-attention encoder: at least three.
  package var selfLayers: Int { max(layers, 3) }

  /// The modality whose frames are dropped before projection, and whose attention weights are dropped otherwise.
  static let text = "text"

  func attentionDropout(memory: String) -> Float {
    memory == Self.text ? dropout.textAttention : dropout.otherAttention
  }
}
