import Files
import Foundation
import TestDatasets
import Testing

@testable import Shards

/// Packed shards that lie, and files that are no files.
struct PackedRejectionTests {
  let folder: TemporaryFolder
  let path: String
  let name = Forgery.file + ".zst"
  /// Of the shard as it is.
  let size: Int

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path
    size = try RaggedDataset.tiny().write(to: path).splits[0].shards[0].bytes
    _ = try Packing.pack(path)
  }

  /// Changes the packed shard, and says what reading it says.
  private func refusal(_ change: (inout [UInt8]) -> Void) throws -> ShardError? {
    var bytes = try File.contents(of: folder.file(name))
    change(&bytes)
    try folder.write(bytes, to: name)
    #expect(throws: ShardError.self) { try Packing.unpack(path) }
    #expect(try !Verification.run(path).isEmpty)
    // Nothing is left of the attempt.
    defer { #expect((try? Folder.list(path))?.count == 3) }
    do throws(ShardError) {
      _ = try Dataset.open(path)
      return nil
    } catch { return error }
  }

  private func isTableError(_ error: ShardError?, _ field: String) -> Bool {
    if case .seekTable(_, field, _, _) = error { true } else { false }
  }

  @Test func `cut short, or without a table`() throws {
    #expect(try refusal { $0.removeLast() } == .noSeekTable(path: folder.file(name)))
    #expect(try refusal { $0.removeAll() } == .noSeekTable(path: folder.file(name)))
  }

  @Test func `a table of an unknown kind`() throws {
    #expect(isTableError(try refusal { $0[$0.count - 5] = 0x84 }, "descriptor"))
  }

  @Test func `a table without checksums`() throws {
    #expect(isTableError(try refusal { $0[$0.count - 5] = 0 }, "descriptor"))
  }

  @Test func `a table of more frames than the file can have`() throws {
    #expect(isTableError(try refusal { $0[$0.count - 6] = 0xFF }, "size"))
  }

  @Test func `a table whose frame says another length of it`() throws {
    #expect(isTableError(try refusal { $0[$0.count - 25] ^= 1 }, "size"))
  }

  @Test func `a frame that claims more than the manifest says of the shard`() throws {
    // The frame's count is the second number of the one entry.
    #expect(isTableError(try refusal { $0[$0.count - 14] = 0x7F }, "bytes held"))
  }

  @Test func `a frame of another place in the file`() throws {
    #expect(isTableError(try refusal { $0[$0.count - 21] ^= 1 }, "bytes of all frames"))
  }

  @Test func `a checksum that is not the frame's`() throws {
    guard case .packedFrame(_, 0, _) = try refusal({ $0[$0.count - 10] ^= 1 }) else {
      Issue.record("no frame is refused")
      return
    }
  }

  // Byte 4 describes the frame; bit 3 of it is reserved.
  @Test(arguments: [4, 5, 9, 30, 100]) func `a damaged frame`(place: Int) throws {
    guard case .packedFrame(_, 0, _) = try refusal({ $0[place] ^= 0x08 }) else {
      Issue.record("no frame is refused")
      return
    }
  }

  @Test func `a frame that holds more than it says in the table is not let loose`() throws {
    // A frame of 64 MiB of zeros takes some KiB.
    let zeros = [UInt8](repeating: 0, count: 64 << 20)
    let frame = try FrameCompressor(level: 3).compress(zeros, count: zeros.count)
    let table = SeekTable([.init(size: frame.count, count: size, checksum: SeekTable.number(frame, frame.count - 4))])
    guard case .packedFrame(_, 0, _) = try refusal({ $0 = frame + table.encoded() }) else {
      Issue.record("no frame is refused")
      return
    }
  }

  @Test func `a frame beyond the greatest, however little it takes`() throws {
    let count = SeekTable.greatestFrame + 1
    let frame = try FrameCompressor(level: 1).compress([UInt8](repeating: 0, count: count), count: count)
    let table = SeekTable([.init(size: frame.count, count: count, checksum: SeekTable.number(frame, frame.count - 4))])
    try folder.write(frame + table.encoded(), to: name)
    let file = try File(reading: folder.file(name))
    do throws(ShardError) {
      _ = try SeekTable.read(file, content: count)
      Issue.record("it is read")
    } catch { #expect(isTableError(error, "bytes held by frame 0")) }
  }

  @Test func `a packed shard of other content is refused by its header, before anything is written`() throws {
    let bytes = [UInt8](repeating: 32, count: size)
    let frame = try FrameCompressor(level: 3).compress(bytes, count: size)
    let table = SeekTable([.init(size: frame.count, count: size, checksum: SeekTable.number(frame, frame.count - 4))])
    #expect(try refusal { $0 = frame + table.encoded() } != nil)
  }

  // MARK: Files that are no files

  @Test(arguments: [Forgery.file, Forgery.file + ".zst", "manifest.json", "ledger.jsonl"])
  func `a symbolic link in a dataset is refused, wherever it leads`(file: String) throws {
    if file == Forgery.file { _ = try Packing.unpack(path) }
    let elsewhere = try TemporaryFolder()
    try folder.write(try File.contents(of: folder.file(file)), to: file)
    let bytes = try File.contents(of: folder.file(file))
    try elsewhere.write(bytes, to: "target")
    try Folder.removeAll(folder.file(file))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file(file), withDestinationPath: elsewhere.file("target"))
    #expect(try !Verification.run(path).isEmpty)
    #expect(throws: ShardError.self) { try Dataset.open(path).ledger() }
    #expect(throws: (any Error).self) {
      _ = try Packing.pack(path)
      _ = try Packing.unpack(path)
      _ = try Dataset.open(path).ledger()
    }
    // What it leads to is as it was.
    #expect(try File.contents(of: elsewhere.file("target")) == bytes)
  }

  @Test func `a pipe in place of a shard is refused and not waited for`() throws {
    try Folder.removeAll(folder.file(name))
    let made = unsafe mkfifo(folder.file(Forgery.file), 0o644)
    #expect(made == 0)
    #expect(throws: ShardError.notAFile(path: folder.file(Forgery.file))) { try Dataset.open(path) }
    #expect(throws: ShardError.notAFile(path: folder.file(Forgery.file))) { try Packing.pack(path) }
    #expect(try Verification.run(path).map(\.error) == [.notAFile(path: folder.file(Forgery.file))])
  }

  @Test func `a folder in place of a shard is refused`() throws {
    try Folder.removeAll(folder.file(name))
    try Folder.create(folder.file(Forgery.file))
    #expect(throws: ShardError.notAFile(path: folder.file(Forgery.file))) { try Dataset.open(path) }
  }

  @Test(arguments: ["../train-00000-of-00001.safetensors", "/etc/passwd", "a/train-00000-of-00001.safetensors", ".."])
  func `a shard's name that leads out of the folder is refused`(file: String) throws {
    let forgery = try Forgery()
    let error = try forgery.refusal { $0.splits[0].shards[0].file = file }
    #expect(error == .unsafeFileName(path: forgery.manifestPath, name: file))
    #expect(throws: ShardError.self) { try Packing.pack(forgery.write { $0.splits[0].shards[0].file = file }) }
  }

  @Test func `a manifest of a terabyte of holes is not read into memory`() throws {
    let path = folder.file("manifest.json")
    try File(updating: path).resize(to: 1 << 40)
    #expect(throws: ShardError.oversized(path: path, bytes: 1 << 40, limit: 256 << 20)) { try Dataset.open(self.path) }
  }
}
