import LuaMachine
import Testing

@testable import WorkerProtocol

@Suite struct MessageTests {
    @Test func whatAWorkerSaysIsReadAsItWasWritten() throws {
        for message in Samples.fromWorker {
            let bytes = try frame(message)
            let read = try read(bytes) { try MessageFromWorker(kind: $0, $1) }
            #expect(read.count == 1)
            #expect(String(describing: read[0]).count == String(describing: message).count, "\(message)")
            // Dictionaries have no order, but frames do: the same message is the same bytes.
            #expect(try frame(read[0]) == bytes)
        }
    }

    @Test func whatAParentSaysIsReadAsItWasWritten() throws {
        for message in Samples.toWorker {
            let bytes = try frame(message)
            let read = try read(bytes) { try MessageToWorker(kind: $0, $1) }
            #expect(read.count == 1)
            #expect(try frame(read[0]) == bytes)
        }
    }

    @Test func valuesComeBackEqual() throws {
        let bytes = try frame(MessageFromWorker.finished(Samples.values, Samples.usage))
        guard case .finished(let values, let usage)? = try read(bytes, { try MessageFromWorker(kind: $0, $1) }).first
        else { return #expect(Bool(false)) }
        #expect(values == Samples.values)
        #expect(usage == Samples.usage)
    }

    @Test func anErrorComesBackEqual() throws {
        let bytes = try frame(MessageFromWorker.failed(Samples.error, Samples.usage))
        guard case .failed(let error, _)? = try read(bytes, { try MessageFromWorker(kind: $0, $1) }).first
        else { return #expect(Bool(false)) }
        #expect(error == Samples.error)
    }

    @Test func aSetupKeepsItsLimitsFunctionsAndModules() throws {
        let bytes = try frame(MessageToWorker.setup(Samples.setup))
        guard case .setup(let setup)? = try read(bytes, { try MessageToWorker(kind: $0, $1) }).first
        else { return #expect(Bool(false)) }
        #expect(setup.limits == Samples.setup.limits)
        #expect(setup.functions.map(\.name) == ["time.now", "fetch", "a", "b"])
        #expect(setup.functions.map(\.suspends) == [false, true, false, true])
        #expect(setup.entries.count == 5 && setup.seed == 42 && setup.prints && setup.session)
        #expect(setup.evaluation.source == "return ..." && setup.evaluation.arguments == Samples.values)
        let environment = try setup.environment { _, function in function.suspends ? .call : .sync { _ in [] } }
        #expect(environment.entries.count == 5)
    }

    @Test func framesAreCutWhereverTheStreamIs() throws {
        let bytes = try Samples.fromWorker.flatMap { try frame($0) }
        for size in [1, 2, 3, 7, 64] {
            var frames = FrameBuffer(limit: Wire.frameFromWorker)
            var kinds: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { frames.append($0) }
                while let kind = try frames.next({ kind, _ in kind }) { kinds.append(kind) }
            }
            #expect(kinds == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        }
    }

    @Test func theTagsAreThoseOfTheFence() throws {
        // Read by a machine: an argument passes the fence's reader, the script's result its writer.
        let machine = try LuaMachine(LuaEnvironment(), seed: 1)
        try machine.start(source: "return ...", chunk: "a.lua", arguments: [1, 1.5, "x", true, [1, 2], ["k": false]])
        guard case .finished(let values) = machine.advance().state else { return #expect(Bool(false)) }
        #expect(values == [1, 1.5, "x", true, [1, 2], ["k": false]])
    }
}
