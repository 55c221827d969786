/// The datasets as their authors publish them: recipes of the CMU-Multimodal SDK.
extension Recipe {
  package static let cmuMOSI = Recipe(
    "cmu-mosi", folder: "CMU-MOSI",
    [
      .language: ["CMU_MOSI_TimestampedWords", "CMU_MOSI_TimestampedPhones", "CMU_MOSI_TimestampedWordVectors"],
      .visual: [
        "CMU_MOSI_Visual_Facet_41", "CMU_MOSI_Visual_Facet_42", "CMU_MOSI_Visual_OpenFace_1",
        "CMU_MOSI_Visual_OpenFace_2",
      ],
      .acoustic: ["CMU_MOSI_COVAREP", "CMU_MOSI_OpenSmile_EB10", "CMU_MOSI_openSMILE_IS09"],
      .labels: ["CMU_MOSI_Opinion_Labels"],
    ])

  package static let cmuMOSEI = Recipe(
    "cmu-mosei", folder: "CMU-MOSEI",
    [
      .language: [
        "CMU_MOSEI_TimestampedWords", "CMU_MOSEI_TimestampedPhones", "CMU_MOSEI_TimestampedWordVectors",
        "CMU_MOSEI_TimestampedGloveVectors_with_SP",
      ],
      .acoustic: ["CMU_MOSEI_COVAREP"],
      .visual: ["CMU_MOSEI_VisualOpenFace2", "CMU_MOSEI_VisualFacet42"],
      .labels: ["CMU_MOSEI_Labels"],
    ])
}

extension Mirror {
  /// The server of the datasets' authors, which is often out of reach.
  package static let published = Mirror(root: .server("http://immortal.multicomp.cs.cmu.edu/"), layouts: [.tree])
}
