import Gate
import IwinvCatalog
import IwinvSimulator
import ScriptHost

/// What follows from no list: how a script declares itself, what a run may do, and how it ends.
struct TopicPages {
    let catalog: Catalog
    let language: Language

    private func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }

    var pages: [ReferencePage] { [header, grants, exitCodes, outcomes, failure, faults] }

    private var header: ReferencePage {
        let kinds = ScriptParameter.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return ReferencePage(
            name: "header", kind: .topic, aliases: ["script-header"],
            summary: say(
                "A script says at its top, in comments, what it is, what it takes and what it needs. The header is read "
                    + "without running the script.",
                "스크립트는 맨 위 주석에 이름, 매개변수, 필요한 권한을 선언합니다. 헤더는 스크립트를 실행하지 않고 읽습니다."),
            blocks: [
                .code(Self.example),
                .table(
                    [say("entry", "항목"), say("meaning", "설명")],
                    [
                        ["@name", say("the script's name", "스크립트 이름")],
                        ["@summary", say("what it does, in a line", "한 줄 설명")],
                        [
                            "@param",
                            say(
                                "name, type (\(kinds)), `default` and a value, meaning; without a default it must be given",
                                "이름, 형식(\(kinds)), `default`와 값, 설명. 기본값이 없으면 반드시 주어야 합니다"),
                        ],
                        [
                            "@needs",
                            say("grants that the script asks for; a person gives them", "스크립트가 요청하는 권한. 허용은 사람이 합니다"),
                        ],
                        ["@limit changes", say("the most changes it means to make", "최대 변경 수")],
                        ["@limit time", say("how long it means to take, such as 30m", "최대 실행 시간, 예: 30m")],
                    ]),
            ])
    }

    private static let example = """
        -- ==Script==
        -- @name     weekly-reboot
        -- @summary  Reboot every web server, one at a time
        -- @param    prefix  string    default "web-"   Name prefix of the servers
        -- @param    pause   duration  default "30s"    Pause between servers
        -- @needs    instances:read instances:power
        -- @limit    changes 50
        -- @limit    time 30m
        -- ==/Script==
        """

    private var grants: ReferencePage {
        let rows = catalog.grantResources.flatMap { root in
            Effect.allCases.compactMap { effect -> [String]? in
                let operations = catalog.interface.filter { $0.name.root == root && $0.effect == effect }
                guard !operations.isEmpty else { return nil }
                return ["\(root):\(effect.rawValue)", operations.map { "\($0.name)" }.joined(separator: ", ")]
            }
        }
        return ReferencePage(
            name: "grants", kind: .topic, aliases: ["grant", "permissions"],
            summary: say(
                "What a run may do: `--allow instances:edit`. Reading is granted, secrets never unless asked for.",
                "실행이 할 수 있는 일입니다: `--allow instances:edit`. 읽기는 기본으로 허용되고 비밀은 명시해야 합니다."),
            blocks: [
                .text(
                    say(
                        "With limits: `--allow \"instances:edit max=50 name=web-*|api-*\"`. `*` stands for every resource.",
                        "한도: `--allow \"instances:edit max=50 name=web-*|api-*\"`. `*`는 모든 자원입니다.")),
                .table([say("grant", "권한"), say("allows", "허용되는 작업")], rows),
            ])
    }

    private var exitCodes: ReferencePage {
        ReferencePage(
            name: "exit-codes", kind: .topic, aliases: ["exit", "exit-code"],
            summary: say(
                "How a run ended. Where several apply: 5, then 130, 6, 3, 4, 7, 1, 2.",
                "실행의 종료 코드입니다. 여럿이 해당하면 5, 130, 6, 3, 4, 7, 1, 2 순입니다."),
            blocks: [
                .table(
                    [say("code", "코드"), say("meaning", "뜻")],
                    ExitStatus.all.map { ["\($0.code)", $0.meaning(language)] })
            ])
    }

    private var outcomes: ReferencePage {
        ReferencePage(
            name: "outcomes", kind: .topic, aliases: ["outcome"],
            summary: say("How far a change got.", "변경이 어디까지 갔는지입니다."),
            blocks: [
                .table(
                    [say("outcome", "결과"), say("meaning", "뜻")],
                    Outcome.allCases.map { [$0.rawValue, meaning(of: $0)] })
            ])
    }

    private func meaning(of outcome: Outcome) -> String {
        switch outcome {
        case .notSent: say("it never left this machine", "이 컴퓨터를 떠나지 않음")
        case .refused: say("the cloud said no, or it turned out not to have happened", "클라우드가 거부했거나 일어나지 않은 것으로 확인됨")
        case .accepted: say("the cloud said yes", "클라우드가 받아들임")
        case .observed: say("a read saw it begin", "조회에서 시작이 확인됨")
        case .confirmed: say("a reply or a read shows the wanted state", "응답이나 조회에서 원하는 상태가 확인됨")
        case .unknown: say("cut between sending and reply, and no read can tell", "전송과 응답 사이에 끊겼고 조회로도 알 수 없음")
        }
    }

    private var failure: ReferencePage {
        let type = ScriptLibrary.failure
        return ReferencePage(
            name: "error-values", kind: .topic, aliases: ["error-value"], summary: type.help(language),
            blocks: [
                .code(
                    "local ok, problem = pcall(function() vm:reboot() end)\nif not ok then log.warn(problem.message) end"
                ),
                .table(
                    [say("field", "항목"), say("type", "형식"), say("meaning", "설명")],
                    type.fields.map { [$0.name, $0.type, $0.help?(language) ?? ""] }),
            ])
    }

    private var faults: ReferencePage {
        ReferencePage(
            name: "faults", kind: .topic, aliases: ["fault", "fault-kinds"],
            summary: say(
                "What can go wrong in a simulated cloud: `--fault 'OPERATIONS: [HOW-OFTEN] KIND'`, "
                    + "`cloud.fault { \"instances.edit: once lost-reply\" }` in a test.",
                "모의 클라우드에서 일어날 수 있는 장애입니다. `--fault '작업: [빈도] 종류'`, 테스트에서는 "
                    + "`cloud.fault { \"instances.edit: once lost-reply\" }`로 씁니다."),
            blocks: [
                .text(
                    say(
                        "OPERATIONS is an operation, `instances.*`, `reads`, `changes` or `*`. HOW-OFTEN is `5%`, `once`, "
                            + "`first 3`, `every 7th` or `after 10`; always if not given.",
                        "작업은 작업 이름, `instances.*`, `reads`, `changes`, `*` 중 하나입니다. 빈도는 `5%`, `once`, `first 3`, "
                            + "`every 7th`, `after 10` 중 하나이며 없으면 항상입니다.")),
                .table(
                    [say("kind", "종류"), say("what happens", "일어나는 일")],
                    FaultKind.Name.allCases.map { [$0.example, $0.entry.help(language)] }),
            ])
    }
}
