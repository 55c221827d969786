/// Bars made of text.
package enum Bar {
  /// A bar as long as its share of `width` columns, to an eighth of a column.
  ///
  /// - Parameter share: 0...1; what lies beyond is clipped.
  package static func solid(_ share: Double, width: Int) -> String {
    let eighths = Int((max(0, min(1, share)) * Double(width * 8)).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// A bar of exactly `width` columns, filled as far as `share` says.
  static func filled(_ share: Double, width: Int) -> String {
    let bar = solid(share, width: width)
    return bar + String(repeating: "░", count: width - bar.count)
  }
}
