extension HDF5 {
  /// Opens a dataset of the file at `path`, and notes for the crash guard that the file is being read.
  static func open(_ object: String, of file: borrowing HDF5Handle, path: String) throws(SequenceError) -> HDF5Handle {
    CrashGuard.note(path)
    guard let dataset = openDataset(file, object) else { throw unreadable(object, of: file, path: path) }
    return dataset
  }

  /// Why reading a dataset has just failed: a filter that is not installed, or what libhdf5 says.
  static func unreadable(_ object: String, of file: borrowing HDF5Handle, path: String) -> SequenceError {
    let reason = lastReason()
    if let dataset = openDataset(file, object), let filter = missingFilter(of: dataset) {
      return .missingFilter(path: path, dataset: object, filter: filter)
    }
    return .unreadable(path: path, object: object, reason: reason)
  }
}
