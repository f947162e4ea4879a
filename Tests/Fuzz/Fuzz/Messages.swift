import LuaMachine
import WorkerProtocol

/// The parent's side: bytes of a worker that a script has taken over, in the pieces that a socket may cut them into.
///
/// The first byte says how large a piece is; the others are the stream.
func readFromWorker(_ input: UnsafeRawBufferPointer) -> Int32 {
    read(input, limit: Wire.frameFromWorker) { kind, payload in
        let message = try MessageFromWorker(kind: kind, payload)
        return { try message.write(to: &$0) }
    }
}

/// The worker's side. Its parent is trusted, and yet nothing it may say is to break the worker.
func readToWorker(_ input: UnsafeRawBufferPointer) -> Int32 {
    read(input, limit: Wire.frameToWorker) { kind, payload in
        let message = try MessageToWorker(kind: kind, payload)
        if case .setup(let setup) = message {
            _ = try? setup.environment { _, function in function.suspends ? .call : .sync { $0 } }
        }
        return { try message.write(to: &$0) }
    }
}

/// Reads a stream to its end or its first wrong byte. What was read can be written, and is then read as the same.
private func read(
    _ input: UnsafeRawBufferPointer, limit: Int,
    _ decode: @escaping (UInt8, UnsafeRawBufferPointer) throws -> (inout WireWriter) throws -> Void
) -> Int32 {
    guard let first = input.first else { return 0 }
    var frames = FrameBuffer(limit: limit)
    var stream = input.dropFirst()
    while !stream.isEmpty {
        let piece = stream.prefix(Int(first) + 1)
        stream = stream.dropFirst(piece.count)
        frames.append(UnsafeRawBufferPointer(rebasing: piece))
        do {
            while let write = try frames.next(decode) { checkThatItIsReadAsWritten(write, limit: limit, decode) }
        } catch {
            return 0
        }
    }
    return 0
}

private func checkThatItIsReadAsWritten(
    _ write: (inout WireWriter) throws -> Void, limit: Int,
    _ decode: (UInt8, UnsafeRawBufferPointer) throws -> (inout WireWriter) throws -> Void
) {
    do {
        var once = WireWriter()
        try write(&once)
        var frames = FrameBuffer(limit: limit)
        once.bytes.withUnsafeBytes { frames.append($0) }
        guard let again = try frames.next(decode) else { fatalError("what was written is not a whole frame") }
        var twice = WireWriter()
        try again(&twice)
        precondition(once.bytes == twice.bytes, "a message is not read as it was written")
    } catch {
        fatalError("a message that was read cannot be written and read again: \(error)")
    }
}
