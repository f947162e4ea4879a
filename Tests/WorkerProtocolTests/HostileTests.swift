import LuaMachine
import Testing

@testable import WorkerProtocol

/// Bytes from a process that a script has taken over.
@Suite struct HostileTests {
    @Test func twentyThousandMutationsTrapNowhere() throws {
        var random = Seeded(20_260_927)
        let originals = try Samples.fromWorker.map { try frame($0) }
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = originals[Int.random(in: 0..<originals.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            do {
                _ = try read(bytes) { try MessageFromWorker(kind: $0, $1) }
            } catch is WireError {
                refused += 1
            }
        }
        #expect(refused > 5_000)
    }

    @Test func mutatedMessagesOfAParentTrapNowhereEither() throws {
        var random = Seeded(7)
        let originals = try Samples.toWorker.map { try frame($0) }
        for _ in 0..<5_000 {
            var bytes = originals[Int.random(in: 0..<originals.count, using: &random)]
            mutate(&bytes, &random)
            _ = try? read(bytes) { try MessageToWorker(kind: $0, $1) }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &random)))
        case 3: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 1...12, using: &random)), at: at)
        case 4:
            for index in at..<min(bytes.count, at + 4) { bytes[index] = 0xff }  // an absurd length
        case _ where bytes.count >= 4:  // a fitting frame
            bytes.replaceSubrange(0..<4, with: lengthBytes(bytes.count - 4))
        default: break
        }
    }

    private func lengthBytes(_ count: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(count)) { Array($0) } }

    /// A frame with that payload.
    private func framed(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        lengthBytes(payload.count + 1) + [kind] + payload
    }

    private func failure(_ bytes: [UInt8]) -> WireError? {
        do {
            _ = try read(bytes) { try MessageFromWorker(kind: $0, $1) }
            return nil
        } catch {
            return error as? WireError
        }
    }

    @Test func aFrameThatIsTooLongIsRefusedBeforeItHasCome() {
        #expect(failure(lengthBytes((16 << 20) + 1)) == .tooLong((16 << 20) + 1))
        #expect(failure([0xff, 0xff, 0xff, 0xff]) == .tooLong(Int(UInt32.max)))
        #expect(failure([0, 0, 0, 0]) == .truncated)
    }

    @Test func anUnknownMessageIsRefused() {
        #expect(failure(framed(0, [])) == .unknown("message", 0))
        #expect(failure(framed(99, [1, 2, 3])) == .unknown("message", 99))
    }

    @Test func nestingHasAnEnd() {
        let usage = [UInt8](repeating: 0, count: 32)
        // One result: arrays of one item each, without an end.
        let nested = (0..<10_000).flatMap { _ in [6, 1, 0, 0, 0] as [UInt8] }
        #expect(failure(framed(6, usage + [1, 0, 0, 0] + nested)) == .tooDeep)
    }

    @Test func aCountThatCannotBeTrueTakesNoMemory() {
        let usage = [UInt8](repeating: 0, count: 32)
        #expect(failure(framed(6, usage + [0xff, 0xff, 0xff, 0x7f])) == .truncated)
        #expect(failure(framed(6, usage + [1, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff])) == .truncated)
        let many = [UInt8](repeating: 0, count: 1_500_000)
        #expect(failure(framed(6, usage + lengthBytes(many.count) + many)) == .tooManyValues)
    }

    @Test func whatStandsBehindAMessageIsRefused() throws {
        var bytes = try frame(MessageFromWorker.print("x"))
        bytes.append(0)
        bytes.replaceSubrange(0..<4, with: lengthBytes(bytes.count - 4))
        #expect(failure(bytes) == .surplus)
    }

    @Test func aTextIsUTF8() {
        #expect(failure(framed(2, [1, 0, 0, 0, 0xff])) == .notText)
    }

    @Test func aWorkerCannotClaimAReasonOfItsParent() throws {
        #expect(failure(try frame(MessageFromWorker.killed(.worker, nil, Samples.usage))) == .outOfRange("a reason"))
        #expect(
            failure(try frame(MessageFromWorker.interrupted(.worker, nil, Samples.usage))) == .outOfRange("a reason"))
    }

    @Test func aMessageThatDoesNotFitIsNotWritten() throws {
        var writer = WireWriter()
        try MessageFromWorker.print("first").write(to: &writer)
        let before = writer.bytes
        #expect(throws: WireError.self) {
            try MessageFromWorker.print(String(repeating: "x", count: 17 << 20)).write(to: &writer)
        }
        var deep: LuaValue = 1
        for _ in 0..<300 { deep = .array([deep]) }
        #expect(throws: WireError.tooDeep) { try MessageFromWorker.finished([deep], Samples.usage).write(to: &writer) }
        #expect(writer.bytes == before)
        try MessageFromWorker.print("second").write(to: &writer)
        #expect(try read(writer.bytes) { kind, _ in kind } == [2, 2])
    }
}
