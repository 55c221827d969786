internal import Files

/// Writes a computational sequence file (`.csd`) in the layout of the CMU Multimodal SDK:
/// `ROOT/data/ENTRY/{features, intervals}` and `ROOT/metadata/KEY`.
///
/// Memory holds one entry at a time. The same calls give the same bytes: no time of writing is stored. Nothing is
/// durable before ``close()`` has returned; a writer that goes out of scope without it leaves a file not to be trusted.
///
/// All calls belong on the one thread that calls libhdf5.
package struct SequenceWriter: ~Copyable {
  package let path: String
  private let file: HDF5Handle

  /// Creates `path`; a file that is there is replaced.
  ///
  /// - Parameter userBlock: bytes that HDF5 leaves free at the start of the file: 0, or a power of 2 from 512.
  /// - Throws: ``SequenceError/cannotWrite(path:object:reason:)``.
  package init(creating path: String, userBlock: Int = 0) throws(SequenceError) {
    precondition(userBlock == 0 || (userBlock >= 512 && userBlock & (userBlock - 1) == 0))
    self.path = path
    HDF5.start()
    do throws(HDF5WriteFailure) {
      file = try HDF5.createFile(path, userBlock: userBlock)
    } catch {
      throw error.error(path: path, object: "the file")
    }
  }

  /// Adds a root group: a sequence of its own, without entries yet.
  ///
  /// - Throws: ``SequenceError/cannotWrite(path:object:reason:)``, also for a root that is there already.
  package func addRoot(_ root: String, metadata: [Metadata]) throws(SequenceError) {
    try checkName(root)
    for group in [root, "\(root)/data", "\(root)/metadata"] {
      try writing(group) { () throws(HDF5WriteFailure) in try HDF5.createGroup(file.id, group) }
    }
    for item in metadata { try addMetadata(item, to: root) }
  }

  /// Adds an item to the metadata of a root that ``addRoot(_:metadata:)`` has made, for what is known only at the end.
  ///
  /// - Throws: ``SequenceError/cannotWrite(path:object:reason:)``, also for a key that is there already.
  package func addMetadata(_ item: Metadata, to root: String) throws(SequenceError) {
    try checkName(item.key)
    try write(.strings([item.text]), to: "\(root)/metadata/\(item.key)", shape: [1], storage: .contiguous)
  }

  /// Adds an entry to a root that ``addRoot(_:metadata:)`` has made.
  ///
  /// - Parameters:
  ///   - features: `[n, d]`.
  ///   - intervals: `[n, 2]`, the start and end of each row in seconds.
  ///   - storage: how the features lie in the file.
  ///   - intervalStorage: how the intervals lie there; as the features do, unless given.
  /// - Throws: ``SequenceError/cannotWrite(path:object:reason:)``, also for an entry that is there already.
  package func addEntry(
    _ entry: String, to root: String, features: Features, intervals: Intervals,
    storage: Storage = Storage(), intervalStorage: Storage? = nil
  ) throws(SequenceError) {
    precondition(features.rows == intervals.rows, "as many intervals as rows")
    try checkName(entry)
    let group = "\(root)/data/\(entry)"
    try writing(group) { () throws(HDF5WriteFailure) in try HDF5.createGroup(file.id, group) }
    try write(
      features.content, to: "\(group)/features", shape: [features.rows, features.columns], storage: storage)
    try write(
      intervals.content, to: "\(group)/intervals", shape: [intervals.rows, 2],
      storage: intervalStorage ?? storage.withoutMasks)
  }

  /// Writes what is still in memory, and closes the file.
  ///
  /// - Throws: ``SequenceError/cannotWrite(path:object:reason:)``.
  package consuming func close() throws(SequenceError) {
    try writing("the file") { () throws(HDF5WriteFailure) in try HDF5.flush(file.id) }
  }

  private func write(
    _ content: DatasetContent, to dataset: String, shape: [Int], storage: Storage
  ) throws(SequenceError) {
    let layout = storage.resolved(shape: shape, elementBytes: content.elementBytes)
    try writing(dataset) { () throws(HDF5WriteFailure) in
      let handle = try HDF5.createDataset(file.id, dataset, content: content, layout: layout)
      if !shape.contains(0) { try HDF5.write(content, to: handle.id) }
      for (index, mask) in storage.filterMasks.sorted(by: { $0.key < $1.key }) {
        let chunk = ChunkEncoding(layout: layout, content: content).chunk(index, mask: mask)
        try HDF5.writeChunk(chunk.bytes, to: handle.id, offset: chunk.offset, mask: mask)
      }
      // A chunk that cannot be written when the handle is closed would be lost without a word.
      try HDF5.flushDataset(handle.id)
    }
  }

  private func writing(
    _ object: String, _ body: () throws(HDF5WriteFailure) -> Void
  ) throws(SequenceError) {
    do throws(HDF5WriteFailure) { try body() } catch { throw error.error(path: path, object: object) }
  }

  /// HDF5 would take a slash for a path and a lone dot for the group itself, and end the name at a NUL.
  private func checkName(_ name: String) throws(SequenceError) {
    if name.isEmpty || name == "." || name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) {
      throw .cannotWrite(
        path: path, object: "\"\(name)\"", reason: "not a name in HDF5 (empty, a dot, or with a slash); rename it")
    }
  }
}

extension HDF5WriteFailure {
  fileprivate func error(path: String, object: String) -> SequenceError {
    .cannotWrite(path: path, object: object, reason: text)
  }
}
