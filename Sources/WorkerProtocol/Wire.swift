/// The bounds of what a parent and its worker say to each other.
///
/// A frame is a length (u32: the bytes behind it), a kind (u8) and a payload, in host byte order: both ends are on one
/// machine. Values are in the flat encoding of `CLuaFence.h`, so that the worker can hand them on as they are; this
/// module's reader checks every byte of it, which the fence's own does not.
package enum Wire {
    /// The most bytes of a frame that a worker may send.
    package static let frameFromWorker = 16 << 20
    /// The most bytes of a frame for a worker.
    package static let frameToWorker = 64 << 20
    /// Tables inside each other in a value from a worker. The fence's converter stops at 120.
    package static let depthFromWorker = 128
    /// The same in a value for a worker: the fence stops at 190.
    package static let depthToWorker = 192
    /// Values in one frame, tables and their items counted: a byte of a frame can cost 32 bytes of memory.
    package static let values = 1_000_000
    /// Bytes of all calls of a worker that wait for their replies. More ends the run: the parent holds them.
    package static let callsInFlight = 256 << 20
    /// Bytes for a worker that it has not taken. More ends it.
    package static let unsent = 256 << 20
    /// Frames of a traceback.
    package static let tracebackFrames = 1000
    /// How often either end looks for what must come within microseconds before it sleeps: about 30 µs. To be woken
    /// costs as much on a virtual machine.
    package static let looks = 60
    /// Bytes ahead of a payload.
    static let header = 5
}

/// What is wrong with bytes that should be a message.
package enum WireError: Error, Hashable, CustomStringConvertible {
    case truncated
    case tooLong(Int)
    case tooDeep
    case tooManyValues
    case unknown(String, UInt8)
    case notText
    case outOfRange(String)
    case surplus

    package var description: String {
        switch self {
        case .truncated: "it ends too early"
        case .tooLong(let count): "a frame of \(count) bytes"
        case .tooDeep: "a value nested too deep"
        case .tooManyValues: "too many values"
        case .unknown(let what, let byte): "an unknown \(what), \(byte)"
        case .notText: "a text that is not UTF-8"
        case .outOfRange(let what): "\(what) out of range"
        case .surplus: "bytes behind its end"
        }
    }
}
