package import IwinvCatalog
import IwinvWire

extension TransportProblem {
    /// What happened, with the name of the host that was meant.
    package func text(of host: String) -> LocalizedText {
        switch kind {
        case .connectionRefused: LocalizedText("\(host) refuses connections", "\(host)이(가) 연결을 거부합니다")
        case .hostNotFound:
            LocalizedText("the name \(host) cannot be resolved", "\(host)의 이름을 찾을 수 없습니다")
        case .unreachable: LocalizedText("\(host) cannot be reached", "\(host)에 연결할 수 없습니다")
        case .connectTimeout:
            LocalizedText("no connection to \(host) in time", "\(host)에 제때 연결하지 못했습니다")
        case .timeout: LocalizedText("\(host) did not answer in time", "\(host)이(가) 제때 응답하지 않았습니다")
        case .connectionLost, .replyCutShort:
            LocalizedText(
                "the connection to \(host) was lost before the reply was complete",
                "응답이 끝나기 전에 \(host)과(와)의 연결이 끊겼습니다")
        case .tls(let failure):
            LocalizedText("no secure connection to \(host): ", "\(host)과(와) 보안 연결을 할 수 없습니다: ") + failure.text
        case .proxy(let failure, let proxy): failure.text(proxy, to: host)
        case .proxyAddress(let problem): problem.message
        case .trustRoots(let problem): problem.message
        case .replyTooLarge(let limit):
            LocalizedText(
                "refused: the reply of \(host) is larger than \(Self.size(limit))",
                "\(host)의 응답이 \(Self.size(limit))보다 커서 받지 않았습니다")
        case .encodedReply:
            LocalizedText(
                "\(host) sent a compressed reply although none was asked for, and it cannot be decompressed",
                "\(host)이(가) 요청하지 않은 압축 응답을 보냈고, 압축을 풀 수 없습니다")
        case .notHTTP:
            LocalizedText(
                "\(host) answered by another protocol than HTTP/1.1",
                "\(host)이(가) HTTP/1.1이 아닌 프로토콜로 응답했습니다")
        case .cancelled: LocalizedText("cancelled while waiting for \(host)", "\(host)을(를) 기다리던 중 취소되었습니다")
        case .libraryMissing:
            LocalizedText(
                "this machine has no libcurl 7.80 or newer, which requests are sent with",
                "이 컴퓨터에 요청을 보내는 데 필요한 libcurl 7.80 이상이 없습니다")
        case .other(let words):
            LocalizedText(
                "the exchange with \(host) failed (\(CloudText.cleaned(words, limit: 80)))",
                "\(host)과(와)의 통신에 실패했습니다(\(CloudText.cleaned(words, limit: 80)))")
        }
    }

    /// What to do about it; nil where the text says all.
    package var advice: LocalizedText? {
        switch kind {
        case .tls(let failure): failure.advice
        case .proxy(let failure, _): failure.advice
        case .trustRoots:
            LocalizedText(
                "check the file: `ca_file` of the profile, IWLUA_CA_FILE or SSL_CERT_FILE names it",
                "프로필의 `ca_file`, IWLUA_CA_FILE 또는 SSL_CERT_FILE이 가리키는 파일을 확인하세요")
        case .libraryMissing: Advice.installTheLibrary
        default: nil
        }
    }

    /// Whether a second try may succeed.
    var isPassing: Bool {
        switch kind {
        case .connectionRefused, .hostNotFound, .unreachable, .connectTimeout, .timeout, .connectionLost,
            .replyCutShort,
            .other:
            true
        case .proxy(let failure, _): failure.isPassing
        case .tls(.ended): true
        case .tls, .proxyAddress, .trustRoots, .replyTooLarge, .encodedReply, .notHTTP, .cancelled, .libraryMissing:
            false
        }
    }

    private static func size(_ bytes: Int) -> String {
        bytes % (1 << 20) == 0 ? "\(bytes >> 20) MiB" : "\(bytes) bytes"
    }
}
