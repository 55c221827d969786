/// Records operations on packed matrices as they are computed, and goes back over them to find gradients.
///
/// Values are `[rows, columns]` floats, row-major; a group of sequences is packed into rows, sequence after sequence, and
/// ``Segments`` says which rows are whose. Memory comes from arenas that ``reset()`` takes back: once a tape has seen its
/// longest input it allocates no more.
///
///     tape.begin(weights, gradients: gradients)
///     let y = tape.linear(x, weight: w, bias: b)
///     let loss = tape.l1Loss(y, targets: targets, weight: 1)
///     tape.backward(from: loss)          // adds to `gradients`
///     tape.reset()
///
/// One thread at a time. Without `gradients` nothing is recorded: what evaluation wants.
package struct Tape: ~Copyable {
  /// A matrix on a tape, until its reset.
  package struct Value: Sendable, Equatable {
    let index: Int
    package let rows: Int
    package let columns: Int
    var count: Int { rows * columns }
  }

  struct Node {
    let values: Block
    var gradient: Block?
    /// Nothing that wants a gradient leads here.
    let isConstant: Bool
    /// Whether its operation's way back reads arguments only, so that other values may take the place of these.
    var isReplaceable: Bool
    let operation: StaticString
    /// Its place in `scopes`.
    let scope: Int
  }

  /// Which part of the model computes next; what ``firstNonfinite()`` tells.
  package var scope = "" {
    didSet { scopes.append(scope) }
  }
  private var scopes = [""]
  /// How units are dropped; nil while evaluating.
  package private(set) var dropout: DropoutKey?

  var values = Arena()
  var gradientMemory = BlockPool()
  var scratch = Arena()
  private var packed = PackedWeights()
  /// The parameters whose gradients hold nothing of this computation yet.
  private var untouched = RangeSet<Int>()
  private(set) var nodes: [Node] = []
  private var operations: [Operation] = []
  private(set) var tables: [SegmentTable] = []
  private var tableCount = 0
  private(set) var weights: FloatBuffer?
  private(set) var parameterGradients: FloatBuffer?
  /// Dropout operations so far; tells one's mask from another's.
  private(set) var dropoutCount: UInt32 = 0

  package init() {}

  /// How often memory was asked of the system; stays as it is once everything fits.
  package var growths: Int { values.growths + gradientMemory.growths + scratch.growths + packed.growths }

  /// The bytes that the tape keeps.
  package var capacity: Int {
    (values.capacity + gradientMemory.capacity + scratch.capacity + packed.capacity) * MemoryLayout<Float>.stride
  }

  var isRecording: Bool { parameterGradients != nil }

  /// Starts a computation.
  ///
  /// - Parameters:
  ///   - weights: the parameters' values.
  ///   - gradients: where ``backward(from:)`` adds the parameters' gradients; nil: nothing is recorded.
  ///   - replacing: whether it replaces what `gradients` holds instead of adding to it.
  ///   - dropout: nil: nothing is dropped.
  package mutating func begin(
    _ weights: FloatBuffer, gradients: FloatBuffer? = nil, replacing: Bool = false, dropout: DropoutKey? = nil
  ) {
    reset()
    precondition(gradients == nil || gradients?.count == weights.count, "gradients of another size than the weights")
    self.weights = weights
    parameterGradients = gradients
    untouched = replacing ? RangeSet(0..<weights.count) : RangeSet()
    self.dropout = dropout
  }

  /// Forgets every value and keeps the memory.
  package mutating func reset() {
    values.reset()
    gradientMemory.reset()
    scratch.reset()
    nodes.removeAll(keepingCapacity: true)
    operations.removeAll(keepingCapacity: true)
    scopes.removeLast(scopes.count - 1)
    tableCount = 0
    dropoutCount = 0
    weights = nil
    parameterGradients = nil
    dropout = nil
  }

  // MARK: Values

  package func values(of value: Value) -> [Float] {
    nodes[value.index].values.array
  }

  /// The gradient of what ``backward(from:)`` started from with respect to a value, as long as nothing else has taken its
  /// place: an input's is kept, a computed value's is not.
  package func gradient(of value: Value) -> [Float]? {
    nodes[value.index].gradient?.array
  }

  /// A matrix of given numbers; with `isConstant` false it gets a gradient.
  package mutating func input(_ numbers: Span<Float>, columns: Int, isConstant: Bool = true) -> Value {
    precondition(columns > 0 && numbers.count % columns == 0, "\(numbers.count) numbers in rows of \(columns)")
    let value = add("input", rows: numbers.count / columns, columns: columns, isConstant: isConstant)
    block(value).copy(numbers)
    return value
  }

  /// Where the first number stands that is not finite, in the order of computation: the part of the model and the
  /// operation; nil where all are finite.
  package func firstNonfinite() -> (scope: String, operation: String)? {
    for node in nodes where !node.values.isFinite { return (scopes[node.scope], "\(node.operation)") }
    return nil
  }

  // MARK: Segments

  /// Packed rows, segment after segment: a segment a sample, in the order of ``DropoutKey/samples``.
  package mutating func segments(_ lengths: some Collection<Int>) -> Segments {
    if tables.count == tableCount { tables.append(SegmentTable()) }
    tables[tableCount].assign(lengths)
    tableCount += 1
    return Segments(
      index: tableCount - 1, count: lengths.count, rows: tables[tableCount - 1].rows,
      areSingle: lengths.allSatisfy { $0 == 1 })
  }

  func rows(of segment: Int, in segments: Segments) -> Range<Int> { tables[segments.index][segment] }

  // MARK: For operations

  /// Makes room for a result.
  mutating func add(
    _ operation: StaticString, rows: Int, columns: Int, isConstant: Bool, isReplaceable: Bool = false
  ) -> Value {
    let block = values.take(rows * columns)
    nodes.append(
      Node(
        values: block, gradient: nil, isConstant: isConstant || !isRecording, isReplaceable: isReplaceable,
        operation: operation, scope: scopes.count - 1))
    return Value(index: nodes.count - 1, rows: rows, columns: columns)
  }

  /// Memory for what is made of a value that nothing else reads: its own place where that is free.
  mutating func place(of value: Value) -> Block {
    guard nodes[value.index].isReplaceable else { return values.take(value.count) }
    nodes[value.index].isReplaceable = false
    return nodes[value.index].values
  }

  /// Keeps an operation for the way back, if its result leads to something that wants a gradient.
  mutating func record(_ result: Value, _ operation: @autoclosure () -> Operation) {
    if !nodes[result.index].isConstant { operations.append(operation()) }
  }

  func block(_ value: Value) -> Block { nodes[value.index].values }

  func isConstant(_ value: Value) -> Bool { nodes[value.index].isConstant }

  func weights(_ parameter: Parameter) -> Block {
    guard let weights else { preconditionFailure("begin(_:gradients:dropout:) comes first") }
    return weights.block(parameter.range)
  }

  /// The transpose of a weight matrix, as products read it.
  mutating func transpose(_ parameter: Parameter) -> Panels {
    guard let weights else { preconditionFailure("begin(_:gradients:dropout:) comes first") }
    return packed.transpose(parameter, of: weights)
  }

  func matrix(_ parameter: Parameter) -> Matrix { Matrix(weights(parameter), parameter.rows, parameter.columns) }

  /// Where the gradient of a parameter is added to.
  mutating func gradient(_ parameter: Parameter) -> Block {
    let (block, adds) = weightGradient(parameter)
    if !adds { block.clear() }
    return block
  }

  /// Where the gradient of a parameter goes, and whether something is there to be added to.
  mutating func weightGradient(_ parameter: Parameter) -> (block: Block, adds: Bool) {
    guard let parameterGradients else { preconditionFailure("nothing is recorded") }
    let range = parameter.range
    let isUntouched = untouched.contains(range.lowerBound)
    precondition(isUntouched == untouched.contains(range.upperBound - 1), "a parameter that overlaps another one")
    if isUntouched { untouched.remove(contentsOf: range) }
    return (parameterGradients.block(range), !isUntouched)
  }

  /// The gradient of an operation's result; nil where nothing depends on it.
  func incoming(_ value: Value) -> Block? { nodes[value.index].gradient }

  /// Where the gradient of an argument goes, and whether something is there to be added to; nil for a constant.
  mutating func outgoing(_ value: Value) -> (block: Block, adds: Bool)? {
    if nodes[value.index].isConstant { return nil }
    if let block = nodes[value.index].gradient { return (block, true) }
    let block = gradientMemory.take(value.count)
    nodes[value.index].gradient = block
    return (block, false)
  }

  /// As ``outgoing(_:)``, zero at first, for operations that can only add.
  mutating func accumulator(_ value: Value) -> Block? {
    guard let (block, adds) = outgoing(value) else { return nil }
    if !adds { block.clear() }
    return block
  }

  /// Hands the gradient of a result on to an argument whose gradient is the same; the last thing that an operation does on
  /// its way back. Nothing is copied where the argument has none yet.
  mutating func pass(_ result: Value, to argument: Value) {
    guard let incoming = nodes[result.index].gradient, !nodes[argument.index].isConstant else { return }
    if let block = nodes[argument.index].gradient {
      block.take(incoming, adds: true)
    } else {
      nodes[argument.index].gradient = incoming
      nodes[result.index].gradient = nil
    }
  }

  /// The number of the next dropout operation.
  mutating func nextDropout() -> UInt32 {
    dropoutCount += 1
    return dropoutCount - 1
  }

  // MARK: Gradients

  /// Adds the gradients of `loss`, which is one number, to the parameters' gradients.
  package mutating func backward(from loss: Value) {
    precondition(loss.count == 1, "a loss is one number")
    let one: [Float] = [1]
    backward(from: loss, gradient: one.span)
  }

  /// Adds the gradients of `Σ gradient · value` to the parameters' gradients; once a computation.
  package mutating func backward(from value: Value, gradient: Span<Float>) {
    defer {
      // Nothing led there.
      for range in untouched.ranges { parameterGradients?.clear(range) }
      untouched = RangeSet()
    }
    guard let (seed, _) = outgoing(value) else { return }
    seed.copy(gradient)
    while let operation = operations.popLast() {
      scratch.reset()
      operation.backward(&self)
      // What the operation gave is complete, and its gradient is not needed any more.
      let result = operation.result.index
      if let gradient = nodes[result].gradient {
        gradientMemory.giveBack(gradient)
        nodes[result].gradient = nil
      }
    }
  }
}

/// Which rows of a packed matrix are whose, on a tape until its reset.
package struct Segments: Sendable, Equatable {
  let index: Int
  package let count: Int
  package let rows: Int
  /// Whether each has one row.
  package let areSingle: Bool
}

/// `[segments + 1]` offsets, kept from round to round.
struct SegmentTable {
  private var offsets: [Int] = [0]

  var rows: Int { offsets[offsets.count - 1] }

  subscript(segment: Int) -> Range<Int> { offsets[segment]..<offsets[segment + 1] }

  mutating func assign(_ lengths: some Collection<Int>) {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    for length in lengths { offsets.append(offsets[offsets.count - 1] + length) }
  }
}
