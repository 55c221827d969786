#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The system's error numbers, told apart by what a user can do about them.
enum SystemError {
  enum Kind { case full, tooLarge, denied, missing, tooManyOpen, exists, broken, link, other }

  static var last: Int32 { errno }

  static func text(_ code: Int32) -> String {
    // SAFETY: strerror returns a valid C string for every number.
    unsafe String(cString: strerror(code))
  }

  static func kind(_ code: Int32) -> Kind {
    switch code {
    case ENOSPC, EDQUOT: .full
    case EFBIG: .tooLarge
    case EACCES, EPERM, EROFS: .denied
    case ENOENT: .missing
    case EMFILE, ENFILE: .tooManyOpen
    case EEXIST, ENOTEMPTY: .exists
    case EIO: .broken
    case ELOOP: .link
    default: .other
    }
  }
}
