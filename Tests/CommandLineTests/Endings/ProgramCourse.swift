import Foundation
import Glibc
import TestSupport

/// A program under way, on the thread that waits for it.
struct ProgramCourse {
    private let process: pid_t
    private let files: [ProgramStart.Stream: URL]
    private let keyboard: Int32?
    /// What is read until its end: nil is a pipe that the program only holds, so that its end is seen.
    private var sources: [(descriptor: Int32, stream: ProgramStart.Stream?)] = []
    private var seen: [ProgramStart.Stream: [UInt8]] = [.output: [], .errors: []]
    /// How much of each stream steps have looked at.
    private var read: [ProgramStart.Stream: Int] = [:]
    private var steps: ArraySlice<ProgramStart.Step>

    init(_ start: ProgramStart) throws {
        var (given, kept): ([Int32], [(descriptor: Int32, stream: ProgramStart.Stream?)]) = ([], [])
        var files: [ProgramStart.Stream: URL] = [:]
        var keyboard: Int32?
        defer { for descriptor in given { close(descriptor) } }
        func sink(_ sink: ProgramStart.Sink, _ stream: ProgramStart.Stream?) throws -> SpawnDescriptor {
            switch sink {
            case .closed: return .closed
            case .full: return .file("/dev/full", flags: O_WRONLY)
            case .file:
                let file = start.folder.appendingPathComponent("stream-\(UUID().uuidString)")
                if let stream { files[stream] = file }
                return .file(file.path, flags: O_WRONLY | O_CREAT)
            case .pipe, .unread:
                let (reading, writing) = try privatePipe()
                given.append(writing)
                if case .pipe = sink { kept.append((reading, stream)) } else { close(reading) }
                return .descriptor(writing)
            }
        }
        var descriptors: [SpawnDescriptor]
        do {
            if start.isOnTerminal {
                let device = try TerminalDevice(columns: 120, rows: 40)
                keyboard = device.keyboard
                kept.append((device.keyboard, .output))
                descriptors = Array(repeating: .file(device.path, flags: O_RDWR), count: 3)
            } else {
                descriptors = [try Self.input(start.input, &given)]
                descriptors += [try sink(start.output, .output), try sink(start.errors, .errors)]
            }
            descriptors.append(try sink(.pipe, nil))
            process = try spawn(
                // `env` goes to the folder, and the program takes its place.
                ["/usr/bin/env", "--chdir", start.folder.path, Iwlua.binary.path] + start.arguments,
                environment: start.environment, descriptors: descriptors, leadsSession: start.isOnTerminal)
        } catch {
            for source in kept { close(source.descriptor) }
            throw error
        }
        (self.files, self.keyboard, sources, steps) = (files, keyboard, kept, start.steps[...])
    }

    /// Looks at what it writes, does what the steps say, and waits for its end.
    mutating func toTheEnd() throws -> EndedProgram {
        var isLate = false
        var deadline = ContinuousClock.now + .seconds(ProgramStart.patience)
        while !sources.isEmpty {
            var polled = sources.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            let left = (deadline - .now).components
            let ready = poll(&polled, nfds_t(polled.count), Int32(max(0, left.seconds * 1000 + 1)))
            if ready == 0 {
                // Whoever else holds what it was given is not waited for a second time.
                if isLate { break }
                isLate = true
                kill(process, SIGKILL)
                deadline = .now + .seconds(10)
            }
            for (index, source) in polled.enumerated().reversed() where source.revents != 0 { take(index) }
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let isTerminalInOrder = keyboard.map(Self.isInOrder) ?? true
        for source in sources where source.descriptor != keyboard { close(source.descriptor) }
        if let keyboard { close(keyboard) }
        for (stream, file) in files { seen[stream] = Array(try Data(contentsOf: file)) }
        return EndedProgram(
            ending: .init(status: status), output: text(.output), errors: text(.errors), stepsLeft: steps.count,
            isLate: isLate, isTerminalInOrder: isTerminalInOrder)
    }

    private func text(_ stream: ProgramStart.Stream) -> String { String(decoding: seen[stream] ?? [], as: UTF8.self) }

    /// Reads what there is from a source, or drops one that has ended.
    private mutating func take(_ index: Int) {
        let source = sources[index]
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = chunk.withUnsafeMutableBytes { Glibc.read(source.descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            // The terminal is looked at once more.
            if source.descriptor != keyboard { close(source.descriptor) }
            sources.remove(at: index)
            return
        }
        guard let stream = source.stream else { return }
        seen[stream, default: []] += chunk[..<count]
        while let step = steps.first {
            let (bytes, start) = (seen[step.stream] ?? [], read[step.stream] ?? 0)
            guard let found = bytes[start...].firstRange(of: Array(step.text.utf8)) else { return }
            read[step.stream] = found.upperBound
            steps.removeFirst()
            switch step.act {
            case .signal(let number): kill(process, number)
            case .type(let keys): if let keyboard { Self.write(keys, to: keyboard) }
            }
        }
    }

    private static func input(_ input: ProgramStart.Input, _ given: inout [Int32]) throws -> SpawnDescriptor {
        switch input {
        case .nothing: return .file("/dev/null", flags: O_RDONLY)
        case .closed: return .closed
        case .text(let text):
            // A pipe takes 64 KiB that nobody reads yet.
            let (reading, writing) = try privatePipe()
            given.append(reading)
            write(text, to: writing)
            close(writing)
            return .descriptor(reading)
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        precondition(
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "a pipe or terminal takes it as a whole")
    }

    private static func isInOrder(_ terminal: Int32) -> Bool {
        var attributes = termios()
        let wanted = tcflag_t(ICANON | ECHO | ISIG)
        return tcgetattr(terminal, &attributes) == 0 && attributes.c_lflag & wanted == wanted
    }
}
