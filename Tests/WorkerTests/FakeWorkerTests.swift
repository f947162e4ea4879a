import Glibc
import LuaRuntime
import Testing

/// Programs that play the worker and lie. The run ends with an error that says so, and this process goes on.
@Suite struct FakeWorkerTests {
    /// A worker that says those bytes and then what the shell commands make of it.
    private func run(_ bytes: [UInt8], then commands: String = "cat <&3 >/dev/null", limits: LuaLimits = LuaLimits())
        async throws -> LuaKilled
    {
        let folder = try TemporaryFolder()
        let octal = bytes.map { "\\" + String(UInt32($0) + 512, radix: 8).suffix(3) }.joined()
        let path = try folder.write("worker", "#!/bin/sh\nprintf '\(octal)' >&3\n\(commands)\n", executable: true)
        var host = LuaHost(limits: limits)
        host.execution = .process(worker: path)
        host.asyncFunction("wait") { () async throws in try await Task.sleep(for: .seconds(1000)) }
        host.function("answer") { () in 1 }
        return try await #require(throws: LuaKilled.self) { try await host.run("return 1") }
    }

    private func frame(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(payload.count + 1)) { Array($0) } + [kind] + payload
    }

    private var report: [UInt8] { frame(1, [0x7f, 0, 0, 0, 7, 0, 0, 0]) }

    private func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    @Test func bytesThatAreNoMessageEndTheRun() async throws {
        let killed = try await run(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        #expect(killed.reason == .worker)
        #expect(killed.description.contains("sent what is no message: a frame of"))
    }

    @Test func nothingIsBelievedBeforeTheReport() async throws {
        let killed = try await run(frame(2, number(1) + [65]))
        #expect(killed.description.contains("something before the report of its jail"))
    }

    @Test func oneReportIsEnough() async throws {
        #expect(try await run(report + report).description.contains("a second report"))
    }

    @Test(arguments: [0, 7, UInt32.max]) func aCallOfAnUnknownFunctionEndsTheRun(_ function: UInt32) async throws {
        // Function 1 answers in place, 0 suspends: asking 0 in place is refused, calling 1 is a lie.
        let position = number(0) + number(0)
        let call = frame(
            4,
            number(function == 0 ? 1 : function) + [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
                + position + number(0))
        #expect(try await run(report + call).description.contains("unknown function"))
        let ask = frame(3, number(max(2, function)) + position + number(0))
        #expect(try await run(report + ask).description.contains("unknown function"))
    }

    @Test func aCallTwiceEndsTheRun() async throws {
        let call = frame(
            4,
            number(0) + [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0] + number(0) + number(0)
                + number(0))
        #expect(try await run(report + call + call).description.contains("a call twice"))
    }

    @Test func theParentCountsCallsAndOutputItself() async throws {
        var limits = LuaLimits()
        limits.calls = 2
        limits.output = 10
        let calls = (1...3).flatMap { id in
            frame(
                4,
                number(0) + [UInt8(id), 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0] + number(0) + number(0)
                    + number(0))
        }
        #expect(try await run(report + calls, limits: limits).reason == .calls)
        let line = frame(2, number(20) + [UInt8](repeating: 65, count: 20))
        #expect(try await run(report + line + line, limits: limits).reason == .output)
    }

    @Test func noMoreCallsAreInFlightThanThereCanBeTasks() async throws {
        var limits = LuaLimits()
        limits.tasks = 2
        let calls = (1...4).flatMap { id in
            frame(
                4,
                number(0) + [UInt8(id), 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0] + number(0) + number(0)
                    + number(0))
        }
        #expect(try await run(report + calls, limits: limits).description.contains("more calls at once than tasks"))
    }

    @Test func aWorkerThatAsksAndTakesNoAnswerIsEnded() async throws {
        let folder = try TemporaryFolder()
        let ask = frame(3, number(0) + number(0) + number(0) + number(0))
        let octal = (report + ask).map { "\\" + String(UInt32($0) + 512, radix: 8).suffix(3) }.joined()
        let again = ask.map { "\\" + String(UInt32($0) + 512, radix: 8).suffix(3) }.joined()
        let path = try folder.write(
            "worker", "#!/bin/sh\nprintf '\(octal)' >&3\nwhile printf '\(again)' >&3; do :; done\nexec sleep 1000\n",
            executable: true)
        var host = LuaHost()
        host.limits.cpu = nil
        host.execution = .process(worker: path)
        let answer = String(repeating: "x", count: 8 << 20)
        host.function("answer") { answer }
        let killed = try await #require(throws: LuaKilled.self) { try await host.run("return 1") }
        #expect(killed.description == "the Lua worker died (signal 9)")
    }

    @Test func aWorkerThatDiesIsNamedWithItsEnd() async throws {
        #expect(try await run(report, then: "exit 3").description == "the Lua worker died (exit status 3)")
        #expect(try await run(report, then: "kill -9 $$").description == "the Lua worker died (signal 9)")
        #expect(try await run([], then: "exit 0").description.contains("did not start (exit status 0)"))
        #expect(try await run(report, then: "exit 77").reason == .memory)
    }

    @Test func aWorkerThatNeverStopsIsEnded() async throws {
        var limits = LuaLimits()
        limits.cpu = .milliseconds(30)
        #expect(try await run(report, then: "while :; do :; done", limits: limits).reason == .cpu)
        limits.cpu = nil
        limits.wall = .milliseconds(30)
        #expect(try await run(report, then: "trap '' 38; while :; do :; done", limits: limits).reason == .deadline)
        // It waits, and does not even listen; or something else keeps its socket.
        #expect(try await run(report, then: "exec sleep 1000", limits: limits).reason == .deadline)
        #expect(try await run(report, then: "sleep 2", limits: limits).reason == .deadline)
    }

    private var idle: [UInt8] { frame(5, [UInt8](repeating: 0, count: 40)) }

    /// One that says that it waits and computes instead, with a limit of processor time or without.
    @Test(arguments: [nil, Duration.seconds(1000)])
    func aWorkerThatSaysThatItWaitsAndComputesIsEnded(_ cpu: Duration?) async throws {
        var limits = LuaLimits()
        limits.cpu = cpu
        limits.wall = .seconds(300)
        #expect(try await run(report + idle, then: "while :; do :; done", limits: limits).reason == .worker)
    }

    @Test func aFloodOfWaitingIsPaidFor() async throws {
        var limits = LuaLimits()
        limits.cpu = .milliseconds(100)
        limits.wall = .seconds(300)
        let octal = idle.map { "\\" + String(UInt32($0) + 512, radix: 8).suffix(3) }.joined()
        let reason = try await run(report, then: "while printf '\(octal)' >&3; do :; done", limits: limits).reason
        #expect(reason == .cpu || reason == .worker)
    }

    /// It stays, and has closed its side of the socket: nobody waits for its end.
    @Test func aWorkerThatClosesItsSocketAndStaysIsEnded() async throws {
        var limits = LuaLimits()
        limits.wall = .seconds(300)
        #expect(try await run(report, then: "exec 3>&-; exec sleep 1000", limits: limits).reason == .worker)
    }

    /// What a worker may send or do, and what its run then ends with.
    private enum Lie: CaseIterable {
        case halfAFrame, aLengthOfTwoGigabytes, aLengthOfNothing, anUnknownKind, aReasonThatDoesNotExist
        case aTextBeyondItsFrame, nothingAtAll, exit77, outOfProcessorTime, aSignal, stopped, deathInAFrame
    }

    @Test(arguments: 0..<Lie.allCases.count) func everyLieEndsTheRun(_ index: Int) async throws {
        let usage = [UInt8](repeating: 0, count: 32)
        var limits = LuaLimits()
        limits.wall = .seconds(300)
        switch Lie.allCases[index] {
        case .halfAFrame:
            #expect(try await run(report + [40, 0, 0], then: "exit 0", limits: limits).reason == .worker)
        case .deathInAFrame:
            #expect(
                try await run(report + number(1000) + [2, 65], then: "kill -9 $$", limits: limits).reason == .worker)
        case .aLengthOfTwoGigabytes:
            #expect(try await run(report + number(0x7fff_ffff) + [2], limits: limits).reason == .worker)
        case .aLengthOfNothing: #expect(try await run(report + number(0), limits: limits).reason == .worker)
        case .anUnknownKind: #expect(try await run(report + frame(200, []), limits: limits).reason == .worker)
        case .aReasonThatDoesNotExist:
            let killed = frame(8, usage + number(99) + number(0) + number(0))
            #expect(try await run(report + killed, limits: limits).reason == .worker)
        case .aTextBeyondItsFrame:
            #expect(try await run(report + frame(2, number(1000) + [65]), limits: limits).reason == .worker)
        case .nothingAtAll: #expect(try await run([], then: "exit 0", limits: limits).reason == .worker)
        case .exit77: #expect(try await run(report, then: "exit 77", limits: limits).reason == .memory)
        case .outOfProcessorTime:
            #expect(try await run(report, then: "kill -XCPU $$; sleep 1000", limits: limits).reason == .cpu)
        case .aSignal:
            #expect(try await run(report, then: "kill -SEGV $$; sleep 1000", limits: limits).reason == .worker)
        case .stopped:
            limits.wall = .milliseconds(100)
            #expect(try await run(report, then: "kill -STOP $$", limits: limits).reason == .deadline)
        }
    }

    @Test func aWorkerThatIsNotThereIsNamed() async throws {
        var host = LuaHost()
        host.execution = .process(worker: "/nonexistent/iwlua-worker")
        let killed = try await #require(throws: LuaKilled.self) { try await host.run("return 1") }
        #expect(
            killed.description
                == "the Lua worker /nonexistent/iwlua-worker is missing: build the product `iwlua-worker` and put it beside "
                + "the program, name its path in `.process(worker:)`, or choose `.inProcess`, which isolates from mistakes "
                + "and not from enemies")
    }

    @Test func aLooseJailIsRefusedWhereOneIsRequired() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "worker", "#!/bin/sh\nprintf '\\011\\0\\0\\0\\001\\117\\0\\0\\0\\0\\0\\0\\0' >&3\ncat <&3 >/dev/null\n",
            executable: true)
        var host = LuaHost()
        host.execution = .process(worker: path, requiresJail: true)
        let killed = try await #require(throws: LuaKilled.self) { try await host.run("return 1") }
        #expect(killed.reason == .worker)
        #expect(
            killed.description == "this system cannot lock the Lua worker up: without Landlock, seccomp")
    }

    private func session(_ bytes: [UInt8], then commands: String = "cat <&3 >/dev/null") throws -> (
        LuaSession, TemporaryFolder
    ) {
        let folder = try TemporaryFolder()
        let octal = bytes.map { "\\" + String(UInt32($0) + 512, radix: 8).suffix(3) }.joined()
        let path = try folder.write("worker", "#!/bin/sh\nprintf '\(octal)' >&3\n\(commands)\n", executable: true)
        var host = LuaHost()
        host.execution = .process(worker: path)
        return (LuaSession(host), folder)
    }

    @Test func whatIsSaidBetweenTwoEvaluationsEndsTheSession() async throws {
        // Results without an end: each evaluation has one at once, and some come between two.
        let (session, folder) = try session(
            report, then: "while printf '\\045\\000\\000\\000\\006%036d' 0 | tr 0 '\\000' >&3; do :; done")
        defer { withExtendedLifetime(folder) {} }
        while session.ended == nil { _ = try? await session.evaluate("return 1") }
        #expect(session.ended?.cause?.reason == .worker)
        #expect(session.ended?.description.contains("something between two evaluations") == true)
    }

    @Test func aRunCannotBeInterrupted() async throws {
        let usage = [UInt8](repeating: 0, count: 32)
        let interrupted = frame(9, usage + number(5) + number(0) + number(0))
        #expect(try await run(report + interrupted).description.contains("what cannot be interrupted"))
    }

    @Test func aWorkerThatDiesBetweenTwoEvaluationsEndsTheSession() async throws {
        let usage = [UInt8](repeating: 0, count: 32)
        let (session, folder) = try session(report + frame(6, usage + number(0)), then: "exit 3")
        defer { withExtendedLifetime(folder) {} }
        #expect(try await session.evaluate("x = 1") == [])
        let killed = try await #require(throws: LuaKilled.self) { try await session.evaluate("return x") }
        #expect(killed.description.contains("the Lua worker died (exit status 3)"))
        let ended = try await #require(throws: LuaSessionEnded.self) { try await session.evaluate("return x") }
        #expect(ended.cause == killed)
    }

    /// One that has said nothing for 200 ms since it was asked to, and computes.
    @Test func aWorkerThatIgnoresAnInterruptIsEnded() async throws {
        let (session, folder) = try session(report, then: "trap '' 38\nwhile :; do :; done")
        defer { withExtendedLifetime(folder) {} }
        let outcome = Task { try await session.evaluate("return 1") }
        while session.jail == nil { await Task.yield() }
        session.interrupt()
        let killed = try await #require(throws: LuaKilled.self) { try await outcome.value }
        #expect(killed.reason == .cancelled)
        #expect(session.ended?.cause == killed)
    }
}
