import ArgumentParser
import Foundation
import IwinvCatalog
import IwinvClient
import IwinvWire
import LuaRuntime
import RunEngine
import ScriptHost
import Synchronization

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out whether everything works: keys, clock, address, zones, firewall, budget, folders.",
        discussion: """
            Makes three harmless requests. Each line says what was found, what it means and what to do. Exit code 7 if \
            something on this machine must be put right, 2 if no account is named, 4 if the cloud refuses or cannot be reached, \
            or has told this key to wait: then nothing is asked.
            """)

    @Flag(help: "End a wait that the cloud has imposed on this key with a 429, for all runs on this machine.")
    var lift = false

    @OptionGroup(title: "Cloud") var cloud: CloudOptions
    @OptionGroup var display: DisplayOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var settings = Settings(withoutFile: environment)
        var findings: [Finding] = []
        do {
            settings = try Settings(maintaining: environment)
            findings.append(Examination.settings(settings))
        } catch {
            findings.append(Examination.settings(settings, refused: error))
        }
        let isReadable = findings.allSatisfy { $0.state == .good }
        let terminal = try display.terminal(settings)
        findings += Examination.machine(settings) + [await Examination.sandbox()]
        do {
            // Without its settings it would look at another account, or none.
            guard isReadable else { throw Unreadable() }
            let session = try await CloudSession.open(cloud, settings)
            defer { session.close() }
            do {
                if lift { try await session.budget.liftBlock() }
            } catch {
                throw UsageError("the wait cannot be lifted: \(error)", as: error)
            }
            findings += await Examination(session: session).cloud()
        } catch is Unreadable {
        } catch let error as UsageError {
            let subject = error.subject ?? .keys
            findings.removeAll { $0.subject == subject }
            findings.insert(
                Finding(subject, .bad, LocalizedText(error.description, error.description), fault: error.status), at: 0)
        }
        if try display.format(settings) == .json {
            Terminal.out(json: .array(findings.map(\.json)))
        } else {
            Terminal.out(findings.map { $0.text(terminal) }.joined())
        }
        try Terminal.checkOutput()
        let status = ExitStatus.first(of: findings.filter { $0.state == .bad }.map(\.fault))
        if status != .done { throw ExitCode(status.code) }
    }
}

/// The settings cannot be read.
private struct Unreadable: Error {}

/// One line of a doctor's report.
struct Finding: Sendable {
    enum State: String, Sendable {
        case good = "ok"
        case doubtful = "warn"
        case bad = "fail"
    }

    /// What was looked at.
    enum Subject: String, Sendable {
        case settings, keys, proxy, trust, network, signature, clock, address, zones, firewall, budget, locale, store,
            lua, sandbox
    }

    var subject: Subject
    var state: State
    var message: LocalizedText
    var advice: LocalizedText?
    /// What a bad finding means for the exit code: where it is to be put right.
    var fault: ExitStatus

    init(
        _ subject: Subject, _ state: State, _ message: LocalizedText, advice: LocalizedText? = nil,
        fault: ExitStatus = .refused
    ) {
        self.subject = subject
        self.state = state
        self.message = message
        self.advice = advice
        self.fault = fault
    }

    func text(_ terminal: Terminal) -> TerminalText {
        let mark = state.rawValue.fitted(to: 4) + "  " + subject.rawValue.fitted(to: 9) + "  "
        let next: TerminalText =
            advice.map { advice in
                "\n      " + terminal.say("next: ", "다음: ") + "\(advice(terminal.language))"
            } ?? ""
        return "\(mark)\(lines: message(terminal.language))\(next)\n"
    }

    var json: JSONValue {
        [
            "check": .string(subject.rawValue), "state": .string(state.rawValue),
            "message": .string(message.english), "advice": advice.map { .string($0.english) } ?? .null,
        ]
    }
}

/// Looks at the cloud through one session.
struct Examination: Sendable {
    let session: CloudSession

