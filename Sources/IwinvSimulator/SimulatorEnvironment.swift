/// The variables that point `iwlua` at a simulator.
///
/// ```swift
/// print(simulator.environment.exports)
/// // export IWLUA_ENDPOINT=http://127.0.0.1:40123
/// // export IWINV_ACCESS_KEY=simulated-access-key
/// // export IWINV_SECRET_KEY=simulated-secret-key
/// ```
public struct SimulatorEnvironment: Sendable {
    /// Names and values, in the order that people read them.
    public let variables: [(name: String, value: String)]

    /// One line of shell each, without a line feed at the end. Holds a secret key, made-up as it is.
    public var exports: String {
        variables.map { "export \($0.name)=\(Self.quoted($0.value))" }.joined(separator: "\n")
    }

    /// A word of a POSIX shell.
    private static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-_./:@%+,".utf8.contains(byte)
            }
        }
        if plain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension SimulatorEnvironment: CustomStringConvertible, CustomReflectable {
    /// The names, without values.
    public var description: String { "SimulatorEnvironment(\(variables.map(\.name).joined(separator: ", ")))" }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension SimulatorConfiguration {
    /// The environment of a simulator that listens on this port: `IWLUA_BUDGET` only where the quota is not the cloud's.
    func environment(port: Int) -> SimulatorEnvironment {
        var variables = [(name: "IWLUA_ENDPOINT", value: "http://\(host):\(port)")]
        if let key = keys.accessKeys.first, let secret = keys.secret(of: key) {
            variables += [("IWINV_ACCESS_KEY", key), ("IWINV_SECRET_KEY", secret)]
        }
        if quota != Quota() { variables.append(("IWLUA_BUDGET", quota?.text ?? "none")) }
        return SimulatorEnvironment(variables: variables)
    }
}
