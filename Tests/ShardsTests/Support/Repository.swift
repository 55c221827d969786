import Files

/// Where the tests' sources lie, to find fixtures and tools.
enum Repository {
  static let root = Path.parent(of: Path.parent(of: Path.parent(of: Path.parent(of: #filePath))))
}
