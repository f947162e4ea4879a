import Clocks
import IwinvCatalog
import IwinvModel

extension FaultKind {
    /// What comes in place of the cloud's answer, without an effect; nil if the cloud is asked.
    func replacement(at date: Instant) -> Reply? {
        switch self {
        case .refuse(let code): Reply(Refusal(code), at: date)
        case .html502: .badGateway(at: date)
        case .tooManyRequests(let wait): .tooManyRequests(retryAfter: wait, at: date)
        case .busy: .busy(at: date)
        case .checkIP: Reply(.addressRefused, at: date)
        case .latePage: Reply(Refusal(.backendRefused), at: date)
        case .lostReply, .reset, .delay, .truncated, .lost502, .clockSkew: nil
        }
    }

    /// What becomes of the cloud's answer on its way.
    func spoiling(_ reply: Reply) -> Reply {
        var reply = reply
        switch self {
        case .lostReply: reply.delivery = .nothing
        case .delay(let time): reply.delivery = .late(time)
        case .truncated: reply.delivery = .cutShort
        case .lost502: return .badGateway(at: reply.date)
        case .refuse, .reset, .html502, .tooManyRequests, .busy, .checkIP, .latePage, .clockSkew: break
        }
        return reply
    }
}

extension Refusal {
    /// `CHECK_IP` as it was seen live, with the number 9 inside: for an address that is not allowed, and for reasons that
    /// have nothing to do with it (CONTRACT 1.6, 2.2; the body is examples/error_check_ip.json).
    static let addressRefused = Refusal.nested(.checkIP, text: "")
}
