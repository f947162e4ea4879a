internal import CLuaFence

/// A Lua state and its tasks, driven from outside: ``advance(_:)`` runs until every task waits for the host or has
/// ended.
///
/// It has no clock, starts no thread and does no I/O. It may be used from one thread at a time.
///
/// A machine of a session runs one evaluation after another in the same globals: ``start(source:chunk:arguments:)`` again
/// when the last one has finished, failed or was interrupted. Tasks that one has left are ended with it. Calls, output and
/// tasks are limited in each evaluation, memory in all that the state holds.
///
/// ```swift
/// var environment = LuaEnvironment()
/// environment.register("fetch", .call)
/// let machine = try LuaMachine(environment, seed: 1)
/// try machine.start(source: "return fetch('a')", chunk: "script.lua")
/// var step = machine.advance()
/// step = machine.advance(step.calls.map { LuaReply($0, ["b"]) })   // .finished(["b"])
/// ```
public final class LuaMachine {
    private let vm: OpaquePointer
    private let print: PrintBox?
    private var boxes: [HostBox] = []
    // Read at every call; a machine is used from one thread and none of its methods nests, so nothing needs checking.
    @exclusivity(unchecked) private var lastChunk = clf_position()
    @exclusivity(unchecked) private var lastChunkName = ""
    @exclusivity(unchecked) private var isOver = false
    private var ended: LuaStep.State?

    /// Ends this machine, or its evaluation, from another thread.
    public let interrupt: LuaInterrupt

    /// Makes a state and fills it.
    ///
    /// - Parameters:
    ///   - environment: what the script will see.
    ///   - seed: for `math.random`.
    ///   - interrupt: one that exists already, so that it can be used before the machine is made.
    ///   - session: whether it runs one evaluation after another. The limits of calls and output interrupt an evaluation
    ///     then; that of memory kills, for what an evaluation has made may be in the globals.
    /// - Throws: `.limit` if the memory limit does not even hold the libraries, `.runtime` if the system's Lua library has
    ///   a fault that cannot be kept from scripts, or the error of a host prelude.
    public init(
        _ environment: LuaEnvironment, seed: UInt64, interrupt: LuaInterrupt = LuaInterrupt(), session: Bool = false
    ) throws(LuaError) {
        let limits = environment.limits
        var options = clf_options()
        options.memory = limits.memory
        options.output = limits.output
        options.source = limits.sourceBytes
        options.value_bytes = limits.valueBytes
        options.calls = UInt64(max(0, limits.calls))
        options.value_depth = UInt32(clamping: limits.valueDepth)
        options.value_nodes = UInt32(clamping: limits.valueNodes)
        options.tasks = UInt32(clamping: limits.tasks)
        options.coroutines = UInt32(clamping: limits.coroutines)
        options.seed = seed
        options.session = session
        options.serve = serveHostFunction
        print = environment.print.map { PrintBox($0) }
        if let print {
            options.print_box = UnsafeRawPointer(Unmanaged.passUnretained(print).toOpaque())
            options.print = servePrint
        }
        guard let vm = clf_create(&options) else {
            // A library whose faults cannot be kept from scripts runs none.
            if let refusal = clf_create_refusal() { throw LuaError(.runtime, String(cString: refusal)) }
            throw LuaError(.limit, "a Lua state does not fit into \(limits.memory) bytes")
        }
        self.vm = vm
        self.interrupt = interrupt
        clf_set_control(vm, interrupt.control)
        try check(
            taskLibrary.withUTF8Buffer {
                $0.withMemoryRebound(to: CChar.self) { clf_add_task_library(vm, $0.baseAddress, $0.count) }
            })
        for entry in environment.entries { try add(entry) }
    }

    deinit { clf_destroy(vm) }

    /// Compiles the script and makes its task. Nothing runs yet. An interrupt that was asked for before still counts
    /// (``LuaInterrupt/withdraw()``).
    ///
    /// - Parameters:
    ///   - chunk: its name in positions.
    ///   - arguments: what `...` holds.
    /// - Throws: `.syntax` with the position, or `.limit` if the source is too large.
    public func start(source: String, chunk: String, arguments: [LuaValue] = []) throws(LuaError) {
        precondition(!clf_has_main(vm), "a machine runs one script, a session's one evaluation at a time")
        isOver = false
        let encoded = FlatBytes()
        for value in arguments { encoded.writer.write(value) }
        let chunk = String(chunk.drop { $0 == "[" })
        let status = source.withChars { text, length in
            chunk.withChars { name, nameLength in
                clf_start(vm, text, length, name, nameLength, encoded.data, encoded.count, UInt32(arguments.count))
            }
        }
        try check(status)
    }

    /// Hands in replies and runs every task that can run. Call it again with the replies of the calls it returns.
    ///
    /// Replies to calls that are not waiting are ignored. After an end it returns that end again.
    public func advance(_ replies: [LuaReply] = []) -> LuaStep {
        if isOver, let ended { return LuaStep(calls: [], state: ended) }
        for reply in replies { hand(reply) }
        let status = clf_run(vm)
        let calls = status == Int32(CLF_KILLED) || status == Int32(CLF_INTERRUPTED) ? [] : newCalls()
        switch Int(status) {
        case CLF_WAITING: return LuaStep(calls: calls, state: .waiting, callBytes: clf_calls_size(vm))
        case CLF_YIELDED: return LuaStep(calls: calls, state: .yielded, callBytes: clf_calls_size(vm))
        case CLF_FINISHED:
            var length = 0
            var count: UInt32 = 0
            let data = clf_results(vm, &length, &count)
            var values: [LuaValue] = []
            if let data {
                var reader = FlatReader(data, count: length)
                values = reader.values(Int(count))
            }
            ended = .finished(values)
        case CLF_FAILED: ended = .failed(report())
        case CLF_INTERRUPTED:
            ended = .interrupted(
                LuaKill(rawValue: clf_interrupt_reason(vm)) ?? .cancelled, LuaPosition(clf_interrupt_position(vm)))
        default:
            ended = .killed(
                LuaKill(rawValue: clf_kill_reason(vm)) ?? .stopped, LuaPosition(clf_kill_position(vm)))
        }
        isOver = true
        return LuaStep(calls: calls, state: ended ?? .waiting, callBytes: clf_calls_size(vm))
    }

