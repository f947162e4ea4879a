import Clocks

extension SchedulePolicy: CustomStringConvertible {
    /// All in one line, the defaults included: nobody should have to guess them.
    public var description: String {
        var parts = ["overlap \(overlap.rawValue)", "catch-up \(catchUp.rawValue)"]
        if catchUp != .none { parts[1] += " within \(catchUpWindow.text)" }
        if jitter > .zero { parts.append("jitter up to \(jitter.text)") }
        parts.append("retries \(retries)")
        if timeoutRetries > 0 { parts.append("after timeouts \(timeoutRetries)") }
        if retries + timeoutRetries > 0 { parts.append("backoff \(backoff.text)") }
        if let timeLimit { parts.append("time \(timeLimit.text)") }
        if let pauseAfter { parts.append("pause after \(pauseAfter) failures") }
        parts += blackouts.map { "not \($0.text)" }
        return parts.joined(separator: ", ")
    }
}