    /// Three requests: zones, and each of the firewall families once.
    func cloud() async -> [Finding] {
        var findings = [
            Finding(
                .keys, .good,
                LocalizedText(
                    "\(session.name): a key pair for \(session.endpoint)",
                    "\(session.name): \(session.endpoint)의 키가 있습니다"))
        ]
        findings += Self.way(session.client.configuration)
        if let text = BlockText(session.budget, session.clock) {
            return findings + [Finding(.budget, .bad, text.sentence, advice: BlockText.advice)]
        }
        let (zones, skew) = await read("zones.list", nil)
        findings += Self.access(zones, session)
        if let skew { findings.append(Self.clock(skew)) }
        if case .success(let rows) = zones {
            findings.append(Self.zones(rows))
            let newer = await read("firewall.list", .securityGroups).result
            let older = await read("firewall.list", .firewall).result
            findings.append(Self.firewall(newer, older, chosen: session.client.configuration.firewallAPI))
        }
        findings.append(budget())
        return findings
    }

    private typealias Reading = Result<[JSONValue], CloudError>

    private func read(_ name: OperationName, _ family: FirewallFamily?) async -> (result: Reading, skew: Duration?) {
        let operation = family.flatMap { Catalog.iwinv[name, $0] } ?? Catalog.iwinv[name]
        guard let operation else { preconditionFailure("the catalog has no operation `\(name)`") }
        // Straight to the family that is asked for, whichever the profile uses.
        let skew = Mutex<Duration?>(nil)
        let hooks = CallHooks(onAttempt: { report in
            if let measured = report.clockSkew { skew.withLock { $0 = measured } }
        })
        do {
            let arguments = try Arguments([:], for: operation)
            let page = operation.paging.map { _ in PageRequest(number: 1, size: 1) }
            let reply = try await session.client.exchange(operation, arguments, page: page, hooks: hooks)
            return (.success(reply.rows), skew.withLock(\.self))
        } catch let error as CloudError {
            return (.failure(error), skew.withLock(\.self))
        } catch {
            return (.failure(CloudError(.invalid, "\(error)")), nil)
        }
    }

    private static func access(_ zones: Reading, _ session: CloudSession) -> [Finding] {
        switch zones {
        case .success:
            return [
                Finding(.signature, .good, LocalizedText("the cloud accepts the signature", "서명이 확인되었습니다")),
                Finding(
                    .address, .good,
                    LocalizedText("this machine's address is allowed", "이 컴퓨터의 IP가 허용되어 있습니다")),
            ]
        case .failure(let error):
            let advice =
                error.advice ?? error.errorCode?.entry?.meaning
                ?? LocalizedText(
                    "check the endpoint (\(session.endpoint)), the network and any proxy, then try again",
                    "주소(\(session.endpoint)), 네트워크, 프록시를 확인한 뒤 다시 시도하세요")
            let message = LocalizedText(error.message, error.korean ?? error.message)
            switch (error.status, error.errorCode) {
            // Only the API looks at a signature: a web page with this status may be a firewall's.
            case (403, _) where error.code != nil || error.errorCode != nil:
                return [
                    Finding(.signature, .good, LocalizedText("the cloud accepts the signature", "서명이 확인되었습니다")),
                    Finding(.address, .bad, message, advice: advice),
                ]
            // No reply says anything of a signature.
            case (nil, _): return [Finding(.network, .bad, message, advice: advice)]
            default: return [Finding(.signature, .bad, message, advice: advice)]
            }
        }
    }

