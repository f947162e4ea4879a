import Clocks
import Gate
import IwinvCatalog
import LuaRuntime

extension CloudBinding {
    /// The host half of ``PlanScript``.
    func add(_ plan: Plan, onDrift: String, to host: inout LuaHost) {
        let entries = Dictionary(plan.entries.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        let drift = DriftGuard(plan, gate: gate, clock: clock)
        host.handle("plan.perform") { call in
            guard let number = call.arguments.first?.integerValue, let entry = entries[Int(clamping: number)] else {
                throw LuaError(.host, "the plan has no such change")
            }
            return [try await perform(entry, drift, call)]
        }
        host.addModule(
            .host(
                name: "plan", source: PlanScript.prelude, data: LuaValue(PlanScript.data(of: plan, onDrift: onDrift)),
                functions: ["plan.perform": .call, "refuse": .sync(Self.refuse)], global: false))
    }

    /// `perform(number, ids)` → what was created, or why nothing was done
    private func perform(_ entry: PlanEntry, _ drift: DriftGuard, _ call: LuaCall) async throws -> LuaValue {
        let known = call.arguments.dropFirst().first?.objectValue ?? [:]
        let names = PlanNames(known.compactMapValues(\.stringValue))
        guard let operation = catalog[entry.operation],
            let arguments = names.resolve(.object(entry.arguments))?.objectValue
        else {
            return ["drift": .string("\(entry.operation): it depends on something that was not made")]
        }
        // What an earlier process of the run had sent is settled, not compared: it may have come true.
        let isResumed = tape?.resumption(of: call.id) != nil
        do {
            if !isResumed, let difference = try await drift.difference(entry, operation, names) {
                // Of what a plan and the cloud say here, none begins a line of its own.
                return ["drift": .string(difference.escapedForTerminal())]
            }
        } catch {
            throw LuaError(cloud: error)
        }
        defer { drift.changed(operation, arguments) }
        let reply = try await perform(operation, arguments, .single, call)
        let key = operation.row?.key ?? ""
        var created: [String: LuaValue] = [:]
        for (placeholder, row) in zip(entry.creates, reply.rows) {
            guard let id = row[key]?.identifierText else { continue }
            created[placeholder] = .string(id)
        }
        return ["created": .object(created)]
    }

    /// `refuse(text, made, total)`
    private static func refuse(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let text = arguments.first?.stringValue ?? ""
        let made = arguments.dropFirst().first?.integerValue ?? 0
        let total = arguments.dropFirst(2).first?.integerValue ?? 0
        throw LuaError(
            cloud: CloudError(
                .denied,
                LocalizedText(
                    "not as planned, so it was left alone: \(text)\n\(made) of \(total) changes were made",
                    "계획과 달라져 그대로 두었습니다: \(text)\n변경 \(total)건 중 \(made)건을 했습니다"),
                advice: LocalizedText("make a new plan", "계획을 다시 만드세요")))
    }
}
