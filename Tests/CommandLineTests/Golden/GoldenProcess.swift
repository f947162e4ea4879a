import Foundation
import Glibc
import Synchronization
import Testing

/// The program under way, as a golden case runs it. What it writes arrives through pipes, so that a test waits for a text
/// without looking again and again.
final class GoldenProcess: Sendable {
    struct Result: Sendable {
        var exit: GoldenExit
        var output: String
        var errors: String
    }

    /// Longer than anything takes on a machine that works.
    static let patience = Duration.seconds(120)

    private let process = Process()
    private let output = GoldenPipe()
    private let errors = GoldenPipe()
    private let ended: AsyncStream<GoldenExit>
    private let typed = Pipe()
    private let alarm: Task<Void, any Error>

    /// - Parameters:
    ///   - input: Nil for what ``type(_:)`` gives it.
    ///   - writesToFullDisk: Standard output is `/dev/full`.
    init(
        _ executable: URL, _ arguments: [String], environment: [String: String], input: URL?, folder: URL,
        writesToFullDisk: Bool = false
    ) throws {
        let (stream, continuation) = AsyncStream<GoldenExit>.makeStream()
        ended = stream
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.terminationHandler = { process in
            let status = process.terminationStatus
            continuation.yield(process.terminationReason == .uncaughtSignal ? .signal(status) : .code(status))
            continuation.finish()
        }
        let handles = [
            try input.map(FileHandle.init(forReadingFrom:)) ?? typed.fileHandleForReading,
            writesToFullDisk
                ? try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full")) : try output.open(),
            try errors.open(),
        ]
        if writesToFullDisk { output.close() }
        (process.standardInput, process.standardOutput) = (handles[0], handles[1])
        process.standardError = handles[2]
        try process.run()
        for handle in handles { try handle.close() }
        let number = process.processIdentifier
        alarm = Task {
            try await Task.sleep(for: Self.patience)
            Issue.record("\(arguments) did not end")
            kill(number, SIGKILL)
        }
    }

    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until the program takes a signal: some say that they are there a moment before.
    func takes(_ number: Int32) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while process.isRunning, ContinuousClock.now < end {
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let masks = status.split(separator: "\n").filter { $0.hasPrefix("SigIgn") || $0.hasPrefix("SigCgt") }
                .compactMap { $0.split(separator: "\t").last }.compactMap { UInt64($0, radix: 16) }
            if masks.contains(where: { $0 & (1 << UInt64(number - 1)) != 0 }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("\(process.arguments ?? []) does not take signal \(number)")
    }

    func type(_ text: String) { typed.fileHandleForWriting.write(Data(text.utf8)) }

    /// Waits until standard output or standard error holds a text.
    ///
    /// - Returns: Whether it came; false if the program ended before.
    func writes(_ text: String) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for pipe in [output, errors] { group.addTask { await pipe.holds(text) } }
            for await isThere in group where isThere {
                group.cancelAll()
                return true
            }
            return false
        }
    }

    /// Waits for the end. A process that hangs is killed, and says so.
    func end() async -> Result {
        var exit: GoldenExit?
        for await value in ended { exit = value }
        alarm.cancel()
        // Without an end the test itself was ended.
        if exit == nil { signal(SIGKILL) }
        return Result(exit: exit ?? .signal(SIGKILL), output: await output.text, errors: await errors.text)
    }
}

/// What a process writes into one of its streams.
private final class GoldenPipe: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isOver = false
        var waiting: [Int: (isMet: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Makes the pipe.
    ///
    /// - Returns: The end that the process gets.
    func open() throws -> FileHandle {
        var ends: [Int32] = [0, 0]
        // No other process that starts meanwhile shall have it.
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reading = ends[0]
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(reading, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                add(buffer[..<count])
            }
            _ = Glibc.close(reading)
            close()
        }
        return FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }

    func close() { change { $0.isOver = true } }

    private func add(_ bytes: ArraySlice<UInt8>) { change { $0.bytes += bytes } }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let met = state.waiting.filter { $0.value.isMet(state) }
            for key in met.keys { state.waiting[key] = nil }
            return met.values.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    private func wait(_ isMet: @escaping @Sendable (State) -> Bool) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if isMet(state) || Task.isCancelled { return true }
                    state.waiting[number] = (isMet, continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number)?.continuation }?.resume()
        }
    }

    /// Waits for a text, or the end.
    func holds(_ text: String) async -> Bool {
        let wanted = Array(text.utf8)
        await wait { $0.isOver || $0.bytes.contains(wanted) }
        return state.withLock { $0.bytes.contains(wanted) }
    }

    /// All that was written, once the process has closed it.
    var text: String {
        get async {
            await wait(\.isOver)
            return state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
        }
    }
}
