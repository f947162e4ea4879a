import Foundation
import Glibc
import TestSupport
import Testing

/// The built binary on a pseudo-terminal of its own, with somebody who types and reads.
final class TypedTerminal {
    private let process = Process()
    private let keyboard: Int32
    private var bytes: [UInt8] = []
    /// How much of what was seen has been looked for.
    private var read = 0

    init(_ iwlua: Iwlua, _ arguments: [String], environment: [String: String] = [:]) throws {
        let device = try TerminalDevice(columns: 120, rows: 40)
        keyboard = device.keyboard
        // Its own session, so that Ctrl-C is a signal for it.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--ctty", "--wait", Iwlua.binary.path] + arguments
        process.environment = [
            "HOME": iwlua.folder.path, "PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C", "NO_COLOR": "1",
        ].merging(environment) { $1 }
        process.currentDirectoryURL = iwlua.folder
        let other = open(device.path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(other >= 0)
        let handle = FileHandle(fileDescriptor: other, closeOnDealloc: true)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        try handle.close()
    }

    deinit {
        if process.isRunning { process.terminate() }
        close(keyboard)
    }

    func type(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(keyboard, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Types a line and Enter.
    func enter(_ line: String) { type(line + "\r") }

    static let interrupt = "\u{3}"
    static let end = "\u{4}"

    /// Waits until a text is seen, behind what was waited for before.
    @discardableResult
    func see(_ text: String, _ place: SourceLocation = #_sourceLocation) async -> Bool {
        while true {
            let shown = Array(Self.plain(bytes).utf8)
            if let found = Self.index(of: Array(text.utf8), in: shown[min(read, shown.count)...]) {
                read = found + text.utf8.count
                return true
            }
            guard let more = await next() else {
                Issue.record("`\(text)` is not seen in: \(Self.plain(bytes))", sourceLocation: place)
                return false
            }
            bytes += more
        }
    }

    /// Ends the program at once.
    func kill() {
        // The program is the only child of setsid, which waits for it.
        let children = "/proc/\(process.processIdentifier)/task/\(process.processIdentifier)/children"
        let child = (try? String(contentsOfFile: children, encoding: .utf8))?.split(separator: " ").first
        Glibc.kill(child.flatMap { Int32($0) } ?? process.processIdentifier, SIGKILL)
    }

    /// Waits for the end, and returns how it ended: the exit code, or the number of the signal.
    func status() async -> Int32 {
        while let more = await next() { bytes += more }
        // One that says nothing for so long waits for something that does not come.
        if await !isEnding(within: 10) {
            Issue.record("it does not end, after: \(text)")
            kill()
        }
        _ = await isEnding(within: 10)
        return process.isRunning ? -1 : process.terminationStatus
    }

    /// Waits on a thread of its own: those of the tests answer the program's requests.
    private func isEnding(within seconds: Int) async -> Bool {
        let process = process
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let end = Date(timeIntervalSinceNow: TimeInterval(seconds))
                while process.isRunning, Date() < end { usleep(10_000) }
                continuation.resume(returning: !process.isRunning)
            }
        }
    }

    /// Every byte that came, colours and all.
    var written: String { String(decoding: bytes, as: UTF8.self) }

    /// Everything that was seen.
    var text: String { Self.plain(bytes) }

    /// Nil at the end, and after half a minute of silence.
    private func next() async -> [UInt8]? {
        let keyboard = keyboard
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var source = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
                guard poll(&source, 1, 30_000) > 0 else { return continuation.resume(returning: nil) }
                var chunk = [UInt8](repeating: 0, count: 65536)
                let count = chunk.withUnsafeMutableBytes { Glibc.read(keyboard, $0.baseAddress, $0.count) }
                continuation.resume(returning: count > 0 ? Array(chunk[..<count]) : nil)
            }
        }
    }

    /// Without what moves the cursor and colours.
    private static func plain(_ bytes: [UInt8]) -> String {
        // Up to where the text breaks off: a sequence may have come in part.
        String(decoding: bytes, as: UTF8.self).replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "")
    }

    private static func index(of part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        return (text.startIndex...(text.endIndex - part.count)).first {
            text[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}
