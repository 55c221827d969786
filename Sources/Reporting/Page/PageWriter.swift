internal import Files

/// Draws a page's figures and writes the files.
struct PageWriter {
  /// Nil where it is not installed.
  let gnuplot: Gnuplot?
  /// Asked before each figure.
  var isStopRequested: () -> Bool = { false }

  /// Writes the page to `path`, and each figure as `NAME.svg` and `NAME.png` into the folder `figures`.
  ///
  /// - Returns: the page's notes, and what could not be drawn and why.
  /// - Throws: ``ReportingError/stopped`` before the page is written.
  func write(_ page: Page, to path: String, figures folder: String?) throws(ReportingError) -> [String] {
    try checkPlace(path)
    var notes: [String] = []
    var drawings: [String: SVGDocument] = [:]
    if let folder { try ReportingError.files { () throws(FileError) in try Folder.createAll(folder) } }
    if let gnuplot {
      for figure in page.figures {
        if isStopRequested() { throw .stopped }
        do throws(ReportingError) {
          drawings[figure.name] = try draw(figure, gnuplot, folder)
        } catch {
          guard case .drawing = error else { throw error }
          notes.append(error.description)
        }
      }
    } else if !page.figures.isEmpty {
      notes.append("gnuplot is not on the path, so nothing was drawn: \(Gnuplot.remedy)")
    }
    let note = notes.isEmpty ? nil : notes.joined(separator: " ")
    let document = page.document(drawings, note: note)
    try write(Array(document.utf8), to: path)
    return page.notes + notes
  }

  /// Devices and folders are not replaced.
  private func checkPlace(_ path: String) throws(ReportingError) {
    let status = try ReportingError.files { () throws(FileError) in try FileStatus.of(path) }
    if let status, !status.isRegularFile { throw .notAFile(path: path) }
  }

  private func draw(_ figure: Figure, _ gnuplot: Gnuplot, _ folder: String?) throws(ReportingError) -> SVGDocument {
    func document(isAlone: Bool) throws(ReportingError) -> SVGDocument {
      let drawing = try gnuplot.draw(figure.chart, figure: figure.name, title: isAlone ? figure.title : nil)
      let document = drawing.flatMap {
        SVGDocument($0, name: figure.name, title: figure.title, summary: figure.summary, isAlone: isAlone)
      }
      guard let document else { throw .drawing(figure: figure.name, problem: "it wrote no SVG that is known here") }
      return document
    }
    if let folder {
      let alone = try document(isAlone: true)
      try write(Array((alone.source + "\n").utf8), to: Path.join(folder, "\(figure.name).svg"))
      let bitmap = try gnuplot.draw(figure.chart, figure: figure.name, as: .bitmap, title: figure.title)
      if let bitmap { try write(bitmap, to: Path.join(folder, "\(figure.name).png")) }
    }
    return try document(isAlone: false)
  }

  /// Another report may be written to the same place meanwhile: the last one wins, whole.
  private func write(_ bytes: [UInt8], to path: String) throws(ReportingError) {
    try ReportingError.files { () throws(FileError) in
      let file = try ReplacementFile(path, isShared: true)
      try file.file.write(bytes, at: 0)
      try file.commit()
    }
  }
}