    private static func clock(_ skew: Duration) -> Finding {
        let seconds = skew.components.seconds
        let size = abs(seconds)
        // CONTRACT 1.4: five minutes either way.
        let state: Finding.State = size > 300 ? .bad : size > 60 ? .doubtful : .good
        let text =
            size <= 1
            ? LocalizedText("this machine's clock agrees with the cloud's", "시계가 클라우드와 일치합니다")
            : LocalizedText(
                "this machine's clock is \(size) s \(seconds > 0 ? "ahead of" : "behind") the cloud's; 300 s are tolerated",
                "시계가 클라우드보다 \(size)초 \(seconds > 0 ? "빠릅니다" : "느립니다"). 300초까지 허용됩니다")
        let advice = state == .good ? nil : LocalizedText("set the clock, for instance with NTP", "NTP 등으로 시계를 맞추세요")
        return Finding(.clock, state, text, advice: advice, fault: .machine)
    }

    private static func zones(_ rows: [JSONValue]) -> Finding {
        let names = rows.compactMap { $0["zone_id"]?.stringValue }.joined(separator: ", ")
        guard !rows.isEmpty else {
            return Finding(
                .zones, .doubtful,
                LocalizedText("no zone is visible to this key", "이 키로 볼 수 있는 존이 없습니다"),
                advice: LocalizedText("ask iwinv to enable the API for your zones", "iwinv에 API 사용 존을 문의하세요"))
        }
        return Finding(
            .zones, .good,
            LocalizedText(
                "\(rows.count) visible: \(names); servers in other zones are invisible to the API",
                "\(rows.count)개: \(names). 다른 존의 서버는 API에서 보이지 않습니다"))
    }

    private static func firewall(_ newer: Reading, _ older: Reading, chosen: FirewallFamily) -> Finding {
        func answers(_ reading: Reading) -> Bool {
            if case .success = reading { true } else { false }
        }
        let working = [(FirewallFamily.securityGroups, newer), (.firewall, older)].filter { answers($0.1) }.map(\.0)
        let names = working.map(\.rawValue).joined(separator: ", ")
        if working.contains(chosen) {
            return Finding(
                .firewall, .good,
                LocalizedText(
                    "`firewall_api: \(chosen.rawValue)` answers (working: \(names))",
                    "`firewall_api: \(chosen.rawValue)` 응답함 (사용 가능: \(names))"))
        }
        guard let other = working.first else {
            var reason = ""
            if case .failure(let error) = newer { reason = ": \(error.message)" }
            return Finding(
                .firewall, .doubtful,
                LocalizedText(
                    "neither firewall family answers\(reason)", "방화벽 API가 응답하지 않습니다\(reason)"),
                advice: LocalizedText(
                    "everything but firewalls works; ask iwinv whether the key may use them",
                    "방화벽 외의 기능은 사용할 수 있습니다. 키의 권한을 iwinv에 문의하세요"))
        }
        return Finding(
            .firewall, .doubtful,
            LocalizedText(
                "`firewall_api: \(chosen.rawValue)` does not answer, `\(other.rawValue)` does",
                "`firewall_api: \(chosen.rawValue)`는 응답하지 않고 `\(other.rawValue)`는 응답합니다"),
            advice: LocalizedText(
                "set `firewall_api: \(other.rawValue)` in the profile",
                "프로필에 `firewall_api: \(other.rawValue)`를 설정하세요"))
    }

    private func budget() -> Finding {
        let left = session.budget.remaining
        let shared = session.budgetPlace.map { " (\($0))" } ?? ""
        return Finding(
            .budget, .good,
            LocalizedText(
                "\(left) requests could leave now, counted over all runs on this machine\(shared)",
                "지금 보낼 수 있는 요청 \(left)건(이 컴퓨터의 모든 실행 합산)\(shared)"))
    }

    /// Where the settings are.
    static func settings(_ settings: Settings) -> Finding {
        let path = settings.folder.path + "/config.yaml"
        if let problem = settings.file.problem(in: settings.folder) {
            return Finding(.settings, .bad, LocalizedText(problem, problem), fault: .machine)
        }
        return Finding(
            .settings, .good,
            FileManager.default.fileExists(atPath: path)
                ? LocalizedText("\(path): nobody else may write it", "\(path): 다른 사용자가 쓸 수 없습니다")
                : LocalizedText("there is no \(path)", "\(path)이(가) 없습니다"))
    }

