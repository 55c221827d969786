internal import CHDF5
internal import Files

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Values that lie in other files: virtual datasets, and external storage.
///
/// libhdf5 reads zeros, or fill values, where such a file or its dataset is missing or too short.
extension HDF5 {
  /// Virtual datasets of virtual datasets beyond this lead in circles.
  private static let greatestDepth = 8

  /// What is missing of the sources of a dataset; nil where everything is there, or where it has none.
  static func absentSources(
    of dataset: borrowing HDF5Handle, _ info: DatasetInfo, in file: borrowing HDF5Handle, path: String
  ) -> AbsentBytes? {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return nil }
    let count = info.rows.multipliedReportingOverflow(by: info.columns)
    let problem =
      switch info.layout {
      case .other("virtual"):
        missingSource(of: dataset, properties, values: count.overflow ? nil : count.partialValue, in: file, path: path)
      case .other("external"): missingStorage(properties, bytes: bytes(of: dataset, info), path: path)
      default: nil as String?
      }
    return problem.map { .everything(info, $0, remedy: "put the files back where they were beside this one") }
  }

  private static func bytes(of dataset: borrowing HDF5Handle, _ info: DatasetInfo) -> Int {
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)) else { return .max }
    let (count, overflow) = info.rows.multipliedReportingOverflow(by: info.columns)
    let (bytes, more) = count.multipliedReportingOverflow(by: H5Tget_size(type.id))
    return overflow || more ? .max : bytes
  }

  // MARK: External storage

  private static func missingStorage(_ properties: borrowing HDF5Handle, bytes: Int, path: String) -> String? {
    var left = bytes
    for index in 0..<UInt32(max(0, H5Pget_external_count(properties.id))) where left > 0 {
      var name = [CChar](repeating: 0, count: 4096)
      var offset: off_t = 0
      var size: hsize_t = 0
      // SAFETY: the name has the length that is passed with it; the library fills the numbers.
      guard unsafe H5Pget_external(properties.id, index, name.count - 1, &name, &offset, &size) >= 0 else { return nil }
      let part = min(left, Int(clamping: size))
      let file = text(name)
      let place = Path.join(externalFolder(of: path), file)
      guard let found = fileSize(file.hasPrefix("/") ? file : place) else {
        return "its values lie in the file \(file), which is missing"
      }
      let (end, overflow) = Int(clamping: offset).addingReportingOverflow(part)
      if overflow || end > found { return "its values lie in the file \(file), which is too short for them" }
      left -= part
    }
    return left > 0 ? "its external files are too short for its values" : nil
  }

  /// Where libhdf5 looks for external files: the working folder, unless a variable says otherwise.
  private static func externalFolder(of path: String) -> String {
    let origin = "${ORIGIN}"
    guard let prefix = variable("HDF5_EXTFILE_PREFIX"), prefix != "." else { return "." }
    return prefix.hasPrefix(origin) ? Path.parent(of: path) + prefix.dropFirst(origin.count) : prefix
  }

  // MARK: Virtual datasets

  private static func missingSource(
    of dataset: borrowing HDF5Handle, _ properties: borrowing HDF5Handle, values: Int?,
    in file: borrowing HDF5Handle, path: String, depth: Int = 0
  ) -> String? {
    guard depth < greatestDepth else { return "its virtual sources lead in circles" }
    var count = 0
    // SAFETY: the library fills the number.
    guard unsafe H5Pget_virtual_count(properties.id, &count) >= 0 else { return nil }
    var covered = 0
    for index in 0..<count {
      let name = unsafe text { unsafe H5Pget_virtual_filename(properties.id, index, $0, $1) }
      let object = unsafe text { unsafe H5Pget_virtual_dsetname(properties.id, index, $0, $1) }
      guard let space = HDF5Handle.space(H5Pget_virtual_vspace(properties.id, index)) else { return nil }
      let points = H5Sget_select_npoints(space.id)
      // Without a limit, or with numbered sources, what is there decides how large the dataset is.
      if points < 0 || name.contains("%b") || object.contains("%b") { return nil }
      covered = covered.addingReportingOverflow(Int(points)).partialValue
      if name == "." {
        if let problem = missing(object, in: file, path: path, depth: depth) { return problem }
        continue
      }
      guard let (place, source) = openSource(name, of: path) else {
        return "its values lie in the file \(name), which is missing"
      }
      if let problem = missing(object, in: source.handle, path: place, depth: depth) {
        return "\(problem), in \(name)"
      }
    }
    if let values, covered < values, !hasChosenFill(dataset) {
      return "its virtual sources have only \(covered) of its \(values) values"
    }
    return nil
  }

  /// What is missing of a dataset of any rank: it is not there, or parts of it were never written.
  static func missing(
    _ object: String, in file: borrowing HDF5Handle, path: String, depth: Int = 0
  ) -> String? {
    guard let source = openDataset(file, object), let properties = HDF5Handle.properties(H5Dget_create_plist(source.id))
    else { return "its values lie in the dataset \(object), which is missing" }
    switch H5Pget_layout(properties.id) {
    case H5D_VIRTUAL:
      let values = shape(of: source)?.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      return missingSource(of: source, properties, values: values, in: file, path: path, depth: depth + 1)
    case H5D_CHUNKED, H5D_CONTIGUOUS:
      let isWhole =
        H5Pget_external_count(properties.id) > 0 || hasChosenFill(source) || isWhollyStored(source, properties)
      return isWhole ? nil : "its values lie in the dataset \(object), parts of which were never written"
    default: return nil
    }
  }

  private static func isWhollyStored(_ dataset: borrowing HDF5Handle, _ properties: borrowing HDF5Handle) -> Bool {
    guard let lengths = shape(of: dataset), !lengths.contains(0) else { return true }
    guard H5Pget_layout(properties.id) == H5D_CHUNKED else { return address(of: dataset) != nil }
    var chunk = [hsize_t](repeating: 1, count: lengths.count)
    var stored: hsize_t = 0
    // SAFETY: the array has a number a dimension; the library fills both.
    guard let space = HDF5Handle.space(H5Dget_space(dataset.id)),
      unsafe H5Pget_chunk(properties.id, Int32(chunk.count), &chunk) == lengths.count, !chunk.contains(0),
      unsafe H5Dget_num_chunks(dataset.id, space.id, &stored) >= 0
    else { return true }
    // Chunks that there are lie within the table, so as many as it has are all of them.
    let wanted = zip(lengths, chunk).reduce(1) { count, length in
      count.multipliedReportingOverflow(by: (length.0 - 1) / Int(clamping: length.1) + 1).partialValue
    }
    return Int(clamping: stored) >= wanted
  }

  /// A handle that a tuple can hold.
  private final class Source {
    let handle: HDF5Handle
    init(_ handle: consuming HDF5Handle) { self.handle = handle }
  }

  /// Opens a source's file where libhdf5 looks for it.
  private static func openSource(_ name: String, of path: String) -> (path: String, source: Source)? {
    let folder = Path.parent(of: path)
    var places = name.hasPrefix("/") ? [name] : []
    let relative = name.hasPrefix("/") ? Path.name(of: name) : name
    places += (variable("HDF5_VDS_PREFIX") ?? "").split(separator: ":").map { Path.join(String($0), relative) }
    places += [Path.join(folder, relative), relative]
    for place in places where fileSize(place) != nil {
      if let handle = openFile(place) { return (place, Source(handle)) }
    }
    return nil
  }

  // MARK: -

  private static func fileSize(_ path: String) -> Int? {
    guard let status = try? FileStatus.of(path), status.isRegularFile else { return nil }
    return status.size
  }

  private static func variable(_ name: String) -> String? {
    // SAFETY: nobody changes the environment while files are read.
    guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }) else { return nil }
    return text.isEmpty ? nil : text
  }

  private static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A text that the library gives in two steps: its length, then its bytes.
  private static func text(_ get: (_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int) -> String {
    let length = get(nil, 0)
    guard length > 0, length < 1 << 16 else { return "" }
    var bytes = [CChar](repeating: 0, count: length + 1)
    // SAFETY: the array has the length that is passed with it.
    unsafe bytes.withUnsafeMutableBufferPointer { _ = unsafe get($0.baseAddress, length + 1) }
    return text(bytes)
  }
}