    /// Bytes of the Lua heap now; 0 after a kill.
    public var memoryUsed: Int { clf_memory_used(vm) }
    /// The most it has been.
    public var memoryPeak: Int { clf_memory_peak(vm) }
    /// Suspending host calls made by this evaluation.
    public var callCount: Int { Int(clf_call_count(vm)) }
    /// Bytes printed by this evaluation.
    public var outputUsed: Int { clf_output_used(vm) }
    /// Calls that wait for a reply.
    public var pendingCalls: Int { Int(clf_pending_calls(vm)) }

    // MARK: - Calls and replies

    private func hand(_ reply: LuaReply) {
        guard let buffer = clf_reply_buffer(vm) else { return }
        let offset = buffer.pointee.length
        let writer = FlatWriter(buffer)
        let known: Bool
        if let error = reply.error {
            writer.write(error)
            known = clf_reply(vm, reply.id, offset, 0, true)
        } else {
            for value in reply.values { writer.write(value) }
            known = clf_reply(vm, reply.id, offset, UInt32(reply.values.count), false)
        }
        if !known { buffer.pointee.length = offset }
    }

    private func newCalls() -> [LuaCall] {
        var count = 0
        guard let calls = clf_calls(vm, &count), count > 0, let data = clf_calls_data(vm) else { return [] }
        var made = [makeCall(calls, data)]  // nearly always the only one
        for index in 1..<count { made.append(makeCall(calls + index, data)) }
        return made
    }

    private func makeCall(_ call: UnsafePointer<clf_call>, _ data: UnsafePointer<UInt8>) -> LuaCall {
        var reader = FlatReader(data + call.pointee.arguments, count: call.pointee.length)
        let line = Int(call.pointee.position.line)
        let name = call.pointee.box.map { Unmanaged<HostBox>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.name } }
        return LuaCall(
            id: call.pointee.id,
            task: call.pointee.task,
            name: name ?? "",
            arguments: reader.values(Int(call.pointee.count)),
            position: line > 0 ? LuaPosition(chunk: chunkName(clf_call_chunk(call)), line: line) : nil)
    }

    /// Most calls come from the chunk that the last one came from.
    private func chunkName(_ name: UnsafePointer<CChar>) -> String {
        if !clf_same_text(name, &lastChunk) {
            clf_copy_text(&lastChunk, name)
            lastChunkName = String(cString: name)
        }
        return lastChunkName
    }

    // MARK: - Setting up

    private func add(_ entry: LuaEnvironment.Entry) throws(LuaError) {
        switch entry {
        case .function(let name, let function):
            let box = keep(name, function)
            try check(name.withChars { clf_register(vm, $0, $1, box.kind, address(box)) })
        case .value(let name, let value):
            let encoded = FlatBytes()
            encoded.writer.write(value)
            try check(name.withChars { clf_set_global(vm, $0, $1, encoded.data, encoded.count) })
        case .module(let module): try add(module)
        }
    }

    private func add(_ module: LuaModule) throws(LuaError) {
        switch module.content {
        case .script(let source, let chunk):
            let chunk = String(chunk.drop { $0 == "[" })
            try check(
                module.name.withChars { name, length in
                    source.withChars { text, textLength in
                        chunk.withChars { clf_add_script_module(vm, name, length, text, textLength, $0, $1) }
                    }
                })
        case .host(let source, let data, let functions, let global):
            let encoded = FlatBytes()
            encoded.writer.write(data)
            try check(
                module.name.withChars { name, length in
                    source.withChars {
                        clf_begin_host_module(vm, name, length, $0, $1, encoded.data, encoded.count)
                    }
                })
            for (name, function) in functions.sorted(by: { $0.key < $1.key }) {
                let box = keep(name, function)
                try check(name.withChars { clf_host_module_function(vm, $0, $1, box.kind, address(box)) })
            }
            try check(clf_end_host_module(vm, global))
        }
    }

    private func keep(_ name: String, _ function: LuaHostFunction) -> HostBox {
        let box = HostBox.make(name, function)
        boxes.append(box)
        return box
    }

    private func address(_ box: HostBox) -> UnsafeRawPointer {
        UnsafeRawPointer(Unmanaged.passUnretained(box).toOpaque())
    }

    private func check(_ status: Int32) throws(LuaError) {
        switch status {
        case 0: return
        case 1: throw report()
        default:
            let reason = LuaKill(rawValue: clf_kill_reason(vm)) ?? .stopped
            throw LuaError(reason == .cancelled ? .cancelled : .limit, "killed before the script began (\(reason))")
        }
    }

    private func report() -> LuaError {
        var length = 0
        let data = clf_report(vm, &length)
        return LuaError(report: data, count: length)
    }
}

extension String {
    /// The text as C characters and their number.
    func withChars<R>(_ body: (UnsafePointer<CChar>, Int) -> R) -> R {
        var copy = self
        return copy.withUTF8 { bytes in
            guard bytes.count > 0 else { return withUnsafePointer(to: CChar(0)) { body($0, 0) } }
            return bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress.unsafelyUnwrapped, $0.count) }
        }
    }
}
