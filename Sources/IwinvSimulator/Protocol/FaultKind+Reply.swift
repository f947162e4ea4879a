import Clocks
import IwinvCatalog
import IwinvModel

extension FaultKind {
    /// What comes in place of the cloud's answer, without an effect; nil if the cloud is asked.
    func replacement(at date: Instant) -> Reply? {
        switch name {
        case .refuse: Reply(Refusal(code ?? .checkParameter), at: date)
        case .html502: .gatewayPage(502, at: date)
        case .html504: .gatewayPage(504, at: date)
        case .tooManyRequests: .tooManyRequests(retryAfter: time, at: date)
        case .busy: .busy(at: date)
        case .checkIP: Reply(.addressRefused, at: date)
        case .latePage: Reply(Refusal(.backendRefused), at: date)
        default: nil
        }
    }

    /// What becomes of the cloud's answer on its way.
    func spoiling(_ reply: Reply) -> Reply {
        var reply = reply
        switch name {
        case .lostReply: reply.delivery = .nothing
        case .delay: reply.delivery = .late(time ?? .zero)
        case .truncated: reply.delivery = .cutShort
        case .lost502: return .gatewayPage(502, at: reply.date)
        case .lost504, .late504: return .gatewayPage(504, at: reply.date)
        case .gzip: reply.isCompressed = true
        case .hugeInteger: reply.writeHugeIntegers()
        case .nullResult: reply.rewrite { $0["result"] = .null }
        case .countWrong:
            reply.rewrite { $0["count"] = .integer(max(0, ($0["count"]?.integerValue ?? 0) + Int64(number ?? 0))) }
        default: break
        }
        return reply
    }
}

extension Refusal {
    /// `CHECK_IP` as it was seen live, with the number 9 inside: for an address that is not allowed, and for reasons that
    /// have nothing to do with it (CONTRACT 1.6, 2.2; the body is examples/error_check_ip.json).
    static let addressRefused = Refusal.nested(.checkIP, text: "")
}
