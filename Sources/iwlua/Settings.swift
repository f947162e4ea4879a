import ArgumentParser
import Clocks
import Foundation
import IwinvClient
import RunStore

/// Values that do not come from a flag: environment first, then `config.yaml`.
struct Settings {
    /// What can be set outside the command line, besides ``ClientSetting``. The README's table is both lists.
    enum Key: String, CaseIterable {
        case profile, output, color, lang
        case logLevel = "log_level"
        case budget, retention

        var environmentVariable: String { "IWLUA_" + rawValue.uppercased() }
    }

    let environment: [String: String]
    let folder: URL
    let file: ConfigFile

    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(UsageError) {
        try self.init(maintaining: environment)
        try file.checkKeys(in: folder)
    }

    /// For commands that change `config.yaml`: keys that this version does not know are no obstacle there.
    init(maintaining environment: [String: String]) throws(UsageError) {
        self.environment = environment
        folder = ConfigFile.folder(environment: environment)
        file = try ConfigFile.load(from: folder)
    }

    /// What can be said where `config.yaml` cannot be read.
    init(withoutFile environment: [String: String]) {
        self.environment = environment
        folder = ConfigFile.folder(environment: environment)
        file = ConfigFile()
    }

    func text(_ key: Key) -> String? {
        if let value = environment[key.environmentVariable], !value.isEmpty { return value }
        return switch key {
        case .profile: file.current
        case .lang: file.language
        case .color: file.color
        case .retention: file.retention
        case .output, .logLevel, .budget: nil
        }
    }

    /// How many requests the account may send; another number than the cloud's is for simulators and tests, and so is
    /// `none`, which is nil.
    func budget(at endpoint: Endpoint) throws(UsageError) -> BudgetQuota? {
        guard let text = text(.budget) else { return .iwinv }
        let name = Key.budget.environmentVariable
        if text == "none" {
            guard endpoint.isLoopback else {
                throw UsageError("\(name)=none is for simulators on this machine only")
            }
            return nil
        }
        guard let quota = BudgetQuota(text) else {
            throw UsageError("\(name)=\(text): write it like 60/60, requests/seconds")
        }
        return quota
    }

    /// How much of the history is kept: taken away after each run, and by `iwlua runs prune`.
    func retention() throws(UsageError) -> Retention {
        guard let text = text(.retention) else { return Retention(age: .seconds(400 * 86_400)) }
        if text == "none" { return Retention() }
        guard let age = Duration(parsing: text), age > .zero else {
            throw UsageError("retention \(text): write it like 90d, or none to keep everything")
        }
        return Retention(age: age)
    }

    /// The record of all runs on this machine.
    func journal() async throws(UsageError) -> Journal {
        let folder = StateFolder.path(environment)
        try StateFolder.check(folder)
        do { return try await Journal.open(folder: folder) } catch {
            throw UsageError(error)
        }
    }

    /// A value of a closed set.
    func value<Value: ExpressibleByArgument & CaseIterable>(_ key: Key) throws(UsageError) -> Value? {
        guard let text = text(key) else { return nil }
        guard let value = Value(argument: text) else {
            throw UsageError(
                "\(key.environmentVariable)=\(text): must be one of \(Value.allValueStrings.joined(separator: ", "))")
        }
        return value
    }
}
