import CKernels
import Foundation
import Testing

/// One head of one segment as it lies among others: rows that are wider than the head, which begins at a column.
struct Attention: CustomTestStringConvertible {
  var queries: Int, keys: Int, width: Int
  var valid: [UInt8]?
  /// How many keys each query sees, from the first on.
  var limits: [Int32]?
  var stream = Stream()
  /// How far from aligned addresses everything lies.
  var shift = 0
  var q: [Float] = [], k: [Float] = [], v: [Float] = [], dO: [Float] = []
  /// What the gradients are added to.
  var dq: [Float] = [], dk: [Float] = [], dv: [Float] = []

  static let column = 5
  var stride: Int { width + 11 }
  var scale: Float { 1 / Float(width).squareRoot() }
  var testDescription: String {
    "\(queries)x\(keys)x\(width)\(valid == nil ? "" : " masked")\(limits == nil ? "" : " limited")"
      + (stream.threshold == 0 ? "" : " dropped")
  }

  init(_ queries: Int, _ keys: Int, _ width: Int, spread: Float = 2) {
    (self.queries, self.keys, self.width) = (queries, keys, width)
    var numbers = Numbers(seed: UInt64(queries * 1_000_003 + keys * 1009 + width))
    let range = -spread...spread
    (q, dO, dq) = (
      numbers.floats(queries * stride, in: range), numbers.floats(queries * stride), numbers.floats(queries * stride)
    )
    (k, v) = (numbers.floats(keys * stride, in: range), numbers.floats(keys * stride))
    (dk, dv) = (numbers.floats(keys * stride), numbers.floats(keys * stride))
  }

  func with(_ change: (inout Attention) -> Void) -> Attention {
    var copy = self
    change(&copy)
    return copy
  }

  func sees(_ i: Int, _ j: Int) -> Bool {
    (valid?[j] ?? 1) != 0 && j < limits.map { Int($0[i]) } ?? keys
  }

  /// Key j is visible to query i iff j ≤ i + reach.
  mutating func limit(reach: Int) {
    limits = (0..<queries).map { Int32(min(max($0 + reach + 1, 0), keys)) }
  }

  struct Results<Number> {
    var o: [Number] = [], logsums: [Number] = []
    var dq: [Number] = [], dk: [Number] = [], dv: [Number] = []
    /// By key, the mean of its weights over the queries that see a key.
    var means: [Number] = []
  }

  /// By the definition, in Double.
  func reference() -> Results<Double> {
    var r = Results<Double>(dq: doubles(dq), dk: doubles(dk), dv: doubles(dv))
    r.o = [Double](repeating: 7, count: queries * stride)
    let factors = doubles(stream.factors(queries * keys))
    r.means = [Double](repeating: 0, count: keys)
    let seeing = (0..<queries).count { i in (0..<keys).contains { sees(i, $0) } }
    func at(_ row: Int, _ c: Int) -> Int { row * stride + Self.column + c }
    for i in 0..<queries {
      let seen = (0..<keys).filter { sees(i, $0) }
      let scores = seen.map { j in
        (0..<width).reduce(0.0) { $0 + Double(q[at(i, $1)]) * Double(k[at(j, $1)]) } * Double(scale)
      }
      let greatest = scores.max() ?? 0
      let sum = scores.reduce(0) { $0 + exp($1 - greatest) }
      r.logsums.append(seen.isEmpty ? .infinity : greatest + log(sum))
      let weights = scores.map { exp($0 - greatest) / sum }
      for c in 0..<width { r.o[at(i, c)] = 0 }
      for (j, p) in zip(seen, weights) { r.means[j] += p / Double(seeing) }
      var slopes: [Double] = []
      for (j, p) in zip(seen, weights) {
        let factor = factors[i * keys + j]
        var slope = 0.0
        for c in 0..<width {
          r.o[at(i, c)] += p * factor * Double(v[at(j, c)])
          r.dv[at(j, c)] += p * factor * Double(dO[at(i, c)])
          slope += factor * Double(v[at(j, c)]) * Double(dO[at(i, c)])
        }
        slopes.append(slope)
      }
      let mean = zip(weights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
      for (n, j) in seen.enumerated() {
        let slope = weights[n] * (slopes[n] - mean) * Double(scale)
        for c in 0..<width {
          r.dq[at(i, c)] += slope * Double(k[at(j, c)])
          r.dk[at(j, c)] += slope * Double(q[at(i, c)])
        }
      }
    }
    return r
  }

  /// By the kernels.
  func results() -> Results<Float> {
    let (q, k, v) = (Shifted(q, by: shift), Shifted(k, by: shift), Shifted(v, by: shift))
    let (dO, o) = (Shifted(dO, by: shift), Shifted(repeating: 7, count: queries * stride, by: shift))
    let (dq, dk, dv) = (Shifted(dq, by: shift), Shifted(dk, by: shift), Shifted(dv, by: shift))
    let logsums = Shifted(repeating: 7, count: queries, by: shift)
    // What the scratch memory holds before must not matter.
    let scratch = Shifted(repeating: .nan, count: grf_attention_scratch(keys), by: shift)
    var bits = [UInt8](repeating: 0xA5, count: grf_attention_bits(queries, keys))
    // In a column of three.
    let means = Shifted(repeating: 7, count: 3 * keys, by: shift)
    let column = Self.column
    func run(_ valid: UnsafePointer<UInt8>?, _ limits: UnsafePointer<Int32>?, _ bits: UnsafeMutablePointer<UInt8>?) {
      // SAFETY: the arrays hold `queries` or `keys` rows, and live to the end of results().
      var a = unsafe grf_attention(
        q: q.pointer + column, k: k.pointer + column, v: v.pointer + column, q_stride: stride, k_stride: stride,
        v_stride: stride, queries: queries, keys: keys, width: width, scale: scale, valid: valid, limits: limits,
        dropout: stream.native, bits: bits)
      unsafe grf_attention_forward(&a, o.pointer + column, stride, logsums.pointer, scratch.pointer)
      unsafe grf_attention_means(&a, logsums.pointer, means.pointer + 1, 3, scratch.pointer)
      unsafe grf_attention_backward(
        &a, o.pointer + column, dO.pointer + column, stride, logsums.pointer, dq.pointer + column, dk.pointer + column,
        dv.pointer + column, scratch.pointer)
    }
    let (mask, places) = (valid ?? [], limits ?? [])
    unsafe mask.withUnsafeBufferPointer { mask in
      unsafe places.withUnsafeBufferPointer { places in
        unsafe bits.withUnsafeMutableBufferPointer { bits in
          unsafe run(
            valid == nil ? nil : mask.baseAddress, limits == nil ? nil : places.baseAddress, bits.baseAddress)
        }
      }
    }
    _ = scratch.values
    let beside = means.values.indices.filter { $0 % 3 != 1 }
    precondition(beside.allSatisfy { means.values[$0] == 7 }, "a column beside the means was written")
    return Results(
      o: o.values, logsums: logsums.values, dq: dq.values, dk: dk.values, dv: dv.values,
      means: (0..<keys).map { means.values[3 * $0 + 1] })
  }
}
