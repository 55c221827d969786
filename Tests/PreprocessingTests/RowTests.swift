import Preprocessing
import Testing

@Suite struct `Row tests` {
  @Test func `flag zero rows and leave the rest of the flags alone`() {
    let values: [Float] = [0, -0.0, 1, 0, .nan, 0]
    var flags: [UInt8] = [9, 9, 9, 9]
    Preprocessing.RowTests.zeroRows(values.span, dimension: 2, into: &flags)
    #expect(flags == [1, 0, 0, 9])
  }

  @Test func `flag finite rows and count the others`() {
    let values: [Float] = [0, -0.0, 1, .infinity, .nan, 0]
    let doubles: [Double] = [1e300, 0, .nan, 1]
    var flags: [UInt8] = [9, 9, 9]
    #expect(Preprocessing.RowTests.finiteRows(values.span, dimension: 2, into: &flags) == 2)
    #expect(flags == [1, 0, 0])
    #expect(Preprocessing.RowTests.finiteRows(doubles.span, dimension: 2, into: &flags) == 1)
    #expect(flags == [1, 0, 0])
    let none: [Float] = []
    #expect(Preprocessing.RowTests.finiteRows(none.span, dimension: 2, into: &flags) == 0)
  }
}
