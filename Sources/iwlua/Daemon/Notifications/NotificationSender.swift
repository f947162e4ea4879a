import CSpawn
import Clocks
import Foundation
import Glibc
import IwinvCatalog
import IwinvClient
import IwinvWire
import Scheduler

/// Sends one message to one receiver, once. What it says of a failure names neither an address nor a secret.
struct NotificationSender: Sendable {
    let transport: any CloudTransport
    let environment: [String: String]
    let language: Language
    /// Where commands write what they have to complain of; nil for nowhere.
    var errors: Int32?

    /// Connections for a few receivers; whoever has made it shuts it down.
    static func makeTransport() -> CurlTransport {
        CurlTransport(connectTimeout: webhookLimit, connections: 4)
    }

    private static let webhookLimit = Duration.seconds(10)
    private static let commandLimit = Duration.seconds(30)

    func send(_ message: NoticeMessage, to target: NotifyTarget) async -> DeliveryOutcome {
        switch target.kind {
        case .slack: await post(.slack, message, target)
        case .discord: await post(.discord, message, target)
        case .json: await post(.json, message, target)
        case .command: await run(message, target)
        }
    }

    // MARK: - Webhooks

    private func post(_ shape: WebhookShape, _ message: NoticeMessage, _ target: NotifyTarget) async -> DeliveryOutcome
    {
        let environment = environment
        let place: Result<(WebhookAddress, String?), any Error> = await Self.blocking {
            Result { (try target.address(environment), try target.key(environment)) }
        }
        do {
            let (address, key) = try place.get()
            let body = JSONCodec.encode(shape.body(message, language))
            let reply = try await transport.send(
                WireRequest(method: .post, path: address.target, contentType: "application/json", body: body),
                headers: Self.headers(message, body, key), to: address.endpoint,
                limits: TransportLimits(timeout: Self.webhookLimit, maximumReplyBytes: 1 << 20))
            return DeliveryOutcome(status: reply.status, retryAfter: reply.retryAfter)
        } catch let problem as TransportProblem {
            return .failed(reason: problem.words, wish: nil)
        } catch {
            return .failed(reason: "\(error)", wish: nil)
        }
    }

    /// The signature is HMAC-SHA256 with the receiver's key over the timestamp, a dot and the body, so that one who has
    /// seen a message can neither change it nor send it again later.
    private static func headers(_ message: NoticeMessage, _ body: [UInt8], _ key: String?) -> [(String, String)] {
        var headers = [
            ("User-Agent", "iwlua/\(Iwlua.version)"), ("Idempotency-Key", message.key),
            ("X-Iwlua-Event", message.notice.kind.rawValue),
        ]
        if let key {
            let timestamp = "\(SystemClock().now.seconds)"
            headers.append(("X-Iwlua-Timestamp", timestamp))
            let signature = Signature.hex(of: Array("\(timestamp).".utf8) + body, secretKey: key)
            headers.append(("X-Iwlua-Signature", "sha256=\(signature)"))
        }
        return headers
    }

    // MARK: - Commands

    private func run(_ message: NoticeMessage, _ target: NotifyTarget) async -> DeliveryOutcome {
        let words = target.command ?? []
        let input = JSONCodec.encode(message.document(language)) + [UInt8(ascii: "\n")]
        var kept = environment.filter { ["HOME", "USER", "LOGNAME", "LANG", "TZ"].contains($0.key) }
        kept["PATH"] = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        kept["IWLUA_NOTIFY_KEY"] = message.key
        kept["IWLUA_NOTIFY_EVENT"] = message.notice.kind.rawValue
        let (variables, errors) = (kept.map { "\($0.key)=\($0.value)" }.sorted(), errors ?? -1)
        return await Self.blocking {
            var pid: pid_t = 0
            let problem = CStrings.with(words) { arguments in
                CStrings.with(variables) { variables in
                    spawn_command(words.first ?? "", arguments, variables, input, input.count, errors, &pid)
                }
            }
            guard problem == 0 else {
                return .failed(reason: "it cannot be started: \(String(cString: strerror(problem)))", wish: nil)
            }
            switch spawn_wait_at_most(pid, Self.commandLimit.wholeNanoseconds / 1_000_000) {
            case 0: return .sent
            case Int32(SPAWN_OUT_OF_TIME):
                return .failed(reason: "killed after \(Self.commandLimit.text)", wish: nil)
            case let status where status < 0: return .failed(reason: "ended by signal \(-Int(status))", wish: nil)
            case let status: return .failed(reason: "ended with status \(status)", wish: nil)
            }
        }
    }

    /// On a thread that may wait.
    private static func blocking<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }
}

extension TransportProblem {
    /// For a log.
    fileprivate var words: String {
        switch kind {
        case .connectionRefused: "connection refused"
        case .hostNotFound: "host not found"
        case .unreachable: "unreachable"
        case .connectTimeout: "no connection in time"
        case .tls(let failure): "no secure connection: \(failure.text.english)"
        // It names no receiver.
        case .proxy, .proxyAddress, .trustRoots: text(of: "the receiver").english
        case .encodedReply: "compressed reply"
        case .notHTTP: "no HTTP/1.1"
        case .timeout: "no answer in time"
        case .connectionLost, .replyCutShort: "connection lost"
        case .replyTooLarge: "reply too large"
        case .cancelled: "stopped"
        case .libraryMissing: "libcurl is missing: install libcurl 7.80 or newer (Debian's package: libcurl4)"
        case .other(let name): name
        }
    }
}
