import IwinvCatalog
import LuaRuntime

extension LuaError {
    /// A cloud's error as scripts see it: a table whose fields are those of DESIGN 4, and whose text is the message.
    init(cloud error: CloudError) {
        var value: [String: LuaValue] = [
            "kind": .string(error.kind.rawValue), "message": .string(error.description),
            "outcome": .string(error.outcome.rawValue), "retryable": .boolean(error.isRetryable),
        ]
        value["message_ko"] = error.koreanDescription.map(LuaValue.string)
        value["operation"] = error.operation.map { .string("\($0)") }
        value["status"] = error.status.map { .integer(Int64($0)) }
        value["code"] = error.code.map(LuaValue.string)
        value["error_code"] = error.errorCode.map { .string($0.rawValue) }
        if let advice = error.advice {
            value["advice"] = ["en": .string(advice.english), "ko": .string(advice.korean)]
        }
        self.init(.host, error.description, value: .object(value))
    }
}

extension RunFailure {
    /// The error that a script did not catch.
    init(_ error: LuaError) {
        let value = error.value
        self.init(
            kind: error.code == .host
                ? value?["kind"]?.stringValue ?? "script" : error.code == .syntax ? "syntax" : "script",
            message: value?["message"]?.stringValue ?? error.message,
            korean: value?["message_ko"]?.stringValue,
            operation: (value?["operation"]?.stringValue).map { OperationName(stringLiteral: $0) },
            status: (value?["status"]?.integerValue).map { Int(clamping: $0) }, code: value?["code"]?.stringValue,
            errorCode: (value?["error_code"]?.stringValue).map { ErrorCode(rawValue: $0) },
            outcome: value?["outcome"]?.stringValue.flatMap(Outcome.init),
            isRetryable: value?["retryable"]?.booleanValue,
            advice: value?["advice"].flatMap { advice in
                guard let english = advice["en"]?.stringValue, let korean = advice["ko"]?.stringValue else {
                    return nil
                }
                return LocalizedText(english, korean)
            }, chunk: error.position?.chunk, line: error.position?.line,
            traceback: error.traceback.map { frame in
                "\(frame.position) in \(frame.function)"
            })
    }
}
