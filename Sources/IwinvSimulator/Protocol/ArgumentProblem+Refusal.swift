import IwinvCatalog
import IwinvModel

extension Refusal {
    /// What the cloud says to bad parameters (CONTRACT 2.1, U9).
    init(_ problem: ArgumentProblem, of operation: CloudOperation) {
        // A field of a record is no parameter of its own; records stand in the body.
        let place = operation.parameter(problem.name)?.place ?? .body
        let code: ErrorCode =
            switch (problem.reason, place) {
            case (.missing, .query): .requiredQueryMissing
            case (.missing, _): .requiredBodyMissing
            case (.identifier, .path): .invalidIdentifier
            case (.length, _): .checkLength
            case (.choice, _): .checkParameterEnum
            case (.addressRange(_, .isVersion6), _): .ipv6NotSupported
            default: .checkParameter
            }
        self.init(code)
    }
}