    /// Why they are not read.
    static func settings(_ settings: Settings, refused error: UsageError) -> Finding {
        Finding(
            .settings, .bad, error.file?.message ?? LocalizedText(error.description, error.description),
            advice: error.file?.advice, fault: .machine)
    }

    /// What can be said without the cloud.
    static func machine(_ settings: Settings) -> [Finding] {
        [locale(settings.environment), store(settings), lua(inside: .inside, system: .system)]
    }

    /// Which Lua runs scripts. An update of the system's does not reach a program that has Lua inside.
    static func lua(inside: LuaRelease?, system: LuaRelease?) -> Finding {
        let release = inside.map { "\($0)" } ?? "?"
        let text = LocalizedText("Lua \(release)", "Lua \(release)")
        guard let inside, let system, system > inside else { return Finding(.lua, .good, text) }
        return Finding(
            .lua, .doubtful,
            LocalizedText(
                "Lua \(inside) is inside iwlua, and the system's is newer: \(system)",
                "iwlua에 포함된 Lua는 \(inside)이고 시스템의 Lua \(system)이(가) 더 새롭습니다"),
            advice: LocalizedText("build or install iwlua again", "iwlua를 다시 빌드하거나 설치하세요"), fault: .machine)
    }

    /// What a worker is locked up by on this system.
    static func sandbox() async -> Finding {
        do {
            let report = try await LuaExecution.jail()
            let text = LocalizedText("the outer wall is \(report)", "외부 격리: \(report)")
            guard !report.isTight else { return Finding(.sandbox, .good, text) }
            return Finding(
                .sandbox, .doubtful, text,
                advice: LocalizedText(
                    "scripts run behind the inner wall; --require-jail refuses them here. A kernel with seccomp has all",
                    "내부 격리만으로 실행됩니다. --require-jail은 실행을 거부합니다. seccomp를 지원하는 커널이 필요합니다"),
                fault: .machine)
        } catch {
            let detail = (error as? LuaKilled)?.detail ?? "\(error)"
            return Finding(
                .sandbox, .bad, LocalizedText(detail, detail),
                advice: LocalizedText(
                    "put iwlua-worker beside iwlua, or run with --in-process",
                    "iwlua-worker를 iwlua 옆에 두거나 --in-process로 실행하세요"), fault: .machine)
        }
    }

    private static func locale(_ environment: [String: String]) -> Finding {
        let value = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let isUTF8 = value.lowercased().replacing("-", with: "").contains("utf8")
        guard isUTF8 else {
            let shown = value.isEmpty ? "not set" : value
            return Finding(
                .locale, .doubtful,
                LocalizedText(
                    "the locale is \(shown): iwlua writes UTF-8 all the same, but the terminal may not show Korean",
                    "로캘이 \(shown)입니다. iwlua는 UTF-8로 출력하지만 터미널에서 한글이 깨질 수 있습니다"),
                advice: LocalizedText("export LANG=C.UTF-8, or ko_KR.UTF-8", "LANG=ko_KR.UTF-8 을 설정하세요"),
                fault: .machine)
        }
        return Finding(.locale, .good, LocalizedText("\(value)", "\(value)"))
    }

    private static func store(_ settings: Settings) -> Finding {
        let folder = StateFolder.path(settings.environment)
        do {
            try StateFolder.prepare(folder)
            return Finding(
                .store, .good, LocalizedText("\(folder) is writable", "\(folder)에 쓸 수 있습니다"))
        } catch {
            return Finding(
                .store, .bad, error.file?.message ?? LocalizedText("\(error)", "\(error)"),
                advice: error.file?.advice
                    ?? LocalizedText(
                        "set IWLUA_STATE to a folder that you can write", "IWLUA_STATE를 쓸 수 있는 폴더로 설정하세요"),
                fault: .machine)
        }
    }
}
