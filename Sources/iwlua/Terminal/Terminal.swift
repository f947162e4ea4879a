import ArgumentParser
import Foundation
import Glibc
import IwinvCatalog
import IwinvWire
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

    /// Columns of the terminal that results go to; nil if they go elsewhere.
    static var columns: Int? { columns(of: STDOUT_FILENO) }

    /// Columns of a terminal; nil if it is none, or too narrow to be one.
    static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 10 else {
            return nil
        }
        return Int(size.ws_col)
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case yellow = "33"
        case cyan = "36"
    }

    /// For standard error.
    func style(_ text: TerminalText, _ style: Style) -> TerminalText {
        colorsErrors ? text.styled(style) : text
    }

    /// For standard output.
    func styleOutput(_ text: TerminalText, _ style: Style) -> TerminalText {
        colorsOutput ? text.styled(style) : text
    }

    /// Whether results have colours.
    var stylesOutput: Bool { colorsOutput }

    /// Whether everything else has colours.
    var stylesErrors: Bool { colorsErrors }

    /// Standard error is a terminal, so that a line may be redrawn.
    static var showsProgress: Bool {
        isatty(STDERR_FILENO) == 1
    }

    /// A person sits there: questions may be asked.
    static var isInteractive: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    /// A JSON document, for people and machines.
    ///
    /// - Parameter pretty: On several lines.
    static func out(json document: JSONValue, pretty: Bool = true) {
        let text = String(decoding: JSONCodec.encode(document, pretty: pretty), as: UTF8.self)
        out(TerminalText(json: text) + "\n")
    }

    /// Results. What cannot be written is reported by ``checkOutput()``.
    static func out(_ text: TerminalText) { Screen.shared.write(text, to: STDOUT_FILENO) }

    /// Everything else. If it cannot be written there is nobody to tell.
    static func error(_ text: TerminalText) { Screen.shared.write(text, to: STDERR_FILENO) }

    /// - Throws: exit code 7 if results were lost: a full disk, a closed descriptor.
    static func checkOutput() throws {
        guard let problem = Screen.shared.failure else { return }
        error("iwlua: results could not be written: \(String(cString: strerror(problem)))\n")
        throw ExitCode(ExitStatus.machine.code)
    }

    /// In the person's language: for the terminal, or as a text that goes into a table.
    func say<Text: ExpressibleByStringInterpolation>(_ english: Text, _ korean: Text) -> Text {
        switch language {
        case .english: english
        case .korean: korean
        }
    }
}
