/// How pages look: the system's own fonts, light or dark as the reader has it, one column on a telephone.
enum Stylesheet {
  /// The colours of ``Tone`` by name, for both schemes; the drawings use them as well.
  static let colours =
    rule(":root, svg.chart", "light")
    + " @media screen and (prefers-color-scheme: dark) { \(rule(":root, svg.chart", "dark")) }"

  private static func rule(_ selector: String, _ scheme: String) -> String {
    let colours = Tone.allCases.map { "--\($0.rawValue): \(scheme == "dark" ? $0.dark : $0.light);" }
    return "\(selector) { color-scheme: \(scheme); \(colours.joined(separator: " ")) }"
  }

  static let page =
    colours + """

      * { box-sizing: border-box; }
      html { -webkit-text-size-adjust: 100%; }
      body { margin: 0; background: var(--surface); color: var(--ink);
        font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
      main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
      h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
      h2 { font-size: 1.125rem; line-height: 1.3; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem;
        border-top: 1px solid var(--grid); overflow-wrap: anywhere; }
      h3 { font-size: 0.9375rem; line-height: 1.3; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
      p { margin: 0.5rem 0; max-width: 44rem; overflow-wrap: anywhere; }
      ul { margin: 0.5rem 0; padding-left: 1.25rem; max-width: 44rem; overflow-wrap: anywhere; }
      .subtitle { color: var(--muted); margin: 0.25rem 0 0.75rem; }
      nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
      a { color: var(--blue); }
      .note { border-left: 3px solid var(--orange); padding: 0.25rem 0.75rem; background: var(--shade); }
      .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.5rem;
        margin: 1rem 0; align-items: start; }
      figure { margin: 0; min-width: 0; }
      figure svg { display: block; width: 100%; max-width: 34rem; height: auto; }
      figcaption { color: var(--muted); font-size: 0.8125rem; line-height: 1.45; margin-top: 0.25rem;
        overflow-wrap: anywhere; }
      details { margin-top: 0.25rem; font-size: 0.8125rem; }
      summary { color: var(--blue); cursor: pointer; }
      .scroll { overflow-x: auto; max-width: 100%; margin: 0.75rem 0; }
      .scroll:focus-visible { outline: 2px solid var(--blue); }
      table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
      caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
      caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 2rem); }
      th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top;
        white-space: nowrap; }
      thead th { color: var(--muted); font-weight: 500; border-bottom-color: var(--muted); }
      tbody th { font-weight: 500; }
      th:first-child, td:first-child { padding-left: 0; }
      .number { text-align: right; }
      td.best { font-weight: 700; }
      td.best::after { content: " ✓"; color: var(--green); }
      .samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem 1.5rem;
        margin: 0.75rem 0; padding: 0; list-style: none; }
      .sample { min-width: 0; border-top: 1px solid var(--grid); padding-top: 0.5rem; overflow-wrap: anywhere; }
      .sample p { margin: 0.25rem 0; }
      .sample .id { font-weight: 600; }
      .figures-line { color: var(--muted); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
      @media print {
        :root { color-scheme: light; }
        main { max-width: none; padding: 0; }
        nav, details:not([open]) { display: none; }
        figure, tr, .sample { break-inside: avoid; }
        h2, h3 { break-after: avoid; }
        .scroll { overflow: visible; }
        th, td { white-space: normal; }
        * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      }
      """
}
