/// Options that come near to how a published dataset was made.
///
/// Near, not the same: how the published files were extracted is documented in part only. Columns, rates and lengths are
/// theirs; which frames were averaged or left out on the way, and how values were normalized, is not known.
package struct Preset: Sendable, Equatable {
  /// A modality that the preset has options for, and the dimensions that its sequence may have.
  package struct Modality: Sendable, Equatable {
    package let name: String
    package let dimensions: [Int]
    /// The sequence that is meant, for people.
    package let source: String
  }

  package let name: String
  /// What it comes near to, in a few words.
  package let summary: String
  /// In what it is not the same.
  package let remarks: String
  package let modalities: [Modality]
  package let options: ConversionOptions

  private init(
    _ name: String, summary: String, remarks: String, _ modalities: [Modality],
    _ options: KeyValuePairs<ConversionOptions.Name, String>
  ) {
    self.name = name
    self.summary = summary
    self.remarks = remarks
    self.modalities = modalities
    var texts = ConversionOptions()
    texts.add(.modality, modalities.map(\.name))
    for (option, text) in options { texts.add(option, text) }
    self.options = texts
  }

  package static func named(_ name: String) throws(ConversionError) -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else { throw .unknownPreset(name) }
    return preset
  }

  /// - Throws: ``ConversionError/presetDimension(preset:root:modality:found:expected:)``. What the preset says nothing of
  ///   may be anything.
  func check(_ modality: String, root: String, dimension: Int) throws(ConversionError) {
    guard let expected = modalities.first(where: { $0.name == modality })?.dimensions else { return }
    guard expected.contains(dimension) else {
      throw .presetDimension(preset: name, root: root, modality: modality, found: dimension, expected: expected)
    }
  }
}

extension Preset {
  package static let all = [multMOSI, multMOSEI, aligned50]

  private static let vectors = Modality(name: "text", dimensions: [300], source: "GloVe vectors")
  private static let voice = Modality(name: "audio", dimensions: [74], source: "COVAREP")
  private static let voiceColumns = "audio=1,3,6,25,60"
  private static let faceColumns = "vision=0,2,5,10,11,12,14,17,20,21,22,24,25,29,30,31,32,36,37,40"

  private static let multMOSI = Preset(
    "mult-mosi",
    summary: "CMU-MOSI as MulT's unaligned files have it: 50 words, 375 and 500 frames of 5 and 20 columns",
    remarks: """
      The columns, rates and lengths are those of mosi_data_noalign.pkl. How its frames were brought to these rates, and \
      whether words without a vector stayed, is not documented.
      """,
    [vectors, voice, Modality(name: "vision", dimensions: [47], source: "FACET 4.1")],
    [
      .select: voiceColumns, .select: faceColumns, .rate: "audio=12.5,vision=15",
      .maxFrames: "text=50,audio=375,vision=500",
    ])

  private static let multMOSEI = Preset(
    "mult-mosei", summary: "CMU-MOSEI as MulT's unaligned files have it: 50 words, 500 frames of 74 and 35 columns",
    remarks: """
      The columns, rates and lengths are those of mosei_senti_data_noalign.pkl. How its frames were brought to these \
      rates is not documented. All seven labels are kept; grf-train takes sentiment.
      """,
    [vectors, voice, Modality(name: "vision", dimensions: [35], source: "FACET 4.2")],
    [.rate: "audio=20,vision=15", .maxFrames: "text=50,audio=500,vision=500"])

  private static let aligned50 = Preset(
    "aligned-50",
    summary: "either dataset as the word-aligned files have it: the frames of each word averaged, 50 words",
    remarks: """
      The length is that of mosi_data.pkl and mosei_senti_data.pkl, which have every column of CMU-MOSEI, but of CMU-MOSI \
      only the columns that mult-mosi selects: add its select options for those. Which words their extraction left out is \
      not documented.
      """,
    [vectors, voice, Modality(name: "vision", dimensions: [47, 35], source: "FACET 4.1 or 4.2")],
    [.align: "text", .collapse: "mean", .alignMissing: "zero", .maxFrames: "50"])
}
