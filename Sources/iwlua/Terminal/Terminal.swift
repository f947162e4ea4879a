import Foundation
import IwinvCatalog
import ScriptHost

/// What the person sees, and whether there is one.
struct Terminal: Sendable {
    enum ColorChoice: String, CaseIterable, Sendable {
        case auto, always, never
    }

    var language: Language
    private let colorsOutput: Bool
    private let colorsErrors: Bool

    init(color: ColorChoice, language: Language, environment: [String: String]) {
        self.language = language
        let plain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        func decide(_ descriptor: Int32) -> Bool {
            switch color {
            case .always: true
            case .never: false
            case .auto: !plain && isatty(descriptor) == 1
            }
        }
        colorsOutput = decide(STDOUT_FILENO)
        colorsErrors = decide(STDERR_FILENO)
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// For standard error.
    func style(_ text: String, _ style: Style) -> String {
        colorsErrors ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Standard error is a terminal, so that a line may be redrawn.
    static var showsProgress: Bool {
        isatty(STDERR_FILENO) == 1
    }

    /// A person sits there: questions may be asked.
    static var isInteractive: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    static func write(_ text: String, to handle: FileHandle) {
        // A reader that went away (`| head`) is no reason to fail.
        try? handle.write(contentsOf: Data(text.utf8))
    }

    /// Results.
    static func out(_ text: String) {
        write(text, to: .standardOutput)
    }

    /// Everything else.
    static func error(_ text: String) {
        write(text, to: .standardError)
    }

    func say(_ english: String, _ korean: String) -> String {
        LocalizedText(english, korean)(language)
    }

    /// Asks on the terminal; anything but a yes is a no.
    func confirm(_ question: String) -> Bool {
        Terminal.error(style(question, .bold) + " [y/N] ")
        guard let answer = readLine() else { return false }
        return ["y", "yes", "예", "네", "ㅇ"].contains(answer.trimmingCharacters(in: .whitespaces).lowercased())
    }
}
