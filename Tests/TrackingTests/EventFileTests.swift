import Testing

@testable import Tracking

@Suite struct `TensorBoard's records` {
  @Test func `are checked by Castagnoli's polynomial`() {
    // The check value of CRC-32C in the catalogue of parametrised CRC algorithms, and RFC 3720's 32 zeros.
    #expect(MaskedCRC.plain(Array("123456789".utf8)) == 0xE306_9283)
    #expect(MaskedCRC.plain([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(MaskedCRC.plain([]) == 0)
  }
}
