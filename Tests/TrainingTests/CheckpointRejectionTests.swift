import Files
import Foundation
import JSONValues
import TestSupport
import Testing

@testable import Training

/// One test per thing that is refused in a checkpoint's file.
@Suite struct `A checkpoint is refused` {
  private static func refusal(_ path: String) throws -> TrainingError {
    let error = try #require(throws: TrainingError.self) { try Checkpoint(path) }
    #expect(error.description.hasPrefix(path + ": ") && !error.description.contains { $0.isNewline })
    #expect(!error.isRequestAtFault)
    return error
  }

  @Test func `where there is none`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.refusal(folder.file("a")).description.contains("cannot be opened"))
    #expect(try Self.refusal(folder.path).description.contains("directory"))
  }

  @Test(arguments: [
    [UInt8](), [1, 2, 3], Array("PK\u{3}\u{4}and what else a .pth file holds".utf8), Array("just a text".utf8),
    [2, 0, 0, 0, 0, 0, 0, 0] + Array("[]".utf8), [2, 0, 0, 0, 0, 0, 0, 0] + Array("{]".utf8),
    [9, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8),
  ]) func `that is no safetensors file`(bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(filePath: folder.file("a")))
    #expect(try Self.refusal(folder.file("a")).description.contains("not a usable safetensors file"))
  }

  @Test func `wherever it was cut short`() throws {
    let folder = try TemporaryFolder()
    try Tensors.example.write(folder.file("a"), metadata: .example)
    let bytes = try File.contents(of: folder.file("a"))
    for count in stride(from: 0, to: bytes.count, by: 13) {
      try Data(bytes[..<count]).write(to: URL(filePath: folder.file("b")))
      #expect(throws: TrainingError.self, "\(count) bytes") { try Checkpoint(folder.file("b")) }
    }
    try Data(bytes + [0]).write(to: URL(filePath: folder.file("b")))
    #expect(try Self.refusal(folder.file("b")).description.contains("the file has \(bytes.count + 1) bytes"))
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F9","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#, #"{"a":3}"#,
    #"{"__metadata__":3}"#, #"{"__metadata__":{"a":3}}"#,
  ]) func `whose header is inconsistent`(header: String) throws {
    let folder = try TemporaryFolder()
    try writeSafetensors(header, Array(repeating: 0, count: 8), to: folder.file("a"))
    guard case .checkpointFormat = try Self.refusal(folder.file("a")) else {
      Issue.record("another error")
      return
    }
  }

  @Test func `whose metadata lack a key, or have a wrong one`() throws {
    let folder = try TemporaryFolder()
    let strings = CheckpointMetadata.example.strings
    func refusal(_ key: String, _ value: String?) throws -> TrainingError? {
      var metadata = JSONObject()
      for string in strings where string.key != key || value != nil {
        metadata[string.key] = .string(string.key == key ? value ?? "" : string.value)
      }
      try writeSafetensors(
        JSONValue.object(["__metadata__": .object(metadata)]).compact(), [], to: folder.file("a"))
      return try Self.refusal(folder.file("a"))
    }
    for (key, _) in strings where key != "format" {
      #expect(try refusal(key, nil) == .checkpointMetadata(path: folder.file("a"), key: key))
    }
    for (key, value) in [
      ("version", "2"), ("config", "{"), ("config", #"{"modle": 3}"#), ("order", #"["text"]"#), ("order", "3"),
      ("dimensions", "[300]"),
      ("dimensions", "[300, 0]"), ("epoch", "-1"), ("step", "1.5"), ("optimizer_steps", "x"), ("seed", "8"),
      ("best_epoch", "-2"), ("best_mae", #""x""#), ("epochs_without_improvement", ""),
    ] {
      #expect(try refusal(key, value) == .checkpointMetadata(path: folder.file("a"), key: key), "\(key) \(value)")
    }
  }

  @Test func `whose metadata say nothing of the plateau that it is trained by`() throws {
    var metadata = CheckpointMetadata.example
    metadata.configuration = try .preset("mult")
    metadata.configuration.training.seed = 7
    metadata.configuration.data.order = ["text", "audio"]
    metadata.stopping = EarlyStopping(patience: nil, bestEpoch: 2, bestMAE: 1.25, epochsWithoutImprovement: 1)
    metadata.plateau = PlateauSchedule(
      rate: 1e-3 * 0.1, minimum: 0, patience: 20, factor: 0.1, lowest: 1.0 / 3, badEpochs: 4)
    let strings = metadata.strings
    func read(_ key: String, _ value: String?) throws -> CheckpointMetadata? {
      var found = Dictionary(uniqueKeysWithValues: strings.map { ($0.key, $0.value) })
      found[key] = value
      return try CheckpointMetadata(found, path: "a")
    }
    #expect(try read("other", "x") == metadata)
    for (key, value) in [
      ("learning_rate", nil), ("learning_rate", "0"), ("lowest_loss", nil), ("lowest_loss", "\"x\""),
      ("bad_epochs", nil),
      ("bad_epochs", "-1"),
    ] as [(String, String?)] {
      #expect(throws: TrainingError.checkpointMetadata(path: "a", key: key)) { try read(key, value) }
    }
  }
}
