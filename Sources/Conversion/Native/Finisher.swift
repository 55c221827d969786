internal import CKernels
internal import PackedSequences
internal import Shards

/// Brings values to what is stored: normalized, repaired where not finite, rounded once.
struct Finisher: Sendable {
  let plan: ModalityPlan
  let scaling: Scaling

  private var type: ElementType { plan.settings.type }

  /// Finishes Floats.
  ///
  /// - Parameters:
  ///   - firstColumn: the column of the first value.
  ///   - buffer: grows to hold the result.
  ///   - body: receives the finished bytes.
  /// - Throws: ``ConversionError/beyondType(modality:dimension:type:)``, or what `body` throws.
  func finish(
    _ values: Span<Float>, firstColumn: Int, buffer: inout ScratchBuffer,
    _ body: (RawSpan) throws -> Void
  ) throws {
    let count = values.count
    let target = unsafe buffer.take(count * type.byteCount)
    // SAFETY: the target has room for `count` elements of the type.
    let done = unsafe values.withUnsafeBufferPointer { source in
      unsafe withScaling(firstColumn) { scaling in
        switch type {
        case .f32:
          unsafe grf_finish_f32_f32(source.baseAddress, target.bindMemory(to: Float.self).baseAddress, count, scaling)
        case .f16:
          unsafe grf_finish_f32_f16(source.baseAddress, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
        case .bf16:
          unsafe grf_finish_f32_bf16(source.baseAddress, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
        }
      }
    }
    guard done == count else { throw plan.beyondType((firstColumn + done) % scaling.shift.count) }
    try body(unsafe UnsafeRawBufferPointer(target).bytes)
  }

  /// The same for Doubles.
  func finish(
    _ values: Span<Double>, firstColumn: Int, buffer: inout ScratchBuffer,
    _ body: (RawSpan) throws -> Void
  ) throws {
    let count = values.count
    let target = unsafe buffer.take(count * type.byteCount)
    // SAFETY: as above.
    let done = unsafe values.withUnsafeBufferPointer { source in
      unsafe withScaling(firstColumn) { scaling in
        switch type {
        case .f32:
          unsafe grf_finish_f64_f32(source.baseAddress, target.bindMemory(to: Float.self).baseAddress, count, scaling)
        case .f16:
          unsafe grf_finish_f64_f16(source.baseAddress, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
        case .bf16:
          unsafe grf_finish_f64_bf16(source.baseAddress, target.bindMemory(to: UInt16.self).baseAddress, count, scaling)
        }
      }
    }
    guard done == count else { throw plan.beyondType((firstColumn + done) % scaling.shift.count) }
    try body(unsafe UnsafeRawBufferPointer(target).bytes)
  }

  private func withScaling(_ column: Int, _ body: (grf_scaling) -> Int) -> Int {
    unsafe scaling.shift.withUnsafeBufferPointer { shift in
      unsafe scaling.scale.withUnsafeBufferPointer { scale in
        unsafe body(
          grf_scaling(shift: shift.baseAddress, scale: scale.baseAddress, width: shift.count, column: column))
      }
    }
  }
}
