/// Sample ids as names of HDF5 groups.
///
/// HDF5 takes a slash for a path, a lone dot for the group itself, and ends a name at a NUL. Such characters are spelled
/// as in a URL, `%2F`; all other ids stay as they are.
enum EntryName {
  static func of(_ id: String) -> String {
    if id.isEmpty { return "%" }
    if id == "." { return "%2E" }
    if !id.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) { return id }
    return id.replacing("/", with: "%2F").replacing("\0", with: "%00")
  }
}
