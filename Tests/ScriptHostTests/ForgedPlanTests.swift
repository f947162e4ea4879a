import Gate
import IwinvCatalog
import IwinvTesting
import IwinvWire
import ScriptHost
import TestSupport
import Testing

/// Plans that somebody has edited, read by the library: all edits of all changes. `CommandLineTests.ForgedPlanTests` has some
/// of them through the program.
@Suite struct ForgedPlanTests {
    @Test func `an entry whose words do not follow from what it does is refused by its number and field`() async throws
    {
        let cloud = try await SimulatedCloud.start { $0.quota = nil }
        let client = try cloud.client()
        let planner = Planner(at: cloud.clock.now)
        var options = RunOptions.readOnly
        options.planner = planner
        let report = await ScriptHost(client: client, clock: cloud.clock).run(
            try Script(source: PlanForgeries.everything), options: options)
        #expect(report.failure == nil, "\(report.failure as Any)")
        let plan = planner.plan(Plan.Origin(script: "everything.lua", account: "a", madeAt: SimulatedCloud.start))
        #expect(try Plan(json: plan.json) == plan)
        #expect(try Plan(recorded: plan.json) == plan)
        let changes = Set(Catalog.iwinv.operations.filter(\.effect.isChange).map(\.name))
        #expect(Set(plan.entries.map(\.operation)) == changes)
        let document = try #require(plan.json.objectValue)
        let entries = (document["steps"]?.arrayValue ?? []).flatMap { $0["entries"]?.arrayValue ?? [] }
            .compactMap(\.objectValue)
        var count = 0
        var kinds: Set<PlanForgeries.Kind> = []
        for (index, entry) in entries.enumerated() {
            for forgery in PlanForgeries.forgeries(of: entry) {
                count += 1
                kinds.insert(forgery.kind)
                let forged = PlanForgeries.sealed(
                    PlanForgeries.replacing(index + 1, with: forgery.members, in: document))
                let what = "\(entry["operation"] ?? "") \(forgery.what)"
                switch Self.reading(forged) {
                case .success(let read):
                    // Another change, which is shown as what it is.
                    let operation = JSONValue.string("\(read.entries[index].operation)")
                    #expect(forgery.shown != nil && forgery.members["operation"] == operation, "\(what)")
                case .failure(let problem):
                    let words = problem.description
                    // Another change that needs a grant which the plan did not need.
                    if forgery.shown != nil, words.contains("`grants` lacks") { continue }
                    #expect(words.contains("change \(index + 1)"), "\(what): \(words)")
                    #expect(forgery.fields.contains { words.contains("`\($0)`") }, "\(what): \(words)")
                }
            }
        }
        #expect(count > 2000 && kinds == Set(PlanForgeries.Kind.allCases))
        try await client.shutdown()
        try await cloud.stop()
    }

    private static func reading(_ document: JSONValue) -> Result<Plan, PlanProblem> {
        Result { () throws(PlanProblem) in try Plan(json: document) }
    }

    @Test func `sums of a plan stay within an integer, whatever it says`() {
        let entries = (1...1000).map { number in
            PlanEntry(
                number: number, operation: "instances.create", arguments: ["count": .integer(.max), "name": "made"])
        }
        let wait = PlanStep.wait(
            PlanWait(resource: "instances", ids: [], state: "active", timeout: .seconds(1), took: .seconds(Int64.max)))
        let steps = [.changes(entries)] + Array(repeating: wait, count: 100) + [.sleep(.seconds(Int64.max))]
        let sum = PlanSummary(
            of: Plan(origin: Plan.Origin(script: "a", madeAt: SimulatedCloud.start), steps: steps), remaining: 0)
        #expect(sum.changes == 100_000 && sum.costingMoney == 1000)
        #expect(sum.time > .zero && sum.requests > 1000)
    }
}
