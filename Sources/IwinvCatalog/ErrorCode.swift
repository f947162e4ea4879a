/// An `error_code` of the cloud (CONTRACT 2.1).
public struct ErrorCode: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// `NOT_FOUND`
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public var description: String { rawValue }

    /// The entry of the published list; nil for a code that it does not have.
    public var entry: ErrorEntry? {
        ErrorEntry.all.first { $0.name == rawValue }
    }
}

extension ErrorCode {
    public static let success = ErrorCode(rawValue: "SUCCESS")
    public static let notFound = ErrorCode(rawValue: "NOT_FOUND")
    public static let cidrNotValid = ErrorCode(rawValue: "CIDR_NOT_VALID")
    public static let ipv6NotSupported = ErrorCode(rawValue: "IPV6_NOT_SUPPORTED")
    public static let checkCredential = ErrorCode(rawValue: "CHECK_CREDENTIAL")
    public static let checkSignature = ErrorCode(rawValue: "CHECK_SIGNATURE")
    public static let invalidSignature = ErrorCode(rawValue: "INVALID_SIGNATURE")
    public static let checkIP = ErrorCode(rawValue: "CHECK_IP")
    public static let requiredQueryMissing = ErrorCode(rawValue: "REQUIRED_GET_PARAM_MISSING")
    public static let requiredBodyMissing = ErrorCode(rawValue: "REQUIRED_POST_PARAM_MISSING")
    public static let backendRefused = ErrorCode(rawValue: "DEV_CHECK_RETURN")
    public static let unavailableFlavor = ErrorCode(rawValue: "UNAVAILABLE_FLAVOR")
    public static let checkParameter = ErrorCode(rawValue: "CHECK_PARAM")
    public static let checkParameterEnum = ErrorCode(rawValue: "CHECK_PARAM_ENUM")
    public static let unavailableCombination = ErrorCode(rawValue: "UNAVAILABLE_COMBINATION")
    public static let checkLength = ErrorCode(rawValue: "CHECK_LENGTH")
    public static let unavailableSSHKey = ErrorCode(rawValue: "UNAVAILABLE_SSH_KEY")
    public static let deletedOrWorkingInstance = ErrorCode(rawValue: "DELETED_OR_WORKING_INSTANCE")
    public static let emptySet = ErrorCode(rawValue: "EMPTY_SET")
    public static let inUse = ErrorCode(rawValue: "IN_USE")
    public static let invalidIdentifier = ErrorCode(rawValue: "ID_INVALID")
    public static let limitExceeded = ErrorCode(rawValue: "LIMIT_EXCEEDED")
}

/// One line of the published error list: number, name, and what it means to the person who reads it.
public struct ErrorEntry: Sendable {
    /// 0…24; the wire writes it as `0x…`.
    public var number: Int
    public var name: String
    /// The HTTP status it came with live, or is assumed to come with.
    public var status: Int
    public var meaning: LocalizedText

    /// The number as the wire writes it: lower-case hexadecimal without padding, but `0x00` for success.
    public var wireCode: String {
        number == 0 ? "0x00" : "0x" + String(number, radix: 16)
    }

    private init(_ number: Int, _ name: String, _ status: Int, _ english: String, _ korean: String) {
        self.number = number
        self.name = name
        self.status = status
        self.meaning = LocalizedText(english, korean)
    }

    /// CONTRACT 2.1, in its order. The meanings are this project's reading of the names and of the live situations.
    public static let all: [ErrorEntry] = [
        .init(0, "SUCCESS", 200, "success", "성공"),
        .init(
            1, "NOT_FOUND", 404, "no such resource, or it is busy with another operation",
            "대상이 없거나 다른 작업이 진행 중입니다"),
        .init(2, "CIDR_NOT_VALID", 400, "the address or range is malformed", "IP 주소 또는 대역의 형식이 잘못되었습니다"),
        .init(
            3, "CIDR_NOT_REGISTERED", 403, "the range is not registered for this account or key",
            "계정 또는 키에 등록되지 않은 대역입니다"),
        .init(4, "IPV6_NOT_SUPPORTED", 400, "IPv6 addresses are not supported", "IPv6 주소는 지원되지 않습니다"),
        .init(
            5, "CHECK_REQUEST_IP", 403, "the cloud could not accept the caller's address",
            "요청한 IP 주소를 확인할 수 없습니다"),
        .init(6, "CHECK_CREDENTIAL", 401, "the access key is missing or unknown", "액세스 키가 없거나 알 수 없는 키입니다"),
        .init(7, "CHECK_SIGNATURE", 401, "the signature is missing or malformed", "서명이 없거나 형식이 잘못되었습니다"),
        .init(
            8, "INVALID_SIGNATURE", 401,
            "the signature does not match: wrong secret key, or this machine's clock is off by more than 5 minutes",
            "서명이 일치하지 않습니다: 시크릿 키가 틀렸거나 이 컴퓨터의 시계가 5분 넘게 어긋나 있습니다"),
        .init(
            9, "CHECK_IP", 403,
            "refused, possibly because this machine's address is not on the key's allow-list (the same answer also comes "
                + "for other, temporary refusals)",
            "거부되었습니다. 이 컴퓨터의 IP가 키의 허용 목록에 없을 수 있습니다(다른 일시적 거부에도 같은 응답이 옵니다)"),
        .init(10, "REQUIRED_GET_PARAM_MISSING", 400, "a required query parameter is missing", "필수 조회 항목이 없습니다"),
        .init(11, "REQUIRED_POST_PARAM_MISSING", 400, "a required field is missing", "필수 입력 항목이 없습니다"),
        .init(
            12, "DEV_CHECK_RETURN", 500,
            "the cloud's backend refused the request for good (for creation: the zone is restricted for this account)",
            "클라우드 내부에서 요청을 거부했습니다(생성의 경우: 이 계정에 제한된 존). 다시 시도해도 같습니다"),
        .init(13, "UNAVAILABLE_FLAVOR", 400, "the flavor is out of stock or not offered", "사용할 수 없는 사양입니다"),
        .init(14, "CHECK_PARAM", 400, "a parameter has a bad value", "입력값이 올바르지 않습니다"),
        .init(15, "CHECK_PARAM_ENUM", 400, "a parameter is outside its allowed set", "허용된 값이 아닙니다"),
        .init(
            16, "UNAVAILABLE_COMBINATION", 400, "zone, flavor and image do not go together",
            "존, 사양, 이미지의 조합을 사용할 수 없습니다"),
        .init(17, "CHECK_LENGTH", 400, "a text is too short or too long", "글자 수가 너무 적거나 많습니다"),
        .init(18, "UNAVAILABLE_SSH_KEY", 400, "the SSH key is unknown or unusable", "사용할 수 없는 SSH 키입니다"),
        .init(
            19, "DELETED_OR_WORKING_INSTANCE", 400, "the server is deleted, or busy with another job",
            "삭제되었거나 작업 중인 서버입니다"),
        .init(20, "EMPTY_SET", 400, "there is no data for this request", "조건에 맞는 데이터가 없습니다"),
        .init(21, "IN_USE", 400, "the resource is in use", "사용 중인 자원입니다"),
        .init(22, "ID_INVALID", 400, "there is no such identifier", "존재하지 않는 ID입니다"),
        .init(23, "LIMIT_EXCEEDED", 400, "a quota or limit is exceeded", "한도를 초과했습니다"),
        .init(
            24, "CHECK_CONSOLE", 403, "this must be done or checked in the web console", "웹 콘솔에서 확인해야 합니다"),
    ]
}
