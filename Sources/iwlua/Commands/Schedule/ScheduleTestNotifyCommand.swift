import ArgumentParser
import Clocks
import Foundation
import Glibc
import IwinvCatalog
import IwinvClient
import Scheduler
import ScriptHost

struct ScheduleTestNotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-notify", abstract: "Send a test message to those who are told of schedules.",
        discussion: """
            The receivers are those of `notify:` in config.yaml. Exit code 1 if one of them did not get it.
            """)

    @Argument(
        help: "One of them; all if not given.",
        completion: .custom { _, _, prefix in
            ((try? Settings())?.file.notify ?? []).map(\.name).filter { $0.hasPrefix(prefix) }
        })
    var target: String?

    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let targets = try chosen(settings)
        let transport = NotificationSender.makeTransport()
        let sender = NotificationSender(
            transport: transport, environment: settings.environment, language: terminal.language,
            errors: STDERR_FILENO)
        let message = NoticeMessage(
            Notice(.test, schedule: "test", zone: "UTC", at: SystemClock().now), key: "test-\(UUID().uuidString)",
            host: HostName.own)
        let outcomes = await withTaskGroup(of: (Int, DeliveryOutcome).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask { (index, await sender.send(message, to: target)) }
            }
            var outcomes: [Int: DeliveryOutcome] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return targets.indices.compactMap { outcomes[$0] }
        }
        try? await transport.shutdown()
        let results = Array(zip(targets, outcomes))
        if try display.format(settings) == .json {
            Terminal.out(json: .array(results.map(Self.json)))
        } else {
            for (target, outcome) in results { Terminal.out(Self.line(target, outcome, terminal) + "\n") }
        }
        try Terminal.checkOutput()
        guard outcomes.allSatisfy({ $0 == .sent }) else { throw ExitCode(1) }
    }

    private func chosen(_ settings: Settings) throws -> [NotifyTarget] {
        let all = try settings.notifyTargets()
        guard !all.isEmpty else {
            throw UsageError(
                "nobody is told of schedules: `notify:` in \(settings.folder.path)/config.yaml names who is")
        }
        guard let target else { return all }
        guard let one = all.first(where: { $0.name == target }) else {
            let names = all.map(\.name)
            let hint =
                Suggestion.nearest(to: target, among: names).map { "; did you mean `\($0)`?" }
                ?? "; there are \(names.joined(separator: ", "))"
            throw UsageError("notify: there is no `\(target)`\(hint)")
        }
        return [one]
    }

    private static func reason(_ outcome: DeliveryOutcome) -> String? {
        switch outcome {
        case .sent: nil
        case .failed(let reason, _), .refused(let reason): reason
        }
    }

    private static func line(_ target: NotifyTarget, _ outcome: DeliveryOutcome, _ terminal: Terminal) -> TerminalText {
        let kind = target.kind.rawValue
        guard let reason = reason(outcome) else {
            return terminal.say("\(target.name) (\(kind)): sent", "\(target.name) (\(kind)): 보냈습니다")
        }
        return terminal.say("\(target.name) (\(kind)): not sent: \(reason)", "\(target.name) (\(kind)): 실패: \(reason)")
    }

    private static func json(_ target: NotifyTarget, _ outcome: DeliveryOutcome) -> JSONValue {
        [
            "target": .string(target.name), "kind": .string(target.kind.rawValue), "sent": .boolean(outcome == .sent),
            "reason": reason(outcome).map(JSONValue.string) ?? .null,
        ]
    }
}
