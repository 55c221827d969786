/// A tensor of a model or a checkpoint: its name, as PyTorch's `state_dict` has it, and its shape.
package struct TensorShape: Sendable, Equatable {
  package let name: String
  package let shape: [Int]

  package init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }

  package var count: Int { shape.reduce(1, *) }
}
