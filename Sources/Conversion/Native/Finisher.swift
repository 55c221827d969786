internal import CKernels
internal import PackedSequences
internal import Shards

/// What frames are made of before they are finished: Floats as they were read, Doubles where they are averages.
protocol FrameElement: BitwiseCopyable {
  /// Finishes `count` values into elements of `type`; returns the index of the first that it cannot hold, or `count`.
  ///
  /// - Precondition: `target` has room for the elements, and `source` holds them.
  static func finish(
    _ source: UnsafePointer<Self>?, into target: UnsafeMutableRawBufferPointer, count: Int, as type: ElementType,
    _ scaling: grf_scaling
  ) -> Int
}

extension Float: FrameElement {
  static func finish(
    _ source: UnsafePointer<Float>?, into target: UnsafeMutableRawBufferPointer, count: Int, as type: ElementType,
    _ scaling: grf_scaling
  ) -> Int {
    // SAFETY: as the caller promised.
    switch type {
    case .f32: unsafe grf_finish_f32_f32(source, target.bindMemory(to: Float.self).baseAddress, count, scaling)
    case .f16: unsafe grf_finish_f32_f16(source, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
    case .bf16: unsafe grf_finish_f32_bf16(source, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
    case .f64: preconditionFailure("averages of a part are never finished")
    }
  }
}

extension Double: FrameElement {
  static func finish(
    _ source: UnsafePointer<Double>?, into target: UnsafeMutableRawBufferPointer, count: Int, as type: ElementType,
    _ scaling: grf_scaling
  ) -> Int {
    // SAFETY: as the caller promised.
    switch type {
    case .f32: unsafe grf_finish_f64_f32(source, target.bindMemory(to: Float.self).baseAddress, count, scaling)
    case .f16: unsafe grf_finish_f64_f16(source, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
    case .bf16: unsafe grf_finish_f64_bf16(source, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
    case .f64: preconditionFailure("averages of a part are never finished")
    }
  }
}

/// Brings values to what is stored: normalized, repaired where not finite, clipped where asked, rounded once.
struct Finisher: Sendable {
  let modality: String
  let dimensionNames: [String]?
  /// Of the source: what a dimension without a name is called.
  let columns: [Int]
  let settings: ModalitySettings
  let scaling: Scaling
  /// Where values that were clipped are counted.
  var clipped: ValueCounter

  /// The same, counting elsewhere.
  func counting(in counter: ValueCounter) -> Finisher {
    var finisher = self
    finisher.clipped = counter
    return finisher
  }

  /// - Parameters:
  ///   - values: frame after frame, from column `firstColumn` of the first.
  ///   - buffer: grows to hold the result.
  ///   - body: receives the finished bytes.
  /// - Throws: ``ConversionError/beyondType(modality:dimension:type:)``, or what `body` throws.
  func finish<Element: FrameElement>(
    _ values: Span<Element>, firstColumn: Int, buffer: inout ScratchBuffer, _ body: (RawSpan) throws -> Void
  ) throws {
    let count = values.count
    let width = scaling.shift.count
    let target = unsafe buffer.take(count * settings.type.byteCount)
    var beyond = 0
    let done = unsafe values.withUnsafeBufferPointer { source in
      unsafe scaling.shift.withUnsafeBufferPointer { shift in
        unsafe scaling.scale.withUnsafeBufferPointer { scale in
          // SAFETY: the target has room for `count` elements; shift and scale have a value a column; the counter
          // outlives the call.
          unsafe withUnsafeMutablePointer(to: &beyond) { beyond in
            unsafe Element.finish(
              source.baseAddress, into: target, count: count, as: settings.type,
              grf_scaling(
                shift: shift.baseAddress, scale: scale.baseAddress, width: width, column: firstColumn,
                limit: settings.clip ?? .infinity, clipped: settings.clip == nil ? nil : beyond))
          }
        }
      }
    }
    if beyond > 0 { clipped.add(beyond) }
    guard done == count else {
      let column = (firstColumn + done) % width
      throw ConversionError.beyondType(
        modality: modality, dimension: dimensionNames?[column] ?? "\(columns[column])", type: settings.type.rawValue)
    }
    try body(unsafe UnsafeRawBufferPointer(target).bytes)
  }
}
