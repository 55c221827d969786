import Foundation
import TestSupport
import Testing

/// Headless Chromium, where it is installed.
enum Browser {
  static let skipReason = "no Chromium on the path (tools/setup)"

  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    return nil
  }()

  struct View: CustomTestStringConvertible {
    let width: Int
    let isDark: Bool

    var testDescription: String { "\(width) px, \(isDark ? "dark" : "light")" }
  }

  static let views = [1280, 360].flatMap { width in [false, true].map { View(width: width, isDark: $0) } }

  /// What a page measures like in a view.
  struct Measures: Decodable {
    let width: Int
    let dark: Bool
    let background: String
    let figures: Int
    /// Figures without a drawing of some size.
    let empty: [String]
    /// How much wider than the view the page is.
    let overflow: Int
    /// Elements beyond the right edge, but for those in containers that scroll.
    let wide: [String]
    /// Texts that a drawing cuts off.
    let cut: [String]
    /// Texts of one drawing that lie over each other.
    let overprinted: [String]
    /// The height of the smallest text in a drawing, in pixels.
    let smallest: Double
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Measures a page as it is laid out in a view, and keeps a screenshot.
  static func measure(_ page: String, in view: View, screenshot: String) throws -> Measures {
    let folder = try TemporaryFolder()
    let html = try String(contentsOfFile: page, encoding: .utf8)
    try Data(html.replacing("</body>", with: "<script>\(script)</script></body>").utf8)
      .write(to: URL(filePath: folder.file("inner.html")))
    // A window cannot be as narrow as a telephone, a frame can.
    let outer = """
      <!DOCTYPE html><html><body style="margin:0"><iframe src="inner.html" width="\(view.width)" height="4200" \
      style="border:0;display:block"></iframe><pre id="result" hidden></pre><script>addEventListener('message', e => \
      { document.getElementById('result').textContent = '@' + e.data + '@' })</script></body></html>
      """
    try Data(outer.utf8).write(to: URL(filePath: folder.file("outer.html")))
    let dumped = try run(folder, view, ["--virtual-time-budget=4000", "--dump-dom"])
    let parts = dumped.split(separator: "@", omittingEmptySubsequences: false)
    guard let json = parts.first(where: { $0.hasPrefix("{") }) else {
      throw Failure(description: "no measures: \(dumped)")
    }
    try FileManager.default.createDirectory(
      at: URL(filePath: screenshot).deletingLastPathComponent(), withIntermediateDirectories: true)
    _ = try run(folder, view, ["--screenshot=\(screenshot)"])
    let plain = json.replacing("&gt;", with: ">").replacing("&lt;", with: "<").replacing("&amp;", with: "&")
    return try JSONDecoder().decode(Measures.self, from: Data(plain.utf8))
  }

  private static func run(_ folder: borrowing TemporaryFolder, _ view: View, _ options: [String]) throws -> String {
    let ending = try Program(path: path ?? "").run(
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--user-data-dir=\(folder.file("profile"))", "--window-size=\(max(view.width, 500)),4200",
        "--blink-settings=preferredColorScheme=\(view.isDark ? 0 : 1)",
      ] + options + ["file://\(folder.file("outer.html"))"], seconds: 120)
    guard ending.status == 0 else { throw Failure(description: "Chromium: \(ending.error.suffix(500))") }
    return ending.output
  }

  private static let script = """
    addEventListener('load', () => {
      const w = document.documentElement.clientWidth;
      const name = e => e.tagName + '#' + (e.closest('[id]') || {}).id;
      const figures = [...document.querySelectorAll('figure')];
      const texts = [...document.querySelectorAll('figure svg text')].filter(t => t.textContent.trim());
      parent.postMessage(JSON.stringify({
        width: innerWidth, dark: matchMedia('(prefers-color-scheme: dark)').matches,
        background: getComputedStyle(document.body).backgroundColor, figures: figures.length,
        empty: figures.filter(f => { const s = f.querySelector('svg'); const b = s && s.getBoundingClientRect();
          return !b || b.width < 150 || b.height < 60; }).map(f => f.id),
        overflow: document.documentElement.scrollWidth - w,
        wide: [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && !e.closest('svg')
          && e.getBoundingClientRect().right > w + 1).map(name),
        cut: texts.filter(t => { const b = t.getBoundingClientRect(); const s = t.closest('svg').getBoundingClientRect();
          return b.left < s.left - 2 || b.right > s.right + 2 || b.top < s.top - 2 || b.bottom > s.bottom + 2; })
          .map(t => name(t) + ' ' + t.textContent),
        overprinted: figures.flatMap(f => { const all = texts.filter(t => f.contains(t)).map(t => [t, t.getBoundingClientRect()]);
          return all.flatMap(([t, a], i) => all.slice(i + 1).filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
            .map(([u]) => f.id + ' ' + t.textContent + ' / ' + u.textContent)); }),
        smallest: Math.min(...texts.map(t => { const b = t.getBoundingClientRect(); return Math.min(b.height, 99); }), 99),
      }), '*');
    });
    """
}
