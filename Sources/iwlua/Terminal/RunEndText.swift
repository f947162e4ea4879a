import Gate
import IwinvCatalog
import ScriptHost

/// The last line of a run: its name, what it did, and the command that comes next.
struct RunEndText {
    var report: RunReport
    /// How many changes it was to make, if that is known.
    var planned: Int?
    var terminal: Terminal

    var text: TerminalText {
        guard let run = report.id else { return "" }
        return switch report.ended {
        case .done: done(run)
        case .interrupted:
            terminal.say(
                "run \(run) interrupted: \(progress) done; iwlua resume \(run) goes on\n",
                "실행 \(run) 중단: \(progress) 완료. iwlua resume \(run)로 이어서 실행합니다\n")
        case .failed, .killed, .refused, .unavailable:
            terminal.say(
                "run \(run) ended early: \(progress) done; iwlua resume \(run) goes on\n",
                "실행 \(run) 실패: \(progress) 완료. iwlua resume \(run)로 이어서 실행합니다\n")
        case .unknown:
            terminal.say(
                "run \(run): \(unknown) with an unknown outcome; iwlua resume \(run) looks and goes on\n",
                "실행 \(run): 결과를 알 수 없는 변경 \(unknownCount)건. iwlua resume \(run)로 확인하고 이어서 실행합니다\n")
        case .denied:
            terminal.say(
                "run \(run) denied: \(progress) done; iwlua runs show \(run) says how to go on\n",
                "실행 \(run) 거부: \(progress) 완료. iwlua runs show \(run)로 다음 단계를 확인하세요\n")
        }
    }

    private func done(_ run: String) -> TerminalText {
        guard made > 0 else {
            return terminal.say(
                "run \(run): no changes; iwlua runs show \(run) lists its calls\n",
                "실행 \(run): 변경 없음. iwlua runs show \(run)로 호출을 볼 수 있습니다\n")
        }
        let reversible = report.changes.count { Change.isTakenBack($0.operation, $0.outcome) }
        switch reversible {
        case 0:
            return terminal.say(
                "run \(run): \(Self.changes(made)); iwlua runs show \(run) lists them\n",
                "실행 \(run): 변경 \(made)건. iwlua runs show \(run)로 볼 수 있습니다\n")
        case made:
            return terminal.say(
                "run \(run): \(Self.changes(made)); iwlua undo \(run) takes \(made == 1 ? "it" : "them") back\n",
                "실행 \(run): 변경 \(made)건. iwlua undo \(run)로 되돌릴 수 있습니다\n")
        default:
            return terminal.say(
                "run \(run): \(Self.changes(made)); iwlua undo \(run) takes \(reversible) of them back\n",
                "실행 \(run): 변경 \(made)건. iwlua undo \(run)로 그중 \(reversible)건을 되돌릴 수 있습니다\n")
        }
    }

    private var made: Int {
        report.changes.count { [.accepted, .observed, .confirmed].contains($0.outcome) }
    }

    private var unknownCount: Int { report.changes.count { $0.outcome == .unknown } }

    private var unknown: String { Self.changes(unknownCount) }

    /// `10 of 150`, or `10 changes`.
    private var progress: String {
        if let planned, planned >= made {
            return terminal.say("\(made) of \(planned)", "\(planned)건 중 \(made)건")
        }
        return terminal.say(Self.changes(made), "변경 \(made)건")
    }

    private static func changes(_ count: Int) -> String { count == 1 ? "1 change" : "\(count) changes" }
}
