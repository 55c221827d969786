import Files
import Foundation
import TestDatasets
import Testing

@testable import Shards

/// The stock safetensors library and zlib agree with us: `tools/reference/check_shards.py`.
struct ReferenceReaderTests {
  /// A Python that can import safetensors, named by the environment variable `GRF_PYTHON`.
  static let python = ProcessInfo.processInfo.environment["GRF_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }

  @Test(
    .enabled(if: python != nil, "set GRF_PYTHON to a Python interpreter that has safetensors"),
    arguments: [1, 2, 5, 8])
  func `the stock library reads what we write`(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.random(seed: seed).write(to: folder.path, limit: 3000)
    let (status, output) = try Self.check(folder.path)
    #expect(status == 0, "\(output)")
    #expect(output.contains("all as they say"))
  }

  @Test(.enabled(if: python != nil, "set GRF_PYTHON to a Python interpreter that has safetensors"))
  func `the script notices a damaged byte`() throws {
    var forgery = try Forgery()
    forgery.data[forgery.start(of: "text.values")] ^= 1
    let (status, output) = try Self.check(forgery.write())
    #expect(status == 1)
    #expect(output == "\(Forgery.file): text.values: CRC\n")
  }

  private static func check(_ folder: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python ?? "")
    process.arguments = [Path.join(Repository.root, "tools/reference/check_shards.py"), folder]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
