import Clocks
import Foundation
import GRDB
import IwinvCatalog
import IwinvWire
import RunStore

/// A program whose journal the test writes itself.
struct HistoryScratch {
    let iwlua: Iwlua
    let journal: Journal
    /// Longer ago than any retention.
    let clock = VirtualClock(start: Instant(seconds: 1_700_000_000))

    init() async throws {
        iwlua = try Iwlua()
        journal = try await Journal.open(folder: iwlua.folder.appendingPathComponent("state").path)
    }

    var environment: [String: String] {
        ["IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path, "TZ": "Asia/Seoul"]
    }

    func run(_ arguments: String...) async throws -> Iwlua.Result {
        try await iwlua.run(arguments, environment: environment)
    }

    static let source = """
        for vm in iwinv.instances.each {} do
            vm:edit { name = params.to }
        end

        """

    func header(to name: String, source: String = Self.source, grants: [String] = ["instances:edit"]) -> RunHeader {
        RunHeader(
            kind: "run", script: "rename.lua", text: SHA256.hex(source), parameters: ["to": .string(name)],
            grants: grants, profile: "prod", account: "https://api.test 9f86", seed: 7, clockStart: clock.now,
            options: ["max_changes": 50], toolVersion: "0.1.0")
    }

    /// A run under way that has renamed servers, and has read them before.
    func renames(
        _ id: String, _ names: [(id: String, from: String, to: String, outcome: String)], to name: String = "www",
        source: String = Self.source, grants: [String] = ["instances:edit"]
    ) async throws -> RunLog {
        let log = try await journal.begin(
            header(to: name, source: source, grants: grants), id: id, texts: [source], clock: clock)
        ask(log, 1, "instances.list", [:])
        clock.advance(by: .milliseconds(340))
        log.note(.delivered(call: 1, .success([[["instance_id": "i-1"]]])))
        for (index, server) in names.enumerated() {
            let call = UInt64(index + 2)
            try await send(log, call, server)
            log.note(
                .answered(ChangeAnswer(call: call, attempt: 1, status: 200, outcome: "accepted", milliseconds: 90)))
            let change: JSONValue = [
                "operation": "instances.edit", "id": .string(server.id), "name": .string(server.from),
                "before": ["name": .string(server.from)], "after": ["name": .string(server.to)],
                "outcome": .string(server.outcome),
            ]
            try await log.commit(.concluded(call: call, changes: [change]))
            clock.advance(by: .milliseconds(1500))
            log.note(.delivered(call: call, .success([["instance_id": .string(server.id)]])))
        }
        return log
    }

    /// The request of a change, on its way.
    func send(_ log: RunLog, _ call: UInt64, _ server: (id: String, from: String, to: String, outcome: String))
        async throws
    {
        ask(log, call, "instances.edit", ["name": .string(server.to)], id: server.id)
        log.note(
            .intended(
                ChangeIntent(
                    call: call, operation: "instances.edit", id: server.id, name: server.from,
                    before: ["name": .string(server.from)], wanted: ["name": .string(server.to)])))
        try await log.commit(.sending(call: call, attempt: 1))
    }

    /// A call of the cloud, as scripts make it.
    func ask(_ log: RunLog, _ call: UInt64, _ operation: String, _ arguments: JSONValue, id: String? = nil) {
        log.note(
            .asked(
                CallQuestion(
                    call: call, task: 1, name: "iwinv.call", place: "rename.lua:\(call)",
                    arguments: [.string(operation), arguments, "one"] + (id.map { [.string($0)] } ?? []))))
    }
}

extension HistoryScratch {
    /// A change of the file by somebody else than the program.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: iwlua.folder.appendingPathComponent("state/journal.sqlite").path)
            .write { try $0.execute(sql: sql) }
    }
}
