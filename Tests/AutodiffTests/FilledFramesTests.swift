import Testing

@testable import Autodiff

@Suite("Samples that are filled up")
struct FilledFramesTests {
  @Test("have all their frames and then zeros, none of them masked")
  func packing() {
    let values: [Float] = [1, 2, 3, 4]
    var frames = PackedFrames(columns: 1)
    for count in [0, 1, 3, 4] { frames.append(MappedRows(values.span.extracting(0..<count), columns: 1), filledTo: 3) }
    #expect(frames.lengths == [3, 3, 3, 4] && frames.storedLengths == frames.lengths)
    #expect(frames.positions == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3])
    var tape = Tape()
    tape.begin(FloatBuffer(count: 0))
    #expect(tape.values(of: tape.input(frames)) == [0, 0, 0, 1, 0, 0, 1, 2, 3, 1, 2, 3, 4])
    withExtendedLifetime(values) {}
  }

  @Test("have a frame even where nothing fills them up", arguments: [0, 1])
  func empty(length: Int) {
    var frames = PackedFrames(columns: 2)
    frames.append(MappedRows([Float]().span, columns: 2), filledTo: length)
    #expect(frames.lengths == [1] && frames.positions == [0] && frames.rows == 1)
  }

  @Test("are projected like samples that hold the zeros themselves", arguments: [0, 2, 5])
  func projection(length: Int) {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    let stored = values + [Float](repeating: 0, count: max(0, length - 2) * 3)
    let mask = [UInt8](repeating: 1, count: stored.count / 3)
    var layout = ParameterLayout()
    let (weight, bias) = (layout.add("w", 2, 3), layout.add("b", 2))
    let weights = FloatBuffer(count: layout.count)
    weights.withMutableSpan { for place in $0.indices { $0[place] = Float(place + 1) } }
    func project(_ frames: PackedFrames) -> (values: [Float], gradients: [Float]) {
      var tape = Tape()
      let gradients = FloatBuffer(count: layout.count)
      tape.begin(weights, gradients: gradients)
      let y = tape.projection(frames, weight: weight, bias: bias)
      let found = tape.values(of: y)
      let ones = [Float](repeating: 1, count: found.count)
      tape.backward(from: y, gradient: ones.span)
      let span = gradients.span
      return (found, span.indices.map { span[$0] })
    }
    var (filled, real) = (PackedFrames(columns: 3), PackedFrames(columns: 3))
    filled.append(MappedRows(values.span, columns: 3), filledTo: length)
    real.append(MappedRows(stored.span, columns: 3), valid: mask.span)
    #expect(project(filled).values == project(real).values)
    #expect(project(filled).gradients == project(real).gradients)
    withExtendedLifetime((values, stored)) {}
  }
}
