/// What a file is by its first bytes, for files that turn out to be something else than was wanted.
///
/// The Python public has the same table, `grf_shards.kinds`.
public enum FileKind: String, Sendable, CaseIterable {
  case empty, lfsPointer, webPage, gzip, zip, numpyArchive, torch, zstd, pickle, damagedPickle, matlab5, hdf5, unknown

  /// Bytes that are enough to tell.
  public static let headBytes = 1024

  /// - Parameter head: the first ``headBytes``, or all there are.
  public init(head: [UInt8]) {
    func starts(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
    func starts(_ text: String) -> Bool { head.starts(with: Array(text.utf8)) }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    self =
      if head.isEmpty {
        .empty
      } else if starts("version https://git-lfs.github.com/spec/") {
        .lfsPointer
      } else if starts([0x89] + Array("HDF".utf8)) {
        .hdf5
      } else if starts([0x1f, 0x8b]) {
        .gzip
      } else if starts([0x28, 0xb5, 0x2f, 0xfd]) {
        .zstd
      } else if starts("PK\u{3}\u{4}") || starts("PK\u{5}\u{6}") {
        Self(zipMember: head)
      } else if starts("MATLAB 5.0 MAT-file") {
        .matlab5
      } else if starts([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]) {
        .torch
      } else if head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) {
        .pickle
      } else if text.contains("<html") || text.contains("<!doctype html") {
        .webPage
      } else if Self.beginsLikeProtocol0(head) {
        head.split(separator: UInt8(ascii: "\n"), maxSplits: 1)[0].last == UInt8(ascii: "\r") ? .damagedPickle : .pickle
      } else {
        .unknown
      }
  }

  /// What torch.save and numpy.savez write are archives that their first member tells.
  private init(zipMember head: [UInt8]) {
    guard head.count > 30 else {
      self = .zip
      return
    }
    let length = Int(head[26]) | Int(head[27]) << 8
    let name = String(decoding: head.dropFirst(30).prefix(length), as: UTF8.self)
    self =
      name.hasSuffix("/data.pkl") || name.hasSuffix("/byteorder")
      ? .torch : name.hasSuffix(".npy") ? .numpyArchive : .zip
  }

  /// A dictionary or list in protocol 0, which is text: `(dp0` or `(lp0` and a line's end.
  private static func beginsLikeProtocol0(_ head: [UInt8]) -> Bool {
    head.count > 4 && head[0] == UInt8(ascii: "(") && [UInt8(ascii: "d"), UInt8(ascii: "l")].contains(head[1])
      && head[2] == UInt8(ascii: "p")
  }

  /// What the file is, and what to do about it; nil where that cannot be told.
  public var explanation: String? {
    switch self {
    case .empty: "empty; fetch it again"
    case .lfsPointer:
      "a Git LFS pointer, which stands for the file; fetch the file itself with `git lfs pull` in its repository"
    case .webPage:
      "a web page; the download got an error or a confirmation page, fetch the file again from its real address"
    case .gzip: "compressed with gzip; decompress it: gzip -dc FILE > OUT"
    case .zstd: "compressed with zstd; decompress it: zstd -d FILE -o OUT"
    case .zip: "a zip archive; unpack it, and give the files in it"
    case .numpyArchive: "a NumPy archive (.npz); make a dataset of it with grf-data import"
    case .torch:
      "what torch.save wrote; save its tensors as arrays where PyTorch is: numpy.savez(\"OUT.npz\", **arrays)"
    case .pickle:
      "a pickle, which may run any program when it is loaded; make it an .npz without that: "
        + "python -m grf_shards.unpickle FILE OUT.npz"
    case .damagedPickle:
      "a pickle whose line ends were changed to those of Windows; fetch it again without conversion (binary mode)"
    case .matlab5: "a MATLAB 5 file; save its arrays as .npz: numpy.savez(\"OUT.npz\", **scipy.io.loadmat(FILE))"
    case .hdf5: "an HDF5 file"
    case .unknown: nil
    }
  }
}
