import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// The built binary, run as a person or a cron job runs it.
struct Iwlua {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
        /// It had no exit code: `status` is the number of the signal that ended it.
        var endedBySignal = false

        /// Standard output as the one JSON document that `--output json` prints.
        var json: JSONValue {
            get throws { try JSONCodec.decode(Array(output.utf8)) }
        }
    }

    /// A folder of the test's own, which is also the home of the program.
    let folder: URL

    /// Whoever starts the tests under `nohup` ignores hang-ups, and all programs that they start would, too.
    private static let hearsHangUps: Void = { _ = signal(SIGHUP, SIG_DFL) }()

    init() throws {
        Self.hearsHangUps
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    static var binary: URL { ProgramUnderTest.binary }

    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func automation(_ name: String) -> String {
        repository.appendingPathComponent("scripts/automation/\(name)").path
    }

    /// Writes a file into the test's folder and returns its path.
    func file(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return file.path
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }

    /// Runs to the end, without a terminal.
    func run(_ arguments: String..., environment: [String: String] = [:], input: String = "") async throws -> Result {
        try await run(arguments, environment: environment, input: input)
    }

    func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") async throws -> Result {
        let process = try start(Self.binary, arguments, environment: environment, input: input)
        return try await process.end()
    }

    /// Runs on a pseudo-terminal, typing `input`; both streams come back as one.
    func runOnTerminal(
        _ arguments: [String], input: String, environment: [String: String] = [:]
    ) async throws -> Result {
        let command = ([Self.binary.path] + arguments).map { "'" + $0.replacing("'", with: "'\\''") + "'" }
            .joined(separator: " ")
        let process = try start(
            URL(fileURLWithPath: "/usr/bin/script"), ["-qec", command, "/dev/null"],
            environment: environment.merging(["TERM": "xterm"]) { $1 }, input: input)
        return try await process.end()
    }

    /// Starts without waiting.
    func start(
        _ executable: URL = Iwlua.binary, _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> Running {
        try Running(executable, arguments, environment: base.merging(environment) { $1 }, input: input, folder: folder)
    }

    private var base: [String: String] {
        ["HOME": folder.path, "XDG_CONFIG_HOME": folder.appendingPathComponent("config").path, "PATH": "/usr/bin:/bin"]
    }

    /// A process under way. What it writes goes into files, so that no pipe can fill up.
    final class Running: Sendable {
        private let process = Process()
        private let output: URL
        private let errors: URL
        private let ended: AsyncStream<Int32>

        init(
            _ executable: URL, _ arguments: [String], environment: [String: String], input: String, folder: URL
        ) throws {
            let name = UUID().uuidString
            output = folder.appendingPathComponent("\(name).out")
            errors = folder.appendingPathComponent("\(name).err")
            let standardInput = folder.appendingPathComponent("\(name).in")
            try Data(input.utf8).write(to: standardInput)
            for file in [output, errors] { try Data().write(to: file) }
            let (stream, continuation) = AsyncStream<Int32>.makeStream()
            ended = stream
            process.executableURL = executable
            process.arguments = arguments
            process.environment = environment
            process.currentDirectoryURL = folder
            let handles = [
                try FileHandle(forReadingFrom: standardInput), try FileHandle(forWritingTo: output),
                try FileHandle(forWritingTo: errors),
            ]
            (process.standardInput, process.standardOutput) = (handles[0], handles[1])
            process.standardError = handles[2]
            process.terminationHandler = { process in
                continuation.yield(process.terminationStatus)
                continuation.finish()
            }
            try process.run()
            // The child has its own. Foundation dies when a process has some 1,360 of them, and Swift Testing lets go of
            // what a test held only later.
            for handle in handles { try handle.close() }
        }

        var isRunning: Bool { process.isRunning }

        var identifier: Int32 { process.processIdentifier }

        func end() async throws -> Result {
            var status: Int32 = -1
            for await value in ended { status = value }
            return Result(
                status: status, output: try Self.text(output), errors: try Self.text(errors),
                endedBySignal: process.terminationReason == .uncaughtSignal)
        }

        func signal(_ number: Int32) {
            kill(process.processIdentifier, number)
        }

        /// Waits until standard output has a line, and returns it. Its writer flushes line by line.
        func firstLine() async throws -> String {
            while process.isRunning {
                let text = try Self.text(output)
                if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
                await Task.yield()
            }
            Issue.record("ended before its first line: \(try Self.text(errors))")
            return ""
        }

        var errorsSoFar: String { get throws { try Self.text(errors) } }

        /// Waits until standard error holds a text.
        func errors(contain words: String) async throws {
            while process.isRunning, !(try Self.text(errors).contains(words)) { await Task.yield() }
        }

        private static func text(_ file: URL) throws -> String {
            String(decoding: try Data(contentsOf: file), as: UTF8.self)
        }
    }
}

/// A simulator in a process of its own.
struct SimulatorProcess {
    let process: Iwlua.Running
    let environment: [String: String]

    init(_ iwlua: Iwlua, _ arguments: String...) async throws {
        try await self.init(iwlua, arguments: ["simulate"] + arguments)
    }

    init(_ iwlua: Iwlua, arguments: [String]) async throws {
        process = try iwlua.start(Iwlua.binary, arguments)
        environment = [
            "IWLUA_ENDPOINT": try await process.firstLine(), "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key",
        ]
    }

    func stop() async throws -> Iwlua.Result {
        process.signal(SIGTERM)
        return try await process.end()
    }
}
