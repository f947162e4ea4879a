public import IwinvCatalog
import IwinvWire

extension CloudError {
    /// The object exists, but another operation is under way (CONTRACT 2.2). Never absence.
    public var isBusy: Bool {
        status == 404 && Envelope.saysBusy(message)
    }

    /// Whether this says, by the rule of its operation, that the object does not exist (CONTRACT 2.2).
    ///
    /// It does not say that there is no such thing anywhere: the API sees some zones only.
    public func isAbsence(in catalog: Catalog = .iwinv) -> Bool {
        guard kind == .api, !isBusy, let operation, let rule = catalog[operation]?.absence else { return false }
        switch rule {
        case .invalidIdentifier:
            return status == 400 && errorCode == .invalidIdentifier || status == 404 && errorCode == .notFound
        case .emptyResult: return status.map { (200..<300).contains($0) } ?? false && errorCode == nil
        case .notFound: return status == 404
        case .none: return false
        }
    }
}
