import Foundation
import IwinvClient
import IwinvTesting
import RunEngine

// A simulated cloud; your program has a credential and an endpoint of its own instead.
let cloud = try await SimulatedCloud.start()
let client = try cloud.client()

// What scripts may call, besides the cloud: typed arguments and results, and errors that they can catch.
struct NoOwner: Error, CustomStringConvertible { var description: String }
var host = ScriptHost(client: client, clock: cloud.clock)
host.limits.memory = 16 << 20
host.function("owners.of") { (server: String) throws -> String in
    guard server.hasPrefix("web-") else { throw NoOwner(description: "nobody owns \(server)") }
    return "web team"
}
host.asyncFunction("mail.send") { (to: String, text: String) async throws -> Bool in
    try await cloud.clock.sleep(for: .seconds(2))  // only the calling Lua task waits
    return to.contains("team") && !text.isEmpty
}

let script = try Script(
    name: "owners.lua",
    source: """
        local vm = require("iwinv").instances.list { name = "web-01" }[1]
        assert(mail.send(owners.of(vm.name), vm.name .. " gets a new name"))
        vm:edit { name = "www-01" }
        print(select(2, pcall(owners.of, "db-01")))
        return { renamed = vm.name }
        """)
let run = host.start(script, options: RunOptions(rules: .program(grants: [try Grant("instances:edit")], protected: [])))
for await event in run.events {
    switch event {
    case .printed(let line): print("script:", line)
    case .answered(let operation, _, nil): print("called:", operation)
    default: break
    }
}
let report = await run.report()
print("ended:", report.ended.rawValue, report.result["renamed"]?.stringValue ?? "-")
for change in report.changes { print("change:", change.operation, change.outcome) }

// A run can be cancelled, by hand or with the task that waits for it.
let endless = host.start(try Script(source: "while true do end"), options: .readOnly)
endless.cancel()
print("ended:", await endless.report().ended.rawValue)
// Each script ran in a jailed process of its own: `iwlua-worker`, a product of this package, lies beside your program. On
// threads of your program it is faster, and isolates from mistakes only.
host.execution = .inProcess
let trusted = await host.run(try Script(source: "return owners.of('web-07')"), options: .readOnly)
print("in process:", trusted.result.stringValue ?? "\(trusted.ended)")

// The engine does what the command line does: it plans, applies, takes back and resumes, and writes all of it down.
struct Operator: RunDelegate {
    var isAttended: Bool { true }
    func decide(_ change: ProposedChange) async -> Decision {
        print("asked:", change.operation)
        return .allow
    }
    func goesOn(after made: Int, failed: Int) async -> Decision { failed == 0 ? .allow : .refuse }
}
let folder = FileManager.default.temporaryDirectory.appending(path: "embedding-\(UUID())")
let journal = try await Journal.open(folder: folder.path)
let session = CloudSession(name: "demo", client: client, protection: Protection(["db-*"]))
let engine = RunEngine(session, journal: journal, tool: "embedding")
let grants = Grants([try Grant("instances:edit")])
func policy(_ request: PolicyRequest) -> RunPolicy { RunPolicy.resolve(account: session, request: request) }
let asking = PolicyRequest(grants: grants, agreement: .none)

let batch = try Script(
    source: """
        for vm in require("iwinv").instances.each { name = "batch-" } do vm:edit { name = "job-" .. vm.name } end
        """)
let planning = engine.plan(batch, parameters: [:], policy(asking))
_ = await planning.run.report()
let plan = planning.plan
print("planned:", plan.entries.count)
let made = await try engine.apply(
    plan, onDrift: .stop, policy(PolicyRequest(applying: plan)), delegate: Operator()
).report()
print("applied:", made.ended.rawValue, made.changes.count)
let back = try await engine.planUndo(
    of: "last", [try await engine.history(of: "last")], deletesCreated: false, policy(asking))
let undone = await try engine.apply(
    back, onDrift: .stop, policy(PolicyRequest(applying: back)), delegate: Operator()
).report()
print("taken back:", undone.ended.rawValue, undone.changes.count)

// Nobody is there to agree: nothing is changed. Resumed, the run asks.
let refused = await try engine.run(batch, parameters: [:], policy(asking), delegate: Unattended()).report()
print("unattended:", refused.ended.rawValue, refused.changes.count)
let reopened = try await RunEngine.reopen(refused.id ?? "", in: journal, clock: cloud.clock)
let resumption = try await engine.resume(reopened, asking, approval: nil, delegate: Operator())
let resumed = await engine.start(resumption).report()
print("resumed:", resumed.ended.rawValue, resumed.changes.count)
try FileManager.default.removeItem(at: folder)
try await client.shutdown()
try await cloud.stop()
