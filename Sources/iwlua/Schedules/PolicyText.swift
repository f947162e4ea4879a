import Clocks
import Scheduler

/// A schedule's policies in one line, the defaults included: nobody should have to guess them.
struct PolicyText {
    var policy: SchedulePolicy

    var text: String {
        var parts = ["overlap \(policy.overlap.rawValue)", "catch-up \(policy.catchUp.rawValue)"]
        if policy.catchUp != .none { parts[1] += " within \(policy.catchUpWindow.text)" }
        if policy.jitter > .zero { parts.append("jitter up to \(policy.jitter.text)") }
        parts.append("retries \(policy.retries)")
        if policy.timeoutRetries > 0 { parts.append("after timeouts \(policy.timeoutRetries)") }
        if policy.retries + policy.timeoutRetries > 0 { parts.append("backoff \(policy.backoff.text)") }
        if let time = policy.timeLimit { parts.append("time \(time.text)") }
        if let count = policy.pauseAfter { parts.append("pause after \(count) failures") }
        parts += policy.blackouts.map { "not \($0.text)" }
        return parts.joined(separator: ", ")
    }
}
