internal import CHDF5
internal import PackedSequences

/// Walks a file once and writes down what is in it.
struct Inventory {
  let path: String
  private let rootNames: [HDF5.LinkName]

  init(path: String, file: borrowing HDF5Handle) throws(SequenceError) {
    self.path = path
    guard let names = HDF5.names(in: file) else {
      throw .unreadable(path: path, object: "the file", reason: HDF5.lastReason())
    }
    rootNames = names
  }

  func roots(of file: borrowing HDF5Handle) throws(SequenceError) -> [SequenceRoot] {
    var roots: [SequenceRoot] = []
    var firstWithoutData: String?
    for link in rootNames {
      guard let name = link.text else { throw .notText(path: path, object: link.lossy) }
      guard let object = HDF5.openObject(file, name) else {
        throw .unreadable(path: path, object: name, reason: HDF5.lastReason())
      }
      // Datasets beside the roots are nobody's.
      guard HDF5.isGroup(object), let root = HDF5.openGroup(file, name) else { continue }
      guard HDF5.exists(root, "data"), let data = HDF5.openGroup(root, "data") else {
        firstWithoutData = firstWithoutData ?? name
        continue
      }
      roots.append(
        SequenceRoot(
          name: name, file: path, metadata: try metadata(of: root, name), entries: try entries(of: data, root: name)))
    }
    if roots.isEmpty { throw .noRoots(path: path) }
    if let name = firstWithoutData { throw .missingObject(path: path, object: "\(name)/data") }
    return roots
  }

  private func metadata(
    of root: borrowing HDF5Handle, _ name: String
  ) throws(SequenceError) -> SequenceMetadata {
    var texts: [(key: String, text: String)] = []
    guard HDF5.exists(root, "metadata") else { return SequenceMetadata(texts) }
    let object = "\(name)/metadata"
    guard let group = HDF5.openGroup(root, "metadata"), let links = HDF5.names(in: group) else {
      throw .unreadable(path: path, object: object, reason: HDF5.lastReason())
    }
    for link in links {
      guard let key = link.text else { throw .notText(path: path, object: "\(object)/\(link.lossy)") }
      guard let item = HDF5.openObject(group, key) else {
        throw .unreadable(path: path, object: "\(object)/\(key)", reason: HDF5.lastReason())
      }
      // Metadata are texts; groups and numbers among them are nobody's.
      guard !HDF5.isGroup(item), let dataset = HDF5.openDataset(group, key), let text = HDF5.text(of: dataset) else {
        continue
      }
      texts.append((key, text))
    }
    return SequenceMetadata(texts)
  }

  private func entries(of data: borrowing HDF5Handle, root: String) throws(SequenceError) -> [SequenceRoot.Entry] {
    guard let links = HDF5.names(in: data) else {
      throw .unreadable(path: path, object: "\(root)/data", reason: HDF5.lastReason())
    }
    var entries: [SequenceRoot.Entry] = []
    var seen: Set<String> = []
    var first: SequenceRoot.Entry?
    for link in links {
      guard let id = link.text else { throw .notText(path: path, object: "\(root)/data/\(link.lossy)") }
      guard seen.insert(id).inserted else { throw .duplicateEntry(path: path, entry: label(id, root)) }
      let object = "\(root)/data/\(id)"
      guard let group = HDF5.openGroup(data, id) else { throw .missingObject(path: path, object: object) }
      let entry = SequenceRoot.Entry(
        id: id, features: try info(of: group, "features", in: object),
        intervals: try info(of: group, "intervals", in: object))
      try check(entry, root: root, first: first)
      // An entry without rows may not know its columns.
      if first == nil && entry.rows > 0 { first = entry }
      entries.append(entry)
    }
    return entries
  }

  private func label(_ id: String, _ root: String) -> String { "entry \(id) of \"\(root)\"" }

  private func check(
    _ entry: SequenceRoot.Entry, root: String, first: SequenceRoot.Entry?
  ) throws(SequenceError) {
    let (features, intervals) = (entry.features, entry.intervals)
    let label = label(entry.id, root)
    guard intervals.element.isNumeric else {
      throw .unsupportedType(path: path, dataset: intervals.object, found: "strings, as intervals")
    }
    guard intervals.columns == 2 else {
      throw .wrongIntervalWidth(path: path, dataset: intervals.object, found: intervals.columns)
    }
    guard features.rows == intervals.rows else {
      throw .lengthMismatch(path: path, entry: label, features: features.rows, intervals: intervals.rows)
    }
    guard let first, entry.rows > 0 else { return }
    let expectedIn = self.label(first.id, root)
    guard features.element.isNumeric == first.features.element.isNumeric else {
      throw .kindMismatch(path: path, entry: label, expectedIn: expectedIn)
    }
    guard features.columns == first.features.columns else {
      throw .dimensionMismatch(
        path: path, entry: label, found: features.columns, expected: first.features.columns, expectedIn: expectedIn)
    }
  }

  private func info(
    of group: borrowing HDF5Handle, _ name: String, in entry: String
  ) throws(SequenceError) -> DatasetInfo {
    let object = "\(entry)/\(name)"
    guard HDF5.exists(group, name) else { throw .missingObject(path: path, object: object) }
    func unreadable() -> SequenceError { .unreadable(path: path, object: object, reason: HDF5.lastReason()) }
    guard let dataset = HDF5.openDataset(group, name), let shape = HDF5.shape(of: dataset) else { throw unreadable() }
    guard shape.count == 2 else { throw .wrongRank(path: path, dataset: object, found: shape.count) }
    guard shape[0] == 0 || shape[1] > 0 else {
      throw .unsupportedType(path: path, dataset: object, found: "rows without columns")
    }
    let type = HDF5.element(of: dataset)
    guard let element = type.element else { throw .unsupportedType(path: path, dataset: object, found: type.name) }
    if !element.isNumeric && shape[1] != 1 {
      throw .unsupportedType(path: path, dataset: object, found: "\(shape[1]) columns of strings")
    }
    guard let storage = HDF5.storage(of: dataset) else { throw unreadable() }
    let stored = Int(clamping: H5Dget_storage_size(dataset.id))
    let info = DatasetInfo(
      object: object, rows: shape[0], columns: shape[1], element: element, layout: storage.layout,
      filters: storage.filters, storedBytes: stored, hasUnfilteredEdges: storage.hasUnfilteredEdges)
    guard info.isPlausible else {
      throw .unreadable(
        path: path, object: object,
        reason: "\(shape[0]) x \(shape[1]) values cannot be in \(stored) bytes")
    }
    return info
  }
}

extension DatasetInfo {
  /// Deflate shrinks to 1/1032 at best, so a shape that needs more than its stored bytes can give comes from damage;
  /// believing it would cost memory without end. Where nothing was ever written, ``AbsentBytes`` has the last word.
  fileprivate var isPlausible: Bool {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, more) = count.multipliedReportingOverflow(by: max(1, elementBytes))
    guard !overflow, !more, bytes < 1 << 46 else { return false }
    guard count > 0, elementBytes > 0 else { return true }
    if storedBytes == 0 { return bytes <= 1 << 26 }
    if case .chunked(let rows, let columns) = layout {
      let (chunk, overflow) = rows.multipliedReportingOverflow(by: columns)
      // libhdf5 itself allows chunks up to 4 GiB.
      guard !overflow, chunk < 1 << 32 else { return false }
      return isRaw ? bytes / 1100 <= storedBytes : true
    }
    return layout == .contiguous ? storedBytes >= bytes : true
  }
}
