import ArgumentParser
import Clocks
import Foundation
import Gate
import IwinvCatalog
import RunEngine
import RunStore
import Scheduler
import ScriptHost

struct ScheduleAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a schedule, and approve what its runs may do.",
        discussion: """
            The yes is given here and now: it is bound to the script's text and its modules, to these parameters, this \
            account, these grants and limits. If any of them is another one when the schedule is due, nothing is run: the \
            occurrence is skipped and the schedule paused, with the reason. After you have looked, the same command with \
            --replace approves what is there now.

              iwlua schedule add weekly rolling-reboot.lua --cron "0 4 * * SUN" --param prefix=web- \\
                --allow instances:power --time 30m --retries 2 --pause-after 3
              iwlua schedule add report cost-report.lua --every 6h
              iwlua schedule add once rename.lua --at 2026-12-24T04:00 --allow instances:edit
            """)

    @Argument(help: "What the schedule is called.")
    var name: String

    @Flag(help: "Take the schedule of this name away, if there is one, and put this one in its place.")
    var replace = false

    @OptionGroup var chosen: ScriptOptions
    @OptionGroup(title: "Times") var times: TimesOptions
    @OptionGroup(title: "Policies") var policies: PolicyOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: AccountOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func validate() throws {
        guard (1...64).contains(name.count), name.first != "-",
            name.allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) }),
            CharacterRule.printable.firstRefused(in: name) == nil
        else { throw ValidationError("a schedule's name has 1 to 64 letters, digits, dots, lines and underscores") }
    }

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let now = SystemClock().now
        let zones = ZoneCatalog()
        let (recurrence, zone) = try times.read(zones, at: now)
        guard recurrence.next(after: now, in: zone) != nil else {
            throw UsageError("--at \(times.at ?? ""): that is over")
        }
        // What stands on standard input today is not there next week.
        guard let path = chosen.script, path != "-" else {
            throw UsageError("a schedule needs a script that is a file")
        }
        let policy = try policies.policy(time: try LimitOptions.duration(limits.time, "--time"))
        let (script, parameters, files) = try chosen.loadNotingFiles()
        let grants = try limits.grants()
        let runLimits = try limits.limits()
        let missing = grants.missing(from: script.header.needs).map { "--allow \"\($0)\"" }.joined(separator: " ")
        guard missing.isEmpty else {
            throw UsageError(
                terminal.say(
                    "\(script.name) needs more than that; if it is to have it, add \(missing)",
                    "\(script.name)에 필요한 권한이 빠졌습니다. 허용하려면 \(missing) 를 붙이세요"))
        }
        let session = try await CloudSession.open(profile: cloud.profile, endpoint: cloud.endpoint, settings)
        session.close()
        let terms = ApprovalTerms(script, parameters, grants: grants, runLimits, account: session)
        let definition = ScheduleDefinition(
            name: name, recurrence: "\(recurrence)", zone: zone.name,
            script: URL(fileURLWithPath: path).standardizedFileURL.path, text: terms.text, approval: terms.id,
            policy: policy.json,
            options: [
                "profile": .string(session.name), "endpoint": cloud.endpoint.map(JSONValue.string) ?? .null,
                "limits": runLimits.json,
                // Where programs that read this JSON know them from.
                "override_protection": .boolean(runLimits.isOn(.overrideProtection)),
                "require_jail": .boolean(runLimits.isOn(.requireJail)),
                "files": .object(files.mapValues(JSONValue.string)),
            ])
        let (ledger, journal) = (try await settings.schedules(), try await settings.journal())
        let record = try await RunJournals.reporting { () async throws(StoreError) in
            // The approval first: without its schedule it does no harm.
            let names = try await ledger.schedules().map(\.definition.name)
            if replace || !names.contains(definition.name) { try await journal.approve(terms, at: now) }
            return try await ledger.add(definition, replacing: replace, at: now)
        }
        let text = ScheduleText(zones: zones, now: now, terminal: terminal)
        if try display.format(settings) == .json {
            Terminal.out(json: text.json(record, occurrences: []))
        } else {
            Terminal.out(text.shown(record, occurrences: []))
            Terminal.out("\n" + ApprovalText.text(terms, terminal))
            try await ledger.warnIfUnserved(at: now, terminal)
        }
        try Terminal.checkOutput()
    }
}
