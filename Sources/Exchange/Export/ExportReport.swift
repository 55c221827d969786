/// What an export has made.
package struct ExportReport: Sendable, Equatable {
  package struct File: Sendable, Equatable {
    /// Within the folder, or the file itself.
    package let name: String
    package let bytes: Int
    /// `33,109 tokens`, say; empty where there is nothing to tell.
    package let content: String
  }

  package let path: String
  package let samples: Int
  package let files: [File]
  package let notes: [String]
  /// The arguments of `grf-data` that make the dataset again, without the folder to make.
  package let readBack: [String]
}
