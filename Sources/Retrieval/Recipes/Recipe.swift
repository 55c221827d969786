internal import PackedSequences

/// One file of a published dataset.
package struct RecipeFile: Equatable, Sendable {
  /// What a sequence is about, which is also the folder that it is published in.
  package enum Kind: String, CaseIterable, Sendable { case language, visual, acoustic, labels }

  package let kind: Kind
  /// With its ending, such as `CMU_MOSI_COVAREP.csd`.
  package let name: String
  /// Where it lies on the published server, from its root.
  package let path: String
}

/// The files that make up a published dataset.
package struct Recipe: Sendable {
  /// As it is asked for: `cmu-mosi`.
  package let name: String
  package let files: [RecipeFile]

  init(_ name: String, folder: String, _ stems: KeyValuePairs<RecipeFile.Kind, [String]>) {
    self.name = name
    files = stems.flatMap { kind, stems in
      stems.map { RecipeFile(kind: kind, name: "\($0).csd", path: "\(folder)/\(kind.rawValue)/\($0).csd") }
    }
  }

  package static let all = [cmuMOSI, cmuMOSEI]

  package static func named(_ name: String) throws(RetrievalError) -> Recipe {
    if let recipe = all.first(where: { $0.name == name }) { return recipe }
    throw .unknownRecipe(name, known: all.map(\.name))
  }

  /// The files that `names` ask for, in the recipe's order; all where there are none.
  ///
  /// - Parameter names: file names with or without `.csd`, or kinds; upper and lower case are the same.
  package func files(only names: [String]) throws(RetrievalError) -> [RecipeFile] {
    if names.isEmpty { return files }
    var wanted: Set<String> = []
    for name in names {
      let found = files.filter { $0.answers(to: name) }
      if found.isEmpty {
        throw .unknownFile(
          name, recipe: self.name, known: RecipeFile.Kind.allCases.map(\.rawValue) + files.map(\.stem))
      }
      wanted.formUnion(found.map(\.name))
    }
    return files.filter { wanted.contains($0.name) }
  }
}

extension RecipeFile {
  /// The name without its ending.
  package var stem: String { name.hasSuffix(".csd") ? String(name.dropLast(4)) : name }

  fileprivate func answers(to text: String) -> Bool {
    let text = text.lowercased()
    return text == kind.rawValue || text == name.lowercased() || text == stem.lowercased()
  }
}
