import IwinvCatalog
import IwinvClient
import ScriptHost

extension Examination {
    /// How requests reach the cloud: the proxy, and whose certificates are trusted.
    static func way(_ configuration: ClientConfiguration) -> [Finding] {
        [proxy(configuration), trust(configuration)]
    }

    private static func proxy(_ configuration: ClientConfiguration) -> Finding {
        let endpoint = configuration.endpoint
        do {
            switch try configuration.proxy.route(to: endpoint) {
            case .proxy(let proxy, let variable):
                return Finding(
                    .proxy, .good,
                    LocalizedText(
                        "requests go through the proxy \(proxy.authority) (\(variable))",
                        "프록시 \(proxy.authority)을(를) 거쳐 요청합니다(\(variable))"))
            case .direct(let reason): return Finding(.proxy, .good, text(reason, endpoint))
            }
        } catch {
            return Finding(.proxy, .bad, error.message, fault: .usage)
        }
    }

    private static func text(_ reason: ProxyRoute.Reason, _ endpoint: Endpoint) -> LocalizedText {
        switch reason {
        case .noneNamed:
            LocalizedText(
                "none: neither HTTPS_PROXY nor ALL_PROXY is set", "없음: HTTPS_PROXY와 ALL_PROXY가 설정되어 있지 않습니다")
        case .isForPlainHTTP(let variable):
            LocalizedText(
                "\(variable) is set and not used: requests go by https, for which HTTPS_PROXY or ALL_PROXY counts",
                "\(variable)은(는) 사용하지 않습니다. 요청은 https로 보내며 HTTPS_PROXY 또는 ALL_PROXY를 따릅니다")
        case .isThisMachine(let variable):
            LocalizedText(
                "\(variable) is set and not used: the endpoint is on this machine",
                "\(variable)은(는) 사용하지 않습니다. 엔드포인트가 이 컴퓨터에 있습니다")
        case .isExcepted(let variable, let exceptions, let entry):
            LocalizedText(
                "\(variable) is set and not used: \(exceptions) covers \(endpoint.host) (`\(entry)`)",
                "\(variable)은(는) 사용하지 않습니다. \(exceptions)의 `\(entry)`에 \(endpoint.host)이(가) 해당합니다")
        }
    }

    private static func trust(_ configuration: ClientConfiguration) -> Finding {
        let system =
            TrustRoots.systemPath.map { LocalizedText($0, $0) }
            ?? LocalizedText("the system's authorities", "시스템의 인증 기관")
        guard let path = configuration.additionalTrustRoots else { return Finding(.trust, .good, system) }
        do {
            let own = try TrustRoots(path: path)
            return Finding(
                .trust, .good,
                system
                    + LocalizedText(
                        ", and \(own.count) \(own.count == 1 ? "certificate" : "certificates") of \(path)",
                        ", \(path)의 인증서 \(own.count)개"))
        } catch {
            return Finding(.trust, .bad, error.message, fault: .machine)
        }
    }
}
