import Glibc
import LuaRuntime
package import WorkerProtocol

/// What a false worker does, one after the other (`Tests/WorkerLiar`).
package enum LiarStep: Sendable {
    case say([UInt8])
    /// Says it again and again until nobody listens.
    case flood([UInt8])
    /// So many bytes of a payload.
    case fill(Int)
    /// Takes so many whole frames.
    case take(Int)
    case close
    /// `SHUT_RD`, `SHUT_WR` or both.
    case shut(Int)
    case ignoreSignals
    case compute
    case wait
    case exit(Int32)
    case die(Int32)

    fileprivate func write(to bytes: inout [UInt8]) {
        func put(_ letter: Character, _ number: Int, _ rest: [UInt8] = []) {
            bytes.append(letter.asciiValue ?? 0)
            withUnsafeBytes(of: UInt64(clamping: number)) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: rest)
        }
        switch self {
        case .say(let text): put("s", text.count, text)
        case .flood(let text): put("f", text.count, text)
        case .fill(let count): put("z", count)
        case .take(let count): put("t", count)
        case .close: put("c", 0)
        case .shut(let how): put("h", how)
        case .ignoreSignals: put("i", 0)
        case .compute: put("l", 0)
        case .wait: put("w", 0)
        case .exit(let status): put("x", Int(status))
        case .die(let signal): put("k", Int(signal))
        }
    }

    package static func bytes(of steps: [LiarStep]) -> [UInt8] {
        var bytes: [UInt8] = []
        for step in steps { step.write(to: &bytes) }
        return bytes
    }

    /// What a worker says, as a frame.
    package static func say(_ message: MessageFromWorker) -> LiarStep { .say(frame(message)) }

    package static func frame(_ message: MessageFromWorker) -> [UInt8] {
        var writer = WireWriter()
        // Deep values and large ones are written by hand: an honest writer refuses them.
        try? message.write(to: &writer)
        return writer.bytes
    }

    package static func frame(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        number(payload.count + 1) + [kind] + payload
    }

    package static func number(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(clamping: value)) { Array($0) } }

    /// The report of a tight jail.
    package static let report = say(.jail(JailReport(applied: Set(JailReport.Measure.allCases), landlockABI: 7)))
}

/// A worker that does what a test says: a folder with a link to the program and its steps.
package final class LyingWorker: Sendable {
    package struct Failure: Error { let code: Int32 }

    private let folder: String
    /// What to hand to ``LuaExecution/process(worker:requiresJail:)``.
    package var path: String { folder + "/worker" }

    package init(_ steps: [LiarStep] = []) throws {
        var template = Array("/tmp/iwlua-liar-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(code: errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard symlink(Self.program, folder + "/worker") == 0 else { throw Failure(code: errno) }
        try write(steps)
    }

    deinit {
        unlink(path)
        unlink(path + ".steps")
        rmdir(folder)
    }

    /// Takes the place of the steps before: until a worker is started.
    package func write(_ steps: [LiarStep]) throws {
        let file = open(path + ".steps", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(code: errno) }
        defer { Glibc.close(file) }
        let bytes = LiarStep.bytes(of: steps)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(code: errno) }
            written += count
        }
    }

    /// The program that was built with the tests.
    private static let program: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        let executable = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (executable.lastIndex(of: "/").map { executable[..<$0] } ?? ".") + "/WorkerLiar"
    }()
}
