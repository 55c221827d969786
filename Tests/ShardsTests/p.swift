import Testing
@testable import Shards
@Test func x() throws {}
