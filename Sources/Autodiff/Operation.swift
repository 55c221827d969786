/// What an operation keeps for the way back.
protocol Step {
  var result: Tape.Value { get }
  /// Adds to the gradients of the arguments and parameters, given the gradient of the result.
  func backward(_ tape: inout Tape)
}

/// A step on the tape; each case is a file of `Operations/`. An enum, not a box a step: recording allocates nothing.
enum Operation {
  case projection(Projection)
  case linear(Linear)
  case addition(Addition)
  case positionCode(PositionCode)
  case dropout(Dropout)
  case layerNorm(LayerNorm)
  case feedForward(FeedForward)
  case residualNorm(ResidualNorm)
  case sigmoid(Sigmoid)
  case tanh(Tanh)
  case attention(Attention)
  case oneRowAttention(OneRowAttention)
  case segmentMean(SegmentMean)
  case lastRows(LastRows)
  case gatedMixing(GatedMixing)
  case concatenation(Concatenation)
  case l1Loss(L1Loss)

  var result: Tape.Value {
    switch self {
    case .projection(let step): step.result
    case .linear(let step): step.result
    case .addition(let step): step.result
    case .positionCode(let step): step.result
    case .dropout(let step): step.result
    case .layerNorm(let step): step.result
    case .feedForward(let step): step.result
    case .residualNorm(let step): step.result
    case .sigmoid(let step): step.result
    case .tanh(let step): step.result
    case .attention(let step): step.result
    case .oneRowAttention(let step): step.result
    case .segmentMean(let step): step.result
    case .lastRows(let step): step.result
    case .gatedMixing(let step): step.result
    case .concatenation(let step): step.result
    case .l1Loss(let step): step.result
    }
  }

  func backward(_ tape: inout Tape) {
    switch self {
    case .projection(let step): step.backward(&tape)
    case .linear(let step): step.backward(&tape)
    case .addition(let step): step.backward(&tape)
    case .positionCode(let step): step.backward(&tape)
    case .dropout(let step): step.backward(&tape)
    case .layerNorm(let step): step.backward(&tape)
    case .feedForward(let step): step.backward(&tape)
    case .residualNorm(let step): step.backward(&tape)
    case .sigmoid(let step): step.backward(&tape)
    case .tanh(let step): step.backward(&tape)
    case .attention(let step): step.backward(&tape)
    case .oneRowAttention(let step): step.backward(&tape)
    case .segmentMean(let step): step.backward(&tape)
    case .lastRows(let step): step.backward(&tape)
    case .gatedMixing(let step): step.backward(&tape)
    case .concatenation(let step): step.backward(&tape)
    case .l1Loss(let step): step.backward(&tape)
    }
  }
}
