import ArgumentParser
import Clocks
import Gate
import IwinvCatalog
import RunEngine
import RunStore
import ScriptHost

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let a script make changes from now on without a question.",
        discussion: """
            The yes is bound to the script's text and its modules, to these parameters, this profile and account, these \
            grants and limits: a run that differs in any of them is asked again, or refused without a terminal.

              iwlua approve bulk-rename.lua --param from=web- --param to=www- --allow instances:edit
              iwlua run bulk-rename.lua --param from=web- --param to=www-       # from cron: asks nobody
            """)

    @OptionGroup var chosen: ScriptOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Cloud") var cloud: AccountOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() async throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        let (script, parameters) = try chosen.load()
        let grants = try limits.grants()
        let missing = grants.missing(from: script.header.needs)
        guard missing.isEmpty else {
            let flags = missing.map { "--allow \"\($0)\"" }.joined(separator: " ")
            throw UsageError(
                terminal.say(
                    "\(script.name) needs more than that; if it is to have it, add \(flags)",
                    "\(script.name)에 필요한 권한이 빠졌습니다. 허용하려면 \(flags) 를 붙이세요"))
        }
        let session = try await CloudSession.open(profile: cloud.profile, endpoint: cloud.endpoint, settings)
        session.close()
        let terms = ApprovalTerms(script, parameters, grants: grants, try limits.limits(), account: session)
        let now = SystemClock().now
        let journal = try await settings.journal()
        let id = try await RunJournals.reporting { () async throws(StoreError) in
            try await journal.approve(terms, at: now)
        }
        if try display.format(settings) == .json {
            Terminal.out(json: ["id": .string(id), "made": .string(TimeText.utc(now)), "terms": terms.json])
        } else {
            Terminal.out(ApprovalText.text(terms, terminal))
            Terminal.error(
                terminal.say(
                    "approved; `iwlua approvals remove \(id)` takes it back\n",
                    "승인했습니다. `iwlua approvals remove \(id)`로 취소할 수 있습니다\n"))
        }
        try Terminal.checkOutput()
    }
}
