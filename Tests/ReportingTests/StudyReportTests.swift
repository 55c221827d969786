import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct `The report of a study` {
  static let results = """
    setting,model,component,order,classes,masks,seeds,parameters,seconds_mean,seconds_std,mae_mean,mae_std,f1_macro_has0_mean,f1_macro_has0_std
    grf,grf,full,text+audio,2,true,3,12345,10.5,0.5,0.75,0.02,0.81,0.011
    mult,mult,,text+audio,2,true,3,99999,100,2,0.875,0.03,0.79,0.02

    """

  private func report(_ folder: borrowing TemporaryFolder, runs: [String] = []) throws -> StudyReport {
    try Data(Self.results.utf8).write(to: URL(filePath: folder.file("results.csv")))
    return try StudyReport(
      title: "A <study>", facts: ["features: text (\"a\" & <b>)", "seeds: 0, 1, 2"],
      tables: [
        .init(
          title: "Beside the published table", columns: ["model", "F1"], rows: [["grf", "81.0 ± 1.1"]],
          note: "In percent & more.")
      ], results: folder.file("results.csv"), runs: runs)
  }

  @Test func `has its tables, its facts, and its settings as bars`() throws {
    let folder = try TemporaryFolder()
    let notes = try report(folder).write(to: folder.file("page.html"))
    #expect(notes.isEmpty == !Reports.isGnuplotMissing)
    let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
    let check = try PageCheck(page)
    #expect(check.text.contains("A <study>") && check.text.contains("In percent & more."))
    #expect(page.contains("<span>Beside the published table</span>") && page.contains(">81.0 ± 1.1</td>"))
    #expect(page.contains("<li>features: text (&quot;a&quot; &amp; &lt;b&gt;)</li>"))
    if !Reports.isGnuplotMissing {
      let text = try #require(check.descriptions["figure-study-mae"])
      #expect(text.contains("Lowest: grf with 0.750 ± 0.020") && text.contains("highest: mult with 0.875"))
    }
  }

  @Test func `shows runs side by side`() throws {
    let folder = try TemporaryFolder()
    for name in ["one", "two"] { try ExampleRun().write(to: folder.file(name)) }
    let page = try report(folder, runs: [folder.file("one"), folder.file("two/")]).page
    #expect(page.sections.map(\.title) == ["Results", "What was run", "Settings", "Learning"])
    #expect(throws: ReportingError.self) { try report(folder, runs: [folder.file("none")]) }
  }
}
