internal import CKernels

/// The instruction set that the vector loops of this process are compiled for.
///
/// It is the best that the processor has, unless the environment variable ``variable`` names another one.
package enum Kernels {
  /// For comparing instruction sets on one machine; nobody needs it to be fast.
  package static let variable = "GRF_KERNELS"

  /// `portable`, `neon`, `avx2` or `avx512`.
  package static var name: String { unsafe grf_kernels().map { unsafe String(cString: $0) } ?? "" }

  /// What this processor has.
  package static var available: [String] {
    var names: [String] = []
    while let name = unsafe grf_kernels_available(Int32(names.count)) { unsafe names.append(String(cString: name)) }
    return names
  }

  /// Whether multiplications and additions fuse, rounded once: all instruction sets but `portable` do, and give the same bits.
  package static var fuse: Bool { grf_kernels_fuse() != 0 }

  /// What a checkpoint says of the arithmetic: `fma`, or `portable` where nothing fuses.
  package static var arithmetic: String { fuse ? "fma" : "portable" }

  /// Whether ``variable`` names what this processor does not have.
  package static var areRefused: Bool { grf_kernels_refused() != 0 }
}
