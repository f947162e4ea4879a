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

    /// What stands behind a sentence about a name that there is not.
    public static func didYouMean(_ nearest: String) -> LocalizedText {
        LocalizedText("; did you mean `\(nearest)`?", ". `\(nearest)`를 뜻하셨나요?")
    }

    public static func + (a: LocalizedText, b: LocalizedText) -> LocalizedText {
        LocalizedText(a.english + b.english, a.korean + b.korean)
    }
}
