import Foundation

/// The fixture, converted once for all tests.
enum Example {
  static let input = "fixtures/raw.csd"

  /// A folder for as long as the tests run; removed by the system that empties its temporary folder.
  static let folder = FileManager.default.temporaryDirectory.appending(path: "grf-example-\(UUID().uuidString)").path

  private static let converted = Result { () throws -> Program.Result in
    let result = try Program.data("convert", input, folder)
    guard result.status == 0 else { throw Program.Missing(what: result.errors) }
    return result
  }

  /// The dataset's folder.
  static func dataset() throws -> String {
    _ = try converted.get()
    return folder
  }

  /// A copy of the dataset, to be damaged.
  static func copy(to path: String) throws { try FileManager.default.copyItem(atPath: try dataset(), toPath: path) }

  /// The first file of the split's shards in a dataset.
  static func shard(_ split: String, in folder: String) -> URL {
    URL(filePath: folder).appending(path: "\(split)-00000-of-00001.safetensors")
  }
}
