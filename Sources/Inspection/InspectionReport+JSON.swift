package import JSONValues

extension InspectionReport {
  package var json: JSONValue {
    var object = JSONObject()
    object["sequences"] = .array(sequences.map(\.json))
    if !unreadable.isEmpty {
      object["unreadable"] = .array(unreadable.map { ["file": .string($0.path), "problem": .string($0.problem)] })
    }
    if let wordLag { object["word_lag"] = wordLag.json }
    return .object(object)
  }
}

extension WordLag {
  package var json: JSONValue {
    var object = JSONObject()
    object["transcripts"] = .string(transcripts)
    object["root"] = .string(root)
    for (key, value) in whole.members { object[key] = value }
    object["videos"] = .array(
      videos.map { video in
        var object = JSONObject()
        object["id"] = .string(video.id)
        for (key, value) in video.tally.members { object[key] = value }
        return .object(object)
      })
    return .object(object)
  }
}

extension WordLag.Tally {
  fileprivate var members: [(key: String, value: JSONValue)] {
    let agreements = WordLag.lags.map { lag -> JSONValue in
      ["lag": JSONValue(lag), "agreement": JSONValue(agreement(at: lag))]
    }
    return [
      ("segments", JSONValue(segments)), ("words", JSONValue(words)), ("best", JSONValue(best)),
      ("agreements", .array(agreements)),
    ]
  }
}

extension SequenceReport {
  package var json: JSONValue {
    [
      "file": .string(file), "root": .string(root), "modality": .string(modality), "entries": JSONValue(entries),
      "rows": JSONValue(rows), "columns": JSONValue(columns), "tokens": JSONValue(holdsTokens),
      "findings": .array(findings.map(\.json)),
    ]
  }
}

extension Finding {
  package var json: JSONValue {
    var object: JSONObject = [
      "rule": .string(rule.rawValue), "count": JSONValue(count), "unit": .string(rule.unit),
      "advice": .string(rule.advice), "places": .array(places.map(\.json)),
    ]
    if let countInFileOrder { object["count_in_file_order"] = JSONValue(countInFileOrder) }
    return .object(object)
  }
}

extension Place {
  /// Only what applies.
  package var json: JSONValue {
    var object = JSONObject()
    if let entry { object["entry"] = .string(entry) }
    if let row { object["row"] = JSONValue(row) }
    if let column { object["column"] = JSONValue(column) }
    if let time { object["time"] = JSONValue(time) }
    if let detail { object["detail"] = .string(detail) }
    return .object(object)
  }
}
