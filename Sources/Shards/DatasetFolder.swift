package import Files

/// Tells datasets from other folders by their names alone.
package enum DatasetFolder {
  /// Whether a folder holds a dataset and nothing else, so that it may be replaced by another one: a `manifest.json`,
  /// perhaps a `ledger.jsonl` and a part's `moments.safetensors`, files named like shards; all of them regular files, and the folder no symbolic link.
  ///
  /// What the files hold is not looked at: a damaged dataset may be replaced as well.
  package static func isDatasetFolder(_ path: String) throws(FileError) -> Bool {
    guard try FileStatus.of(Path.trimmed(path), followingLinks: false)?.isFolder == true else { return false }
    let names = try Folder.list(path)
    guard names.contains(Manifest.fileName) else { return false }
    for name in names {
      guard mayHold(name),
        try FileStatus.of(Path.join(path, name), followingLinks: false)?.isRegularFile == true
      else { return false }
    }
    return true
  }

  /// Whether a dataset or a part of one has files of this name.
  package static func mayHold(_ name: String) -> Bool {
    [Manifest.fileName, Ledger.fileName, Manifest.MomentsFile.fileName].contains(name)
      || ShardName(parsing: name) != nil
  }
}
