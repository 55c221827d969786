import Terminals
import Testing

@Suite struct FormatTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func countsHaveSeparators(number: Int, text: String) { #expect(Format.count(number) == text) }

  @Test func nounsFollowTheirNumber() {
    #expect(Format.count(1, "frame") == "1 frame")
    #expect(Format.count(2, "entry", "entries") == "2 entries")
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB"), (275_146_342, "262.4 MiB"),
    (Int.max, "8.0 EiB"),
  ])
  func bytesHaveAUnit(bytes: Int, text: String) { #expect(Format.bytes(bytes) == text) }

  @Test(arguments: [
    (0.0012, "1.2 ms"), (0.42, "0.42 s"), (12.34, "12.3 s"), (59.97, "1 min 00 s"), (245, "4 min 05 s"),
    (3720, "1 h 02 min"), (.infinity, "?"), (-1, "?"),
  ])
  func durationsHaveAUnit(seconds: Double, text: String) { #expect(Format.duration(seconds) == text) }

  @Test(arguments: [(7, "0:07"), (723, "12:03"), (3723, "1:02:03"), (.nan, "?")])
  func clocksCountDown(seconds: Double, text: String) { #expect(Format.clock(seconds) == text) }

  @Test(arguments: [
    (0, "0"), (0.123456, "0.1235"), (-3, "-3"), (9999.6, "10000"), (12345.6, "12346"), (999_949, "999949"),
    (999_999, "1e6"),
    (1_234_567, "1.235e6"), (0.00001234, "1.234e-5"), (.nan, "NaN"), (-.infinity, "-inf"),
    (Double.greatestFiniteMagnitude, "1.798e308"),
  ])
  func numbersHaveSignificantDigits(number: Double, text: String) {
    #expect(Format.number(number).filter { $0 != "," } == text)
  }

  @Test(arguments: [(1234.5, 2, "1,234.50"), (-0.001, 2, "0.00"), (-0.5, 0, "-1"), (1e300, 1, "1e+300")])
  func fixedNumbersKeepTheirDecimals(number: Double, decimals: Int, text: String) {
    #expect(Format.fixed(number, decimals) == text)
  }

  @Test func percentOfNothingIsADash() {
    #expect(Format.percent(1, of: 3) == "33%")
    #expect(Format.percent(0, of: 0) == "–")
  }
}
