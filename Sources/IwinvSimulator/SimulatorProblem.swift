/// Why a simulator cannot be set up or cannot run.
public enum SimulatorProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The state file, and what is the matter with it.
    case stateFile(String, String)
    /// It stopped before it listened.
    case stopped
    /// A text that is no quota.
    case quota(String)
    /// A text that is no range of addresses.
    case addressRange(String)

    public var description: String {
        switch self {
        case .stateFile(let path, let text): "the state file \(path) \(text)"
        case .stopped: "the simulator stopped before it listened"
        case .quota(let text):
            "`\(text)` is no quota: write a number up to 1000000, or number/seconds such as 60/60, seconds up to 86400"
        case .addressRange(let text): "`\(text)` is no IPv4 address or range such as 10.0.0.0/8"
        }
    }
}
