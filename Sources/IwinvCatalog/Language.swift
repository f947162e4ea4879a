/// A language of messages and help.
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case korean = "ko"
}

/// The same sentence in every ``Language``.
public struct LocalizedText: Sendable, Hashable {
    public var english: String
    public var korean: String

    public init(_ english: String, _ korean: String) {
        self.english = english
        self.korean = korean
    }

    public func callAsFunction(_ language: Language) -> String {
        switch language {
        case .english: english
        case .korean: korean
        }
    }
}
