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
      let entries: (fit: [SequenceRoot.Entry], unfit: [UnfitEntry])
      if HDF5.exists(root, "data"), let data = HDF5.openGroup(root, "data") {
        entries = try self.entries(of: data, root: name, at: "\(name)/data")
      } else if holdsEntries(root) {
        entries = try self.entries(of: root, root: name, at: name, except: ["metadata"])
      } else {
        firstWithoutData = firstWithoutData ?? name
        continue
      }
      roots.append(
        SequenceRoot(
          name: name, file: path, metadata: try metadata(of: root, name), entries: entries.fit, unfit: entries.unfit))
    }
    if roots.isEmpty { throw .noRoots(path: path) }
    if let name = firstWithoutData { throw .missingObject(path: path, object: "\(name)/data") }
    return roots
  }

  /// Whether entries stand right below a root, without the level `data`, as MultiBench stores them.
  private func holdsEntries(_ root: borrowing HDF5Handle) -> Bool {
    for link in HDF5.names(in: root) ?? [] {
      guard let name = link.text, name != "metadata", let group = HDF5.openGroup(root, name) else { continue }
      return HDF5.exists(group, "features") && HDF5.exists(group, "intervals")
    }
    return false
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

  /// Every entry, those that fit and those that do not. How many columns a root has, and whether they are numbers, is
  /// what most of its entries say.
  private func entries(
    of data: borrowing HDF5Handle, root: String, at place: String, except others: Set<String> = []
  ) throws(SequenceError) -> (fit: [SequenceRoot.Entry], unfit: [UnfitEntry]) {
    guard let links = HDF5.names(in: data) else {
      throw .unreadable(path: path, object: place, reason: HDF5.lastReason())
    }
    var entries: [SequenceRoot.Entry] = []
    var unfit: [UnfitEntry] = []
    var seen: Set<String> = []
    for link in links {
      guard let id = link.text else { throw .notText(path: path, object: "\(place)/\(link.lossy)") }
      if others.contains(id) { continue }
      guard seen.insert(id).inserted else { throw .duplicateEntry(path: path, entry: label(id, root)) }
      do throws(SequenceError) {
        entries.append(try entry(id, of: data, root: root, at: place))
      } catch {
        unfit.append(UnfitEntry(root: root, id: id, error: error))
      }
    }
    let kinds = entries.filter { $0.rows > 0 }.map { EntryKind($0) }
    let counts = Dictionary(kinds.map { ($0, 1) }, uniquingKeysWith: +)
    // Of equally frequent kinds, the first.
    guard let most = counts.values.max(), let usual = kinds.first(where: { counts[$0] == most }),
      let model = entries.first(where: { $0.rows > 0 && EntryKind($0) == usual })
    else { return (entries, unfit) }
    var fit: [SequenceRoot.Entry] = []
    for entry in entries {
      if let error = mismatch(entry, model, root: root) {
        unfit.append(UnfitEntry(root: root, id: entry.id, error: error))
      } else {
        fit.append(entry)
      }
    }
    return (fit, unfit.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) })
  }

  private func label(_ id: String, _ root: String) -> String { "entry \(id) of \"\(root)\"" }

  private func entry(
    _ id: String, of data: borrowing HDF5Handle, root: String, at place: String
  ) throws(SequenceError) -> SequenceRoot.Entry {
    let object = "\(place)/\(id)"
    guard let group = HDF5.openGroup(data, id) else { throw .missingObject(path: path, object: object) }
    let entry = SequenceRoot.Entry(
      id: id, features: try info(of: group, "features", in: object),
      intervals: try info(of: group, "intervals", in: object))
    let (features, intervals) = (entry.features, entry.intervals)
    guard intervals.element.isNumeric else {
      throw .unsupportedType(path: path, dataset: intervals.object, found: "strings, as intervals")
    }
    guard intervals.columns == 2 || intervals.rows == 0 else {
      throw .wrongIntervalWidth(path: path, dataset: intervals.object, found: intervals.columns)
    }
    guard features.rows == intervals.rows else {
      throw .lengthMismatch(
        path: path, entry: label(id, root), features: features.rows, intervals: intervals.rows)
    }
    return entry
  }

  /// What an entry with rows has in common with its neighbours.
  private struct EntryKind: Hashable {
    let columns: Int
    let isNumeric: Bool

    init(_ entry: SequenceRoot.Entry) {
      (columns, isNumeric) = (entry.features.columns, entry.features.element.isNumeric)
    }
  }

  private func mismatch(_ entry: SequenceRoot.Entry, _ model: SequenceRoot.Entry, root: String) -> SequenceError? {
    let (found, expected) = (EntryKind(entry), EntryKind(model))
    guard entry.rows > 0, found != expected else { return nil }
    let (label, expectedIn) = (self.label(entry.id, root), self.label(model.id, root))
    if found.isNumeric != expected.isNumeric { return .kindMismatch(path: path, entry: label, expectedIn: expectedIn) }
    return .dimensionMismatch(
      path: path, entry: label, found: found.columns, expected: expected.columns, expectedIn: expectedIn)
  }

  private func info(
    of group: borrowing HDF5Handle, _ name: String, in entry: String
  ) throws(SequenceError) -> DatasetInfo {
    let object = "\(entry)/\(name)"
    guard HDF5.exists(group, name) else { throw .missingObject(path: path, object: object) }
    func unreadable() -> SequenceError { .unreadable(path: path, object: object, reason: HDF5.lastReason()) }
    guard let dataset = HDF5.openDataset(group, name), let found = HDF5.shape(of: dataset) else {
      throw unreadable()
    }
    // h5py's empty list: no rows, and no columns that anybody knows.
    let shape = found == [0] ? [0, 0] : found
    guard shape.count == 2 else { throw .wrongRank(path: path, dataset: object, found: shape.count) }
    guard shape[0] == 0 || shape[1] > 0 else {
      throw .unsupportedType(path: path, dataset: object, found: "rows without columns")
    }
    let type = HDF5.element(of: dataset)
    guard let element = type.element else { throw .unsupportedType(path: path, dataset: object, found: type.name) }
    if !element.isNumeric && shape[1] != 1 {
      throw .unsupportedType(path: path, dataset: object, found: "\(shape[1]) columns of strings")
    }
    guard let storage = HDF5.storage(of: dataset, rank: found.count) else { throw unreadable() }
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
