import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct `The report of an ablation` {
  static let table = """
    setting,model,component,order,classes,masks,seeds,parameters,seconds_mean,seconds_std,mae_mean,mae_std,f1_macro_has0_mean,f1_macro_has0_std
    full,grf,full,text+vision+audio,2,true,3,12345,10.5,0.5,0.75,0.02,0.81,0.011
    "no-gate-mean, <b>",grf,no-gate,text+vision+audio,2,true,1,12000,9,,0.875,,0.79,
    mult,mult,,text+vision+audio,2,true,3,99999,100,2,nan,nan,,

    """

  private func page(_ table: String) throws -> String {
    let folder = try TemporaryFolder()
    try Data(table.utf8).write(to: URL(filePath: folder.file("ablation.csv")))
    return try Reports.page([folder.path], to: folder.file("page.html"))
  }

  @Test func `has bars with deviations, and all numbers as a table`() throws {
    let page = try page(Self.table)
    let check = try PageCheck(page)
    #expect(
      page.contains(">12,345<") && page.contains("0.810 ± 0.011") && page.contains("10.5 ± 0.5")
        && check.text.contains("no-gate-mean, <b>"))
    if !Reports.isGnuplotMissing {
      try check.expect(
        "ablation-f1-macro-has0",
        ["Highest: full with 0.810 ± 0.011", "lowest: no-gate-mean, <b> with 0.790.", "all 2 is 0.800"])
      try check.expect(
        "ablation-mae",
        ["Lowest: full with 0.750 ± 0.020", "highest: no-gate-mean, <b> with 0.875.", "all 2 is 0.813"])
      #expect(check.descriptions["figure-ablation-acc7"] == nil)
    }
  }

  /// Six orders by two parts and two numbers of classes, as `ablate --orders all --classes 2,7` names them.
  static let orders: String = {
    var table = "setting,classes,mae_mean,mae_std\n"
    for (place, classes) in [2, 7].enumerated() {
      for component in ["full", "no-gate-concat"] {
        for (number, order) in ["text+vision+audio", "text+audio+vision", "vision+text+audio", "vision+audio+text"]
          .enumerated()
        {
          table +=
            "\(component) \(order) \(classes)-class,\(classes),\(1.0 + Double(place) / 2 + Double(number) / 16),0.01\n"
        }
      }
    }
    return table
  }()

  @Test(.enabled(if: !Reports.isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `with several classes ranks within one number of classes, and tells every bar apart`() throws {
    let page = try page(Self.orders)
    let check = try PageCheck(page)
    try check.expect(
      "ablation-mae-1", ["Lowest: full text+vision+audio 2-class with 1.000", "2-class with 1.188", "all 8"])
    try check.expect(
      "ablation-mae-2", ["Lowest: full text+vision+audio 7-class with 1.500", "7-class with 1.688", "all 8"])
    #expect(check.descriptions["figure-ablation-mae"] == nil)
    #expect(page.contains("<h3>Mean absolute error, 7 classes</h3>"))
    for line in ["no-gate-concat vision+", "text+audio 7-class", "full text+audio+vision"] {
      #expect(page.contains("<text>\(line)</text>"), "\(line)")
    }
  }

  @Test func `that has begun says that there is nothing yet`() throws {
    #expect(try page("setting,model\n").contains("holds no setting yet"))
  }

  @Test(arguments: ["", "name\n", "setting,model\na\n", "setting,model\na,b,c\n"])
  func `that is damaged is refused`(table: String) throws {
    #expect(throws: ReportingError.self) { try page(table) }
  }
}
