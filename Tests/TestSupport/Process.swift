internal import Foundation

/// What an exit test does to its own process.
package enum ThisProcess {
  /// Lets no file grow beyond `bytes`.
  package static func limitFileSize(to bytes: Int) {
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    #if canImport(Glibc)
      // SAFETY: the call reads the struct that it is given.
      let status = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
      // SAFETY: the call reads the struct that it is given.
      let status = unsafe setrlimit(RLIMIT_FSIZE, &limit)
    #endif
    precondition(status == 0, "a limit on file sizes")
  }

  /// Gives the superuser's rights up, so that permissions count.
  package static func becomeOrdinaryUser() {
    if geteuid() == 0 { precondition(seteuid(65534) == 0, "another user") }
  }

  /// Cuts a file to nothing in place: to whoever has it open it is still the same file.
  package static func truncate(_ path: String) throws {
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 0)
  }
}
