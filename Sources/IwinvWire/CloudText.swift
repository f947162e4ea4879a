import IwinvCatalog

/// Text of the cloud made fit for a message.
package enum CloudText {
    /// One line without control or format characters, cut to a length in Unicode code points.
    package static func cleaned(_ text: String, limit: Int) -> String {
        var result = String.UnicodeScalarView()
        var isGap = false
        for scalar in text.unicodeScalars {
            if scalar == " " || CharacterRule.printable.firstRefused(in: String(scalar)) != nil {
                isGap = !result.isEmpty
                continue
            }
            if isGap { result.append(" ") }
            isGap = false
            result.append(scalar)
            if result.count > limit { break }
        }
        guard result.count > limit else { return String(result) }
        return String(String.UnicodeScalarView(result.prefix(limit - 1))) + "…"
    }
}
