import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvTesting
import LuaRuntime
import ScriptHost

/// `script.run` and `script.replay`: real runs of the script under test, in the test's cloud or on its recorded replies.
struct TestedRuns: Sendable {
    let stage: TestStage
    let client: IwinvClient?
    let execution: LuaExecution
    let limits: LuaLimits
    let seed: UInt64

    /// `script.run("rolling-reboot.lua", { params = { prefix = "web-" }, allow = "instances:power" })`
    func run(_ call: LuaCall) async throws -> [LuaValue] {
        let cloud = try stage.cloud("script.run")
        let script = try load(call)
        let options = try RunOptionsReading(call.arguments.dropFirst().first ?? .nil, of: "script.run")
        let parameters: [String: JSONValue]
        do { parameters = try script.bind(try options.parameters(for: script), read: read) } catch {
            throw LuaError(.host, "\(error)")
        }
        var given = try options.runOptions(seed: seed)
        given.locks = ResourceLocks(clock: cloud.clock, folder: nil, account: "test")
        let missing = given.rules.grants.missing(from: script.header.needs).map(\.description)
        guard missing.isEmpty else {
            // As `iwlua run` without a terminal.
            let report = RunReport.denied(
                .missingGrants(missing, of: script.name),
                advice: LocalizedText("give it with allow = { … }", "allow = { … } 로 허용하세요"))
            return [outcome(of: report, Heard(), at: call.position)]
        }
        var host = ScriptHost(client: client, clock: cloud.clock, limits: limits)
        host.execution = execution
        let run = host.start(script, parameters: parameters, options: given)
        // The test rests while its script runs: time may pass. The run's own activity has begun.
        cloud.clock.endActivity()
        let (report, heard) = await follow(run)
        cloud.clock.beginActivity()
        return [outcome(of: report, heard, at: call.position)]
    }

    /// `script.replay("r7k2m9qd", "rolling-reboot.lua")`
    func replay(_ call: LuaCall) async throws -> [LuaValue] {
        guard let name = call.arguments.first?.stringValue else {
            throw LuaError(.host, "script.replay takes the name of a recording and a script")
        }
        guard let recording = stage.file.recordings.first(where: { $0.name == name }) else {
            let known = stage.file.recordings.map { "`\($0.name)`" }.joined(separator: ", ")
            throw LuaError(
                .host,
                "script.replay: this file has no recording `\(name)`"
                    + (known.isEmpty ? "; `iwlua replay ID --as-test FILE` writes one" : "; there is \(known)"))
        }
        let script = try load(call, argument: 1)
        let replay = try RecordedReplay(recording.history)
        let (report, heard) = try await replay.run(script, execution: execution, limits: limits) { await follow($0) }
        return [outcome(of: report, heard, at: call.position)]
    }

    // MARK: - In

    private func load(_ call: LuaCall, argument: Int = 0) throws(LuaError) -> Script {
        guard let name = call.arguments.dropFirst(argument).first?.stringValue else {
            throw LuaError(.host, "\(call.name.replacing("test.", with: "script.")) takes a script's path")
        }
        do { return try Script(contentsOf: stage.file.file(name)) } catch {
            throw LuaError(.host, error is HeaderProblem ? "\(name): \(error)" : "\(error)")
        }
    }

    private func read(_ name: String) throws -> String {
        let file = try stage.file.file(name)
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw ScriptProblem("\(name): cannot be read")
        }
        guard let text = String(bytes: data, encoding: .utf8) else { throw ScriptProblem("\(name): is not UTF-8 text") }
        return text
    }

    // MARK: - Out

    private struct Heard: Sendable {
        var output: [String] = []
        var log: [LuaValue] = []
        var secrets = 0
    }

    /// Follows a run to its end; it ends with the test.
    private func follow(_ run: ScriptRun) async -> (RunReport, Heard) {
        await withTaskCancellationHandler {
            var heard = Heard()
            for await event in run.events {
                switch event {
                case .printed(let line): heard.output.append(line)
                case .logged(let line):
                    heard.log.append([
                        "level": .string(line.level.rawValue), "message": .string(line.message),
                        "fields": LuaValue(.object(line.fields)),
                    ])
                case .attempted(let report): stage.sent(report)
                case .secret: heard.secrets += 1
                case .called, .answered, .waiting, .progress, .ended: break
                }
            }
            return (await run.report(), heard)
        } onCancel: {
            run.cancel()
        }
    }

    private func outcome(of report: RunReport, _ heard: Heard, at position: LuaPosition?) -> LuaValue {
        var members = LuaValue(report.json).objectValue ?? [:]
        members["exit_code"] = .integer(Int64(report.exitCode))
        members["output"] = .string(heard.output.joined(separator: "\n"))
        members["log"] = .array(heard.log)
        members["secrets_shown"] = .integer(Int64(heard.secrets))
        members["changes"] = members["changes"] ?? .array([])
        if report.failure?.kind == "diverged" { members["diverged"] = members["error"]?["message"] }
        if report.ended != .done {
            let failure = report.failure
            let place = failure?.chunk.map { "\($0):\(failure?.line ?? 0): " } ?? ""
            stage.note(
                "the run at \(position?.description ?? "?") ended `\(report.ended.rawValue)`: \(place)"
                    + (failure?.message ?? "changes with an unknown outcome"))
        }
        return .object(members)
    }
}
