import Foundation
import Glibc
import TestSupport
import Testing

/// The built binary in a tmux of its own: a terminal that somebody else wrote, whose screen can be looked at.
final class TmuxTerminal {
    static let tmux: URL? = ["/usr/bin/tmux", "/usr/local/bin/tmux"].map(URL.init(fileURLWithPath:))
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    private let executable: URL
    private let folder: URL

    /// - Parameter locale: `LANG` of the program; the terminal is UTF-8.
    init(_ iwlua: Iwlua, _ arguments: [String], locale: String, width: Int = 80, height: Int = 24) throws {
        executable = try #require(Self.tmux)
        folder = iwlua.folder
        let command =
            ["env", "-i", "HOME=\(folder.path)", "PATH=/usr/bin:/bin", "TERM=screen-256color", "LANG=\(locale)"]
            + ["sh", "-c", Self.noting, "sh", Iwlua.binary.path] + arguments
        try run(
            ["-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)"] + command)
        // What it looked like last stays when it has ended.
        try run(["set-option", "-g", "remain-on-exit", "on"])
    }

    deinit { _ = try? run(["kill-server"]) }

    /// Types text as it is.
    func type(_ text: String) throws { try run(["send-keys", "-l", "--", text]) }

    /// Presses keys by tmux's names: `Left`, `C-c`, `BSpace`.
    func press(_ keys: String...) throws { try run(["send-keys"] + keys) }

    /// Types a line and Enter.
    func enter(_ line: String) throws {
        try type(line)
        try press("Enter")
    }

    /// Pastes; in brackets if the program has asked for them and `isBracketed`.
    func paste(_ text: String, isBracketed: Bool) throws {
        let file = folder.appendingPathComponent("paste-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        try run(["load-buffer", file.path])
        try run(["paste-buffer"] + (isBracketed ? ["-p"] : []))
    }

    func resize(width: Int, height: Int) throws {
        try run(["resize-window", "-x", "\(width)", "-y", "\(height)"])
    }

    struct Screen: Equatable {
        /// Without blanks at the ends of lines and without the empty lines below.
        var lines: [String]
        /// Column and line, from 0.
        var cursor: [Int]
    }

    func screen() throws -> Screen {
        let text = try run(["display-message", "-p", "#{cursor_x} #{cursor_y}", ";", "capture-pane", "-p"])
        var lines = text.components(separatedBy: "\n")
        let cursor = lines.removeFirst().split(separator: " ").compactMap { Int($0) }
        lines = lines.map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return line
        }
        while lines.last == "" { lines.removeLast() }
        return Screen(lines: lines, cursor: cursor)
    }

    /// Waits until the screen is as it should be, and says what it is if it does not become so.
    ///
    /// - Parameter cursor: column and line; nil: wherever.
    func shows(_ lines: [String], cursor: [Int]? = nil, _ place: SourceLocation = #_sourceLocation) async throws {
        try await shows(place, wanted: "\(lines) \(cursor ?? [])") {
            $0.lines == lines && (cursor == nil || $0.cursor == cursor)
        }
    }

    /// Waits until the screen ends with these lines.
    func ends(with lines: [String], _ place: SourceLocation = #_sourceLocation) async throws {
        try await shows(place, wanted: "\(lines)") { $0.lines.suffix(lines.count) == lines[...] }
    }

    /// Waits for the end, and returns the exit code.
    func status() async throws -> Int? {
        while true {
            let text = (try? String(contentsOf: folder.appendingPathComponent("status"), encoding: .utf8)) ?? ""
            if text.hasSuffix("\n") { return Int(text.dropLast()) }
            await Task.yield()
        }
    }

    private func shows(
        _ place: SourceLocation, wanted: String, _ isRight: (Screen) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(30)
        var screen = try screen()
        while !isRight(screen) {
            guard ContinuousClock.now < end else {
                Issue.record(
                    "wanted \(wanted), shown \(screen.cursor):\n\(screen.lines.joined(separator: "\n"))",
                    sourceLocation: place)
                throw NotShown()
            }
            await Task.yield()
            screen = try self.screen()
        }
    }

    struct NotShown: Error {}

    /// How a program ended is not asked of tmux: now and then it says of a pane that it is dead, and never how.
    private static let noting = #"trap : INT; "$@"; echo $? >"$HOME/status""#

    /// Without what other tests have open.
    private static let alone =
        #"for f in /proc/self/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval "exec $n>&-"; done; exec "$@""#

    /// Runs tmux and waits for it. Its server lives on, so it must inherit nothing: `Process` takes a child for alive while
    /// anybody holds what it gave the child.
    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        let output = folder.appendingPathComponent("tmux-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let words =
            [
                "/bin/bash", "-c", Self.alone, "tmux", executable.path, "-u", "-S",
                folder.appendingPathComponent("tmux").path,
            ] + arguments
        let child = try spawn(
            words, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"],
            files: [("/dev/null", O_RDONLY), (output.path, O_WRONLY | O_CREAT), ("/dev/null", O_WRONLY)])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return String(decoding: try Data(contentsOf: output), as: UTF8.self)
    }
}
