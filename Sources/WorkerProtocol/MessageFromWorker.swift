package import LuaMachine

/// What a worker has used of its run.
package struct WorkerUsage: Sendable, Hashable {
    /// Nanoseconds of processor time since the script began.
    package var cpu: UInt64 = 0
    package var memory: UInt64 = 0
    package var calls: UInt64 = 0
    package var output: UInt64 = 0

    package init() {}
}

/// What a worker says. To a parent these are claims of a process that may be in a script's hands.
package enum MessageFromWorker: Sendable {
    /// The first: nothing of the script has run.
    case jail(JailReport)
    case print(String)
    /// A call that is to be answered in place.
    case ask(function: UInt32, [LuaArgument], LuaPosition?)
    /// A call that suspends its task.
    case call(function: UInt32, id: UInt64, task: UInt64, [LuaValue], LuaPosition?)
    /// Every task waits, after that many replies.
    case idle(replies: UInt64, WorkerUsage)
    case finished([LuaValue], WorkerUsage)
    case failed(LuaError, WorkerUsage)
    case killed(LuaKill, LuaPosition?, WorkerUsage)
    /// The evaluation has ended, and the worker waits for another one, as after `finished` and `failed` in a session.
    case interrupted(LuaKill, LuaPosition?, WorkerUsage)

    fileprivate enum Kind: UInt8 {
        case jail = 1
        case print, ask, call, idle, finished, failed, killed, interrupted
    }

    /// Appends the message as a frame.
    ///
    /// - Throws: ``WireError`` if it does not fit; nothing is appended then.
    package func write(to writer: inout WireWriter) throws(WireError) {
        let depth = Wire.depthFromWorker
        switch self {
        case .jail(let report):
            writer.begin(Kind.jail.rawValue)
            writer.put(report.bits)
            writer.put(Int32(clamping: report.landlockABI))
        case .print(let line):
            writer.begin(Kind.print.rawValue)
            writer.put(line)
        case .ask(let function, let arguments, let position):
            Self.beginAsk(function, position, count: arguments.count, to: &writer)
            for argument in arguments {
                switch argument {
                case .value(let value):
                    writer.put(true)
                    writer.put(value, depth: depth)
                case .refused(let type, let number, let why):
                    Self.putRefused(type: type, number: number, why: why, to: &writer)
                }
            }
        case .call(let function, let id, let task, let arguments, let position):
            writer.begin(Kind.call.rawValue)
            writer.put(function)
            writer.put(id)
            writer.put(task)
            writer.put(position)
            writer.put(arguments, depth: depth)
        case .idle(let replies, let usage):
            writer.begin(Kind.idle.rawValue)
            writer.put(usage)
            writer.put(replies)
        case .finished(let values, let usage):
            writer.begin(Kind.finished.rawValue)
            writer.put(usage)
            writer.put(values, depth: depth)
        case .failed(let error, let usage):
            writer.begin(Kind.failed.rawValue)
            writer.put(usage)
            writer.put(error, depth: depth)
        case .killed(let reason, let position, let usage):
            writer.begin(Kind.killed.rawValue)
            writer.put(usage)
            writer.put(reason.rawValue)
            writer.put(position)
        case .interrupted(let reason, let position, let usage):
            writer.begin(Kind.interrupted.rawValue)
            writer.put(usage)
            writer.put(reason.rawValue)
            writer.put(position)
        }
        try writer.end(limit: Wire.frameFromWorker)
    }

    package init(kind: UInt8, _ payload: UnsafeRawBufferPointer) throws(WireError) {
        var reader = WireReader(payload, depth: Wire.depthFromWorker)
        switch Kind(rawValue: kind) {
        case .jail:
            self = .jail(JailReport(bits: try reader.integer(), landlockABI: try reader.integer()))
        case .print: self = .print(try reader.text())
        case .ask:
            let function = try reader.integer(UInt32.self)
            let position = try reader.position()
            var arguments: [LuaArgument] = []
            for _ in 0..<(try reader.count(bytes: 2)) { arguments.append(try reader.argument()) }
            self = .ask(function: function, arguments, position)
        case .call:
            let function = try reader.integer(UInt32.self)
            let id = try reader.integer(UInt64.self)
            let task = try reader.integer(UInt64.self)
            let position = try reader.position()
            self = .call(function: function, id: id, task: task, try reader.list(), position)
        case .idle:
            let usage = try reader.usage()
            self = .idle(replies: try reader.integer(), usage)
        case .finished:
            let usage = try reader.usage()
            self = .finished(try reader.list(), usage)
        case .failed:
            let usage = try reader.usage()
            self = .failed(try reader.error(), usage)
        case .killed:
            let usage = try reader.usage()
            self = .killed(try reader.reasonOfWorker(), try reader.position(), usage)
        case .interrupted:
            let usage = try reader.usage()
            self = .interrupted(try reader.reasonOfWorker(), try reader.position(), usage)
        case nil: throw .unknown("message", kind)
        }
        try reader.finish()
    }

    /// Whether a frame of that kind waits for an answer.
    package static func isAsk(_ kind: UInt8) -> Bool { kind == Kind.ask.rawValue }

    // MARK: - A call straight from the stack of the script

    /// Appends the call as a frame without making values of its arguments.
    package static func write(
        _ call: borrowing LuaRawCall, function: UInt32, to writer: inout WireWriter
    ) throws(WireError) {
        let count = call.count
        beginAsk(function, call.position, count: count, to: &writer)
        for index in 0..<count {
            if call.isString(index) {
                writer.put(true)
                call.withBytes(index) { writer.putString($0) }
                continue
            }
            // Encoded by the fence, within the limits of a value.
            let refusal = call.withEncoded(index) { encoded -> (Double?, String)? in
                writer.put(true)
                writer.putEncoded(encoded)
                return nil
            } refused: {
                ($0, $1)
            }
            if let refusal {
                putRefused(type: call.typeName(index), number: refusal.0, why: refusal.1, to: &writer)
            }
        }
        try writer.end(limit: Wire.frameFromWorker)
    }

    private static func beginAsk(_ function: UInt32, _ position: LuaPosition?, count: Int, to writer: inout WireWriter)
    {
        writer.begin(Kind.ask.rawValue)
        writer.put(function)
        writer.put(position)
        writer.put(UInt32(clamping: count))
    }

    private static func putRefused(type: String, number: Double?, why: String, to writer: inout WireWriter) {
        writer.put(false)
        writer.put(type)
        writer.put(number != nil)
        writer.put(number?.bitPattern ?? 0)
        writer.put(why)
    }
}

extension WireWriter {
    fileprivate mutating func put(_ usage: WorkerUsage) {
        put(usage.cpu)
        put(usage.memory)
        put(usage.calls)
        put(usage.output)
    }

    fileprivate mutating func putString(_ bytes: UnsafeRawBufferPointer?) {
        putStringTag()
        put(bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

extension WireReader {
    fileprivate mutating func usage() throws(WireError) -> WorkerUsage {
        var usage = WorkerUsage()
        usage.cpu = try integer()
        usage.memory = try integer()
        usage.calls = try integer()
        usage.output = try integer()
        return usage
    }

    /// One that a worker may give for an end.
    fileprivate mutating func reasonOfWorker() throws(WireError) -> LuaKill {
        let reason = try reason()
        if reason == .worker { throw .outOfRange("a reason") }
        return reason
    }

    fileprivate mutating func argument() throws(WireError) -> LuaArgument {
        if try flag() { return .value(try value()) }
        let type = try text()
        let isNumber = try flag()
        let number = Double(bitPattern: try integer())
        return .refused(type: type, number: isNumber ? number : nil, why: try text())
    }
}
