import Clocks
import IwinvCatalog
import IwinvWire

/// What to do about an error, in both languages.
enum Advice {
    /// A change whose reply was lost.
    static let lookFirst = LocalizedText(
        "look whether the change was made before you repeat it", "다시 시도하기 전에 변경이 적용되었는지 확인하세요")

    /// A machine without libcurl.
    static let installTheLibrary = LocalizedText(
        "install it (Debian's and Ubuntu's package: libcurl4) and try again",
        "libcurl을 설치한 뒤 다시 시도하세요(데비안·우분투 패키지: libcurl4)")

    /// - Parameter skew: How far this machine's clock is ahead of the cloud's, if its reply had a date.
    static func text(for error: CloudError, skew: Duration?) -> LocalizedText? {
        if error.isBusy {
            return LocalizedText(
                "it exists, but another operation is under way: wait until that ends, then try again",
                "대상은 있으나 다른 작업이 진행 중입니다. 끝난 뒤 다시 시도하세요")
        }
        switch error.status {
        case 401: return unauthorised(error, skew: skew)
        case 429:
            return LocalizedText(
                "the access key has used up its 60 requests a minute, perhaps elsewhere too: wait a minute",
                "액세스 키의 분당 60회 한도를 다 썼습니다(다른 곳에서도 사용 중일 수 있음). 1분 기다리세요")
        case 403 where error.errorCode == .checkIP:
            return LocalizedText(
                "refused, possibly the address: see whether the web console lists this machine's address for the key",
                "거부되었습니다. IP 주소 때문일 수 있습니다. 웹 콘솔에서 키의 허용 IP를 확인하세요")
        case .some(let status) where status >= 500 && error.outcome == .unknown:
            return lookFirst
        default:
            return error.errorCode?.entry?.meaning
        }
    }

    private static func unauthorised(_ error: CloudError, skew: Duration?) -> LocalizedText {
        // CONTRACT 1.4: five minutes either way.
        if let skew, abs(skew.components.seconds) > 300 {
            let minutes = (abs(skew.components.seconds) + 30) / 60
            return skew < .zero
                ? LocalizedText(
                    "this machine's clock is \(minutes) min behind: set it right",
                    "이 컴퓨터의 시계가 \(minutes)분 느립니다. 시계를 맞추세요")
                : LocalizedText(
                    "this machine's clock is \(minutes) min ahead: set it right",
                    "이 컴퓨터의 시계가 \(minutes)분 빠릅니다. 시계를 맞추세요")
        }
        if error.errorCode == .checkCredential {
            return LocalizedText("check the access key", "액세스 키를 확인하세요")
        }
        return skew == nil
            ? LocalizedText("check the secret key and this machine's clock", "시크릿 키와 이 컴퓨터의 시계를 확인하세요")
            : LocalizedText("check the secret key", "시크릿 키를 확인하세요")
    }
}
