#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Numbers for people: always the same spelling, whatever the locale.
package enum Format {
  /// `1,234,567`.
  package static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1,234 frames`, `1 frame`.
  package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    count(number) + " " + (number == 1 ? noun : plural ?? noun + "s")
  }

  /// `512 B`, `1.5 KiB`, `262.4 MiB`.
  package static func bytes(_ bytes: Int) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var size = Double(bytes)
    var unit = "B"
    // What rounds to 1024.0 is one of the next unit.
    for next in units where abs(size) >= (unit == "B" ? 1024 : 1023.95) {
      size /= 1024
      unit = next
    }
    return unit == "B" ? "\(count(bytes)) B" : "\(fixed(size, 1)) \(unit)"
  }

  /// `1.2 ms`, `0.42 s`, `12.3 s`, `4 min 05 s`, `1 h 02 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    if seconds < 0.0995 { return "\(fixed(seconds * 1000, 1)) ms" }
    if seconds < 9.995 { return "\(fixed(seconds, 2)) s" }
    if seconds < 59.95 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(min(seconds, 1e15).rounded())
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
  }

  /// `0:07`, `12:03`, `1:02:03`.
  package static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    let whole = Int(min(seconds, 1e15).rounded())
    let rest = twoDigits(whole % 60)
    return whole < 3600
      ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(twoDigits(whole % 3600 / 60)):\(rest)"
  }

  /// `43%`; `–` where the whole is 0.
  package static func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "–" : "\(Int((100 * Double(part) / Double(whole)).rounded()))%"
  }

  /// A number with a fixed number of decimals: `1,234.50`.
  package static func fixed(_ number: Double, _ decimals: Int) -> String {
    if !number.isFinite { return nonfinite(number) }
    let factor = pow(10, Double(decimals))
    let scaled = (abs(number) * factor).rounded()
    guard scaled < 9e15 else { return "\(number)" }
    let whole = Int(scaled)
    let sign = number < 0 && whole > 0 ? "-" : ""
    if decimals == 0 { return sign + count(whole) }
    let fraction = String(whole % Int(factor))
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(count(whole / Int(factor))).\(zeros)\(fraction)"
  }

  /// A number with so many significant digits, without zeros at its end: `0.1235`, `-3`, `1.235e7`.
  package static func number(_ number: Double, digits: Int = 4) -> String {
    if !number.isFinite { return nonfinite(number) }
    if number == 0 { return "0" }
    var exponent = Int(log10(abs(number)).rounded(.down))
    // Rounding may add a digit.
    let unit = pow(10, Double(exponent - digits + 1))
    if (abs(number) / unit).rounded() >= pow(10, Double(digits)) { exponent += 1 }
    if (-4..<digits + 2).contains(exponent) {
      return withoutZeros(fixed(number, max(0, digits - 1 - exponent)))
    }
    return "\(withoutZeros(fixed(number / pow(10, Double(exponent)), digits - 1)))e\(exponent)"
  }

  private static func withoutZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  private static func nonfinite(_ number: Double) -> String {
    number.isNaN ? "NaN" : number < 0 ? "-inf" : "inf"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
