extension StringProtocol {
    /// The lines, as Lua counts them: each ends with LF, CR LF or CR. What follows the last end is a line, too, if it is not
    /// empty.
    package var lines: [SubSequence] {
        var lines = split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
