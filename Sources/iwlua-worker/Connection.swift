internal import Glibc
internal import LuaMachine
internal import WorkerProtocol

/// The worker's end of the socket: everything blocks.
final class Connection: @unchecked Sendable {
    // Sendable: this process has one thread.
    private let socket: Int32
    private let interrupt: LuaInterrupt
    private var frames = FrameBuffer(limit: Wire.frameToWorker)
    private var writer = WireWriter()
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var replies: [LuaReply] = []
    private var evaluation: LuaEvaluation?
    private var betweenEvaluations = false
    /// Replies that have come so far.
    private(set) var replyCount: UInt64 = 0
    /// Some came while something else was waited for, and the machine has not seen them.
    var hasReplies: Bool { !replies.isEmpty }

    init(socket: Int32, interrupt: LuaInterrupt) {
        self.socket = socket
        self.interrupt = interrupt
    }

    // MARK: - Sending

    /// - Throws: ``WireError`` if the message breaks the bounds; nothing is sent then.
    func send(_ message: MessageFromWorker) throws(WireError) {
        try message.write(to: &writer)
        flush()
    }

    private func flush() {
        writer.bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let count = Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { _exit(0) }  // nobody is there any more
                sent += count
            }
        }
        writer.reset()
    }

    // MARK: - Receiving

    /// Waits for bytes. At the end of the stream the process ends: its parent is gone or wants it gone.
    ///
    /// - Parameter soon: an answer is on its way, which takes a few microseconds: less than to sleep and be woken.
    private func receive(soon: Bool = false) {
        var looks = soon ? Wire.looks : 0
        while true {
            let count = recv(socket, chunk.baseAddress, chunk.count, looks > 0 ? Int32(MSG_DONTWAIT) : 0)
            if count < 0 && errno == EAGAIN {
                looks -= 1
                sched_yield()
                continue
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { _exit(0) }
            frames.append(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            return
        }
    }

    /// The first message.
    func setup() -> WorkerSetup {
        while true {
            do {
                if let message = try frames.next({ try MessageToWorker(kind: $0, $1) }) {
                    guard case .setup(let setup) = message else { _exit(2) }
                    return setup
                }
            } catch {
                _exit(2)
            }
            receive()
        }
    }

    /// The next evaluation of a session, when one has ended.
    func waitForEvaluation() -> LuaEvaluation {
        betweenEvaluations = true
        defer {
            betweenEvaluations = false
            evaluation = nil
        }
        while true {
            if interrupt.reason != nil { _exit(0) }
            if let evaluation {
                // What has come before it was for the one that has ended.
                replies.removeAll()
                LuaInterrupt.nextEvaluation()
                return evaluation
            }
            if !take(nil) { receive() }
        }
    }

    /// The replies that have come, or the next ones; none if the machine or its evaluation is to end.
    func waitForReplies() -> [LuaReply] {
        while true {
            while take(nil) {}
            if !replies.isEmpty || interrupt.reason != nil || interrupt.interruption != nil { break }
            receive()
        }
        defer { replies.removeAll(keepingCapacity: true) }
        return replies
    }

    /// Sends a call that is answered in place, and waits for the answer.
    func ask(_ call: inout LuaRawCall, function: UInt32) throws(LuaError) {
        do {
            try MessageFromWorker.write(call, function: function, to: &writer)
        } catch {
            throw LuaError(.conversion, "the arguments cannot be passed: \(error)")
        }
        flush()
        let answer = Answer()
        while answer.result == nil {
            if !take(answer) { receive(soon: true) }
        }
        switch answer.result {
        case .failure(let error): throw error
        case .success(let encoded):
            encoded.bytes.withUnsafeBytes { call.pushEncoded($0, count: encoded.count) }
        case nil: break
        }
    }

    private final class Answer {
        var result: Result<(bytes: [UInt8], count: Int), LuaError>?
    }

    /// Takes one message out of what has come; false: there is none.
    private func take(_ answer: Answer?) -> Bool {
        do {
            return try frames.next { kind, payload in
                if try MessageToWorker.withAnswer(kind: kind, payload, { answer?.result = .success((Array($0), $1)) }) {
                    return
                }
                switch try MessageToWorker(kind: kind, payload) {
                case .answer(.failure(let error)): answer?.result = .failure(error)
                case .reply(let id, let result):
                    replyCount += 1
                    replies.append(LuaReply(id: id, result: result))
                case .kill(let reason): interrupt.kill(reason)
                case .interrupt(let reason): interrupt.interrupt(reason)
                case .evaluate(let next):
                    guard betweenEvaluations, evaluation == nil else { _exit(2) }
                    evaluation = next
                case .setup, .answer: _exit(2)
                }
            } != nil
        } catch {
            _exit(2)
        }
    }
}
