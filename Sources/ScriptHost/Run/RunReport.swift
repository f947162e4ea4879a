public import Gate
public import IwinvCatalog

/// How a run ended and what it did.
public struct RunReport: Sendable {
    /// How it ended (DESIGN 6).
    public enum Ending: String, Sendable {
        case done
        /// An error of the script's own.
        case failed
        /// Something was not granted, or was over a limit of changes.
        case denied
        /// The cloud refused, or could not be reached.
        case refused
        /// At least one change has an unknown outcome.
        case unknown
        case killed
        /// This machine could not keep what must be kept: a full disk, a state folder that cannot be used.
        case unavailable
        case interrupted
    }

    /// Which limit ended it.
    public enum Limit: String, Sendable {
        case cpu, memory, time, output, calls
    }

    /// The run's name in journals and messages; nil if it did not begin.
    public var id: String?
    public var ended: Ending
    public var limit: Limit?
    public var failure: RunFailure?
    /// What the script returned.
    public var result: JSONValue
    public var changes: [Change]

    /// What is told of an evaluation of a session that has failed.
    public static func failed(_ failure: RunFailure, changes: [Change]) -> RunReport {
        RunReport(id: nil, ended: .failed, limit: nil, failure: failure, result: .null, changes: changes)
    }

    /// The report of a run that was denied before it began.
    public static func denied(_ message: LocalizedText, advice: LocalizedText) -> RunReport {
        RunReport(
            id: nil, ended: .denied, limit: nil,
            failure: RunFailure(kind: "denied", message: message.english, korean: message.korean, advice: advice),
            result: .null, changes: [])
    }

    /// The report of a run whose plan had no yes.
    public static var unconfirmedPlan: RunReport {
        .denied(
            LocalizedText("the plan was not confirmed", "계획이 승인되지 않았습니다"),
            advice: LocalizedText("nothing was changed", "변경된 것이 없습니다"))
    }

    /// The report of a run that somebody ended at a question, before it began.
    public static var interruptedPlan: RunReport {
        RunReport(
            id: nil, ended: .interrupted, limit: nil, failure: .interrupted, result: .null, changes: [])
    }

    /// The report of a run that did not begin, since the cloud did not answer what had to be known first.
    public static func refused(_ error: CloudError) -> RunReport {
        RunReport(
            id: nil, ended: .refused, limit: nil,
            failure: RunFailure(
                kind: error.kind.rawValue, message: error.description, korean: error.koreanDescription,
                operation: error.operation,
                status: error.status, code: error.code, errorCode: error.errorCode, advice: error.advice),
            result: .null, changes: [])
    }

    /// The report of a run that did not begin, since there was nothing to do.
    public static func nothingToDo(_ result: JSONValue) -> RunReport {
        RunReport(id: nil, ended: .done, limit: nil, failure: nil, result: result, changes: [])
    }

    /// The exit code of a process that ends as the run did (DESIGN 6).
    public var exitCode: Int32 {
        (ended == .failed && failure?.kind == "syntax" ? .usage : ended.status).code
    }

    /// The document that `iwlua run --output json` prints.
    public var json: JSONValue {
        [
            "run": id.map(JSONValue.string) ?? .null, "ended": .string(ended.rawValue),
            "limit": limit.map { .string($0.rawValue) } ?? .null, "error": failure?.json ?? .null, "result": result,
            "changes": .array(changes.map(\.json)),
        ]
    }
}

/// The error that ended a run.
public struct RunFailure: Sendable, Hashable {
    /// `api`, `network`, `denied`, `invalid`, `limit`, `machine`, `cancelled`, or `script`, `syntax`, `failed`.
    public var kind: String
    public var message: String
    /// The message in Korean, where the words are this project's.
    public var korean: String?
    public var operation: OperationName?
    public var status: Int?
    public var code: String?
    public var errorCode: ErrorCode?
    public var outcome: Outcome?
    public var isRetryable: Bool?
    public var advice: LocalizedText?
    /// The script's file, or that of a module.
    public var chunk: String?
    public var line: Int?
    /// The chain of calls in the script, innermost first: "web.lua:12 in rename".
    public var traceback: [String] = []

    /// That of what a person has ended.
    static let interrupted = RunFailure(kind: "cancelled", message: "interrupted", korean: "중단되었습니다")

    mutating func say(_ english: String, _ korean: String) { (message, self.korean) = (english, korean) }

    /// The message in a language, where there is one in it.
    public func message(in language: Language) -> String { language == .korean ? korean ?? message : message }

    /// The lines of the tool's own scripts tell nobody anything.
    mutating func forgetPlace() { (chunk, line, traceback) = (nil, nil, []) }

    public var json: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind), "message": .string(message)]
        members["operation"] = operation.map { .string("\($0)") }
        members["status"] = status.map { .integer(Int64($0)) }
        members["code"] = code.map(JSONValue.string)
        members["error_code"] = errorCode.map { .string($0.rawValue) }
        members["outcome"] = outcome.map { .string($0.rawValue) }
        members["retryable"] = isRetryable.map(JSONValue.boolean)
        members["chunk"] = chunk.map(JSONValue.string)
        members["line"] = line.map { .integer(Int64($0)) }
        members["advice"] = advice.map { .string($0.english) }
        if !traceback.isEmpty { members["traceback"] = .array(traceback.map(JSONValue.string)) }
        return .object(members)
    }
}

extension LocalizedText {
    /// A script asks for what nobody has granted.
    public static func missingGrants(_ grants: [String], of script: String) -> LocalizedText {
        let list = grants.joined(separator: ", ")
        return LocalizedText(
            "\(script) needs what this run was not given: \(list)", "\(script)에 필요한 권한이 이 실행에 없습니다: \(list)")
    }
}
