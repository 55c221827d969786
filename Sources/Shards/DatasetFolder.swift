package import Files

/// Tells datasets from other folders by their names alone.
package enum DatasetFolder {
  /// Whether a folder holds a dataset and nothing else, so that it may be replaced by another one: a `manifest.json`,
  /// perhaps a `ledger.jsonl` and a part's `moments.safetensors`, files named like shards, as they are or packed; all of
  /// them regular files, and the folder no symbolic link.
  ///
  /// What the files hold is not looked at: a damaged dataset may be replaced as well.
  package static func isDatasetFolder(_ path: String) throws(FileError) -> Bool {
    guard try FileStatus.of(Path.trimmed(path), followingLinks: false)?.isFolder == true else { return false }
    let names = try Folder.list(path)
    guard names.contains(Manifest.fileName) else { return false }
    for name in names {
      guard isDatasetFile(name),
        try FileStatus.of(Path.join(path, name), followingLinks: false)?.isRegularFile == true
      else { return false }
    }
    return true
  }

  /// Whether a dataset's folder may hold a file of this name: the manifest, the ledger, a part's moments, a shard, a packed shard, or one of
  /// the two latter as a killed process left it.
  package static func isDatasetFile(_ name: String) -> Bool {
    if [Manifest.fileName, Ledger.fileName, Manifest.MomentsFile.fileName].contains(name) { return true }
    var name = Substring(name)
    for suffix in [OpenFolder.partialSuffix, ShardName.packedSuffix] where name.hasSuffix(suffix) {
      name.removeLast(suffix.count)
    }
    return ShardName(parsing: String(name)) != nil
  }
}
