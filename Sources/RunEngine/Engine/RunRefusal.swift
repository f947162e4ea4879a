import Gate
public import IwinvCatalog

/// Why something does not begin, or does not go on: what a person has to know, and what to do next.
public struct RunRefusal: Error, CustomStringConvertible {
    /// What kind of obstacle it is, for exit codes.
    public enum Kind: Sendable, Hashable {
        /// The command does not fit the run.
        case usage
        /// It would be done a second time, or nobody agreed.
        case denied
    }

    public let kind: Kind
    public let message: LocalizedText
    public let advice: LocalizedText?

    public var description: String { message.english }

    init(_ kind: Kind, _ message: LocalizedText, advice: LocalizedText? = nil) {
        (self.kind, self.message, self.advice) = (kind, message, advice)
    }

    static func hasEndedWell(_ run: String) -> RunRefusal {
        RunRefusal(
            .usage,
            LocalizedText(
                "\(run) has ended well: there is nothing to go on with", "\(run)은(는) 정상 종료되었습니다. 이어서 실행할 것이 없습니다"))
    }

    static func noConsent(_ run: String) -> RunRefusal {
        RunRefusal(
            .denied,
            LocalizedText(
                "it ended since nobody agreed to its changes; `iwlua resume \(run)` asks",
                "변경이 승인되지 않아 끝났습니다. `iwlua resume \(run)`로 다시 물을 수 있습니다"))
    }

    static func otherAccount(_ run: String, profile: String) -> RunRefusal {
        RunRefusal(
            .usage,
            LocalizedText(
                "\(run) was made for another account (profile \(profile)); name it with --profile",
                "\(run)은(는) 다른 계정(프로필 \(profile))의 실행입니다. --profile로 지정하세요"))
    }

    static func isUnderWay(_ run: String) -> RunRefusal {
        RunRefusal(
            .denied,
            LocalizedText(
                "run \(run) is under way: it would go on making what is taken back",
                "실행 \(run)이(가) 진행 중입니다. 되돌려도 계속 변경합니다"),
            advice: LocalizedText(
                "stop it first with `iwlua stop \(run)`, or wait for its end",
                "먼저 `iwlua stop \(run)`로 중지하거나 끝날 때까지 기다리세요"))
    }

    static func mayGoOn(_ run: String) -> RunRefusal {
        RunRefusal(
            .denied,
            LocalizedText(
                "run \(run) was interrupted and is not over", "실행 \(run)이(가) 중단되어 아직 끝나지 않았습니다"),
            advice: LocalizedText(
                "let it go on with `iwlua resume \(run)`, or take back what there is with --partial",
                "`iwlua resume \(run)`로 이어서 실행하거나, --partial로 지금까지의 변경만 되돌리세요"))
    }

    static func takenBackBy(_ undo: String, _ run: String) -> RunRefusal {
        RunRefusal(
            .denied,
            LocalizedText(
                "run \(undo) takes back what \(run) has changed, or has done so",
                "실행 \(undo)이(가) \(run)의 변경을 되돌렸거나 되돌리는 중입니다"),
            advice: LocalizedText(
                "look at it with `iwlua runs show \(undo)`; to make the changes again, run the script",
                "`iwlua runs show \(undo)`로 확인하세요. 다시 변경하려면 스크립트를 실행하세요"))
    }

    static func carriedOutBy(_ run: String, _ plan: Plan) -> RunRefusal {
        RunRefusal(
            .denied,
            LocalizedText(
                "run \(run) has carried this plan out meanwhile", "그 사이 실행 \(run)이(가) 이 계획을 적용했습니다"),
            advice: LocalizedText(
                "look at it with `iwlua runs show \(run)`", "`iwlua runs show \(run)`로 확인하세요"))
    }
}
