import Retrieval
import Testing

@Suite struct `A recipe` {
  @Test func `holds the published files in their folders`() {
    #expect(Recipe.cmuMOSI.files.count == 11 && Recipe.cmuMOSEI.files.count == 8)
    for (recipe, folder) in [(Recipe.cmuMOSI, "CMU-MOSI"), (Recipe.cmuMOSEI, "CMU-MOSEI")] {
      #expect(Set(recipe.files.map(\.name)).count == recipe.files.count)
      #expect(recipe.files.allSatisfy { $0.path == "\(folder)/\($0.kind.rawValue)/\($0.name)" })
    }
    #expect(Recipe.cmuMOSEI.files.last?.path == "CMU-MOSEI/labels/CMU_MOSEI_Labels.csd")
  }

  @Test(arguments: [
    (["labels"], 1), (["language"], 3), (["VISUAL", "acoustic"], 7), (["CMU_MOSI_COVAREP"], 1),
    (["cmu_mosi_covarep.csd", "acoustic"], 3), ([], 11),
  ])
  func `gives the files that are asked for`(names: [String], count: Int) throws {
    let files = try Recipe.cmuMOSI.files(only: names)
    #expect(files.count == count)
    #expect(files == Recipe.cmuMOSI.files.filter(files.contains))
  }

  @Test(arguments: ["", "label", "CMU_MOSEI_Labels", "covarep"]) func `refuses other names`(name: String) {
    #expect { try Recipe.cmuMOSI.files(only: ["labels", name]) } throws: {
      guard let error = $0 as? RetrievalError, case .unknownFile(name, "cmu-mosi", _) = error else { return false }
      return error.isRequestAtFault
    }
  }

  @Test func `says what was probably meant`() {
    #expect { try Recipe.cmuMOSI.files(only: ["label"]) } throws: { "\($0)".contains("did you mean \"labels\"?") }
    #expect { try Recipe.named("cmu-moseii") } throws: { "\($0)".contains("did you mean \"cmu-mosei\"?") }
  }
}
