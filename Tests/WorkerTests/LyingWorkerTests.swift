import Foundation
import LuaRuntime
import Testing
import WorkerLies

@testable import WorkerProtocol

/// A process that plays the worker and lies, at every point of a talk and in every way: a table of points, one of ways, and
/// one of what is said. The run ends as the table says, and this process goes on.
@Suite struct LyingWorkerTests {
    /// How a run may end.
    enum End: Sendable {
        /// With an error that says so of the worker.
        case worker(String)
        case killed(Set<LuaKill>)
        /// With an error of the script's.
        case failure
        case value
    }

    /// One talk and its end.
    struct Lie: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [LiarStep]
        var end: End
        var limits = LuaLimits()
        var requiresJail = false
        var testDescription: String { name }

        init(_ name: String, _ steps: [LiarStep], _ end: End) { (self.name, self.steps, self.end) = (name, steps, end) }
    }

    // The functions of the host by their numbers.
    static let wait: UInt32 = 0
    static let echo: UInt32 = 1
    static let repeated: UInt32 = 2
    static let number: UInt32 = 3
    static let text: UInt32 = 4
    static let list: UInt32 = 5

    static func host(_ lie: Lie, _ worker: LyingWorker) -> LuaHost {
        var host = LuaHost(limits: lie.limits)
        host.execution = .process(worker: worker.path, requiresJail: lie.requiresJail)
        host.callHandler("wait") { _ in
            try await Task.sleep(for: .seconds(1000))
            return []
        }
        host.callHandler("echo") { $0.arguments }
        host.register("repeated", .sync { $0 })
        host.function("number") { (number: Int) in number }
        host.function("text") { (text: String) in text }
        host.function("list") { (list: [Double]) in list }
        // Somebody wants to see what is printed.
        host.onPrint = { _ in }
        return host
    }

    static func problem(of lie: Lie) async throws -> String? {
        let worker = try LyingWorker(lie.steps)
        defer { withExtendedLifetime(worker) {} }
        do {
            _ = try await host(lie, worker).run("return 1")
        } catch let killed as LuaKilled {
            switch lie.end {
            case .worker(let words) where killed.reason == .worker && killed.description.contains(words): return nil
            case .killed(let reasons) where reasons.contains(killed.reason): return nil
            default: return "\(killed.reason): \(killed)"
            }
        } catch let error as LuaError {
            if case .failure = lie.end { return nil }
            return "\(error)"
        }
        if case .value = lie.end { return nil }
        return "it ended well"
    }

    private func expect(_ lies: [Lie]) async throws {
        for lie in lies {
            let problem = try await Self.problem(of: lie)
            #expect(problem == nil, "\(lie.name): \(lie.end)")
        }
    }

    // MARK: - Every point and every way

    /// Where a worker is in a talk.
    struct Point: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [LiarStep]
        /// It has reported its jail.
        var isBegun = true
        /// The parent waits for the rest of a frame.
        var isInFrame = false
        /// It has said that it waits.
        var isAtRest = false
        /// It has said how it ended: nothing counts any more.
        var isOver = false
        var testDescription: String { name }
    }

    static func ask(_ function: UInt32, _ values: LuaValue...) -> LiarStep {
        .say(.ask(function: function, values.map { .value($0) }, nil))
    }

    static func call(_ function: UInt32, _ id: UInt64, _ values: LuaValue...) -> LiarStep {
        .say(.call(function: function, id: id, task: 1, values, nil))
    }

    static func idle(_ replies: UInt64) -> LiarStep { .say(.idle(replies: replies, WorkerUsage())) }

    static func finished(_ values: LuaValue...) -> LiarStep { .say(.finished(values, WorkerUsage())) }

    static let points: [Point] = [
        Point(name: "at once", steps: [], isBegun: false),
        Point(name: "having taken what it is to do", steps: [.take(1)], isBegun: false),
        Point(name: "in its report", steps: [.say([9, 0, 0, 0, 1, 127])], isBegun: false, isInFrame: true),
        Point(name: "after its report", steps: [.report]),
        Point(name: "after its report and its setup", steps: [.report, .take(1)]),
        Point(name: "after a line", steps: [.report, .say(.print("line"))]),
        Point(name: "in a line", steps: [.report, .say([200, 0, 0, 0, 2, 190, 0, 0, 0, 65])], isInFrame: true),
        Point(name: "in a length", steps: [.report, .say([200, 0])], isInFrame: true),
        Point(name: "with a question open", steps: [.report, ask(repeated, 1)]),
        Point(name: "after an answer", steps: [.report, ask(repeated, 1), .take(2)]),
        Point(name: "after a refused answer", steps: [.report, ask(number, "x"), .take(2)]),
        Point(name: "with a call open", steps: [.report, call(wait, 1)]),
        Point(name: "with two calls open", steps: [.report, call(wait, 1), call(wait, 2)]),
        Point(name: "after a reply", steps: [.report, call(echo, 1, "a"), idle(0), .take(2)]),
        Point(name: "at rest", steps: [.report, call(wait, 1), idle(0)], isAtRest: true),
        Point(name: "at rest with nothing to wait for", steps: [.report, idle(0)], isAtRest: true),
        Point(name: "after its end", steps: [.report, finished(1)], isOver: true),
    ]

    /// What it does there.
    static func lies(at point: Point) -> [Lie] {
        var lies: [Lie] = []
        func add(_ name: String, _ steps: [LiarStep], _ end: End, _ limit: (inout LuaLimits) -> Void = { _ in }) {
            var lie = Lie("\(point.name): \(name)", point.steps + steps, point.isOver ? .value : end)
            // What ends by itself may take its time on a machine that is busy.
            if !point.isOver { limit(&lie.limits) }
            lies.append(lie)
        }
        func soon(_ limits: inout LuaLimits) { limits.wall = .milliseconds(40) }
        func died(_ how: String) -> End {
            .worker(point.isBegun ? "the Lua worker died (\(how))" : "did not start (\(how))")
        }

        for status: Int32 in [0, 1, 3, 255] { add("exit \(status)", [.exit(status)], died("exit status \(status)")) }
        add("exit 77", [.exit(77)], .killed([.memory]))
        for signal in [SIGKILL, SIGSEGV, SIGABRT, SIGILL, SIGTERM, SIGPIPE] {
            add("signal \(signal)", [.die(signal)], died("signal \(signal)"))
        }
        add("SIGXCPU", [.die(SIGXCPU)], .killed([.cpu]))
        add("closing its socket and staying", [.close, .wait], died("signal 9"))
        add("closing its side and staying", [.shut(Int(SHUT_WR)), .wait], died("signal 9"))
        add("closing both sides and staying", [.ignoreSignals, .shut(Int(SHUT_RDWR)), .compute], died("signal 9"))
        add("hearing nothing", [.shut(Int(SHUT_RD)), .wait], .killed([.deadline]), soon)
        add("silence", [.wait], .killed([.deadline]), soon)
        add("silence that no signal ends", [.ignoreSignals, .wait], .killed([.deadline]), soon)
        add("SIGSTOP", [.die(SIGSTOP), .wait], .killed([.deadline]), soon)
        add("computing", [.compute], .killed([.deadline]), soon)
        add("computing that no signal ends", [.ignoreSignals, .compute], .killed([.deadline]), soon)
        if point.isBegun {
            for (name, steps) in [("", []), (" that no signal ends", [LiarStep.ignoreSignals])] {
                add(
                    "computing on a budget" + name, steps + [.compute],
                    .killed(point.isAtRest ? [.cpu, .worker] : [.cpu])
                ) {
                    $0.cpu = .milliseconds(20)
                }
            }
        }
        guard !point.isInFrame else { return lies }
        let broken = "sent what is no message: "
        add(
            "another protocol", [.say(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))], .worker(broken + "a frame of 1347703880")
        )
        for length in [(16 << 20) + 1, 0x7fff_ffff, 0xffff_ffff] {
            add("a frame of \(length)", [.say(LiarStep.number(length))], .worker(broken + "a frame of \(length) bytes"))
        }
        add("a frame of nothing", [.say(LiarStep.number(0))], .worker(broken + "it ends too early"))
        for kind: UInt8 in [0, 10, 127, 255] {
            add("kind \(kind)", [.say(LiarStep.frame(kind, []))], .worker(broken + "an unknown message, \(kind)"))
        }
        add("half a frame, and its death", [.say([40, 0, 0, 0, 2]), .exit(0)], died("exit status 0"))
        add("a quarter of a length, and its death", [.say([40]), .die(SIGKILL)], died("signal 9"))
        add(
            "half a large frame, and silence", [.say([0, 0, 255, 0, 2]), .fill(8 << 20), .wait], .killed([.deadline]),
            soon)
        // Versions of a worker that says other things in other frames.
        for kind: UInt8 in 1...9 {
            add(
                "kind \(kind) without a payload", [.say(LiarStep.frame(kind, []))],
                .worker(broken + "it ends too early"))
        }
        if point.isBegun {
            add("a report", [.report], .worker("a second report of its jail"))
            add("an interrupt", [.say(.interrupted(.cpu, nil, WorkerUsage()))], .worker("what cannot be interrupted"))
        } else {
            add("two reports", [.report, .report], .worker("a second report of its jail"))
            for (name, message) in Self.honest where name != "report" {
                add("\(name) first", [.say(message)], .worker("something before the report of its jail"))
            }
        }
        return lies
    }

    @Test(arguments: points) func `whatever a worker does at this point, the run ends as it should`(_ point: Point)
        async throws
    {
        let lies = Self.lies(at: point)
        #expect(lies.count >= 21)
        try await expect(lies)
    }

    // MARK: - What is no message

    static let honest: [(name: String, message: MessageFromWorker)] = [
        ("report", .jail(JailReport(applied: Set(JailReport.Measure.allCases), landlockABI: 7))),
        ("print", .print("a line")),
        (
            "ask",
            .ask(
                function: repeated,
                [.value(["a": [1, 2.5, true]]), .refused(type: "number", number: .nan, why: "not finite")],
                LuaPosition(chunk: "s.lua", line: 3))
        ),
        (
            "call",
            .call(
                function: wait, id: 1, task: 1, [.handle(LuaHandle(kind: "k", id: 7))], LuaPosition(chunk: "s", line: 1)
            )
        ),
        ("idle", .idle(replies: 0, WorkerUsage())),
        ("finished", .finished(["x", .nil], WorkerUsage())),
        ("failed", .failed(LuaError(.runtime, "no", value: ["a": 1]), WorkerUsage())),
        ("killed", .killed(.cpu, LuaPosition(chunk: "s", line: 1), WorkerUsage())),
        ("interrupted", .interrupted(.cpu, nil, WorkerUsage())),
    ]

    /// Each message, cut at each byte of it, and with bytes behind its end.
    @Test(arguments: honest.map(\.name)) func `a message that is cut, or goes on behind its end, is none`(
        _ name: String
    )
        async throws
    {
        let message = try #require(Self.honest.first { $0.name == name }?.message)
        let frame = LiarStep.frame(message)
        let payload = Array(frame[5...])
        let begin: [LiarStep] = name == "report" ? [] : [.report]
        let cuts = (0..<payload.count).map { count in
            Lie(
                "\(name) cut at \(count) of \(payload.count)",
                begin + [.say(LiarStep.frame(frame[4], Array(payload[..<count])))], .worker("sent what is no message"))
        }
        let longer = [[0], [255, 255], payload].map { rest in
            Lie(
                "\(name) and \(rest.count) bytes more", begin + [.say(LiarStep.frame(frame[4], payload + rest))],
                .worker("sent what is no message: bytes behind its end"))
        }
        try await expect(cuts + longer)
    }

    // MARK: - Values

    /// A value in the flat encoding, which an honest writer may refuse to write.
    struct Value: Sendable {
        var name: String
        var bytes: [UInt8]
        /// What is wrong with it; nil: nothing.
        var problem: String?

        init(_ name: String, _ bytes: [UInt8], _ problem: String? = nil) {
            (self.name, self.bytes, self.problem) = (name, bytes, problem)
        }

        init(_ name: String, _ value: LuaValue) { self.init(name, Value.encoded(value)) }

        /// Behind the usage and the count of a list of one.
        static func encoded(_ value: LuaValue) -> [UInt8] {
            Array(LiarStep.frame(.finished([value], WorkerUsage()))[(5 + 32 + 4)...])
        }

        static func nested(_ depth: Int, _ opening: [UInt8]) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(depth * opening.count + 1)
            for _ in 0..<depth { bytes += opening }
            return bytes + encoded(.nil)
        }
    }

    static let values: [Value] = {
        let (integer, text, array, object) = (
            Value.encoded(0)[0], Value.encoded("")[0], Value.encoded([])[0], Value.encoded(.object([:]))[0]
        )
        let (one, most) = (LiarStep.number(1), LiarStep.number(0xffff_ffff))
        let intoField = [object] + one + one + [97]
        var values = [
            Value("NaN", .number(.nan)), Value("a signalling NaN", .number(.signalingNaN)),
            Value("infinity", .number(.infinity)), Value("-infinity", .number(-.infinity)),
            Value("2^63", .number(0x1p63)), Value("-2^63", .number(-0x1p63)), Value("2^62", .number(0x1p62)),
            Value("the largest number", .number(.greatestFiniteMagnitude)), Value("-0.0", .number(-0.0)),
            Value("the least number", .number(.leastNonzeroMagnitude)), Value("half", .number(0.5)),
            Value("the least integer", .integer(.min)), Value("the largest integer", .integer(.max)),
            Value("nil", .nil), Value("an empty text", ""), Value("a zero byte", "\0"),
            Value("a line break", "a\r\n\u{2028}b"),
            Value("bidirectional controls", "\u{202e}\u{2066}x"), Value("an escape sequence", "\u{1b}]52;c;AAAA\u{7}"),
            Value("combining marks", .string("e" + String(repeating: "\u{301}", count: 100_000))),
            Value("joined emoji", "\u{1f468}\u{200d}\u{1f469}"), Value("tags", "\u{e0041}\u{e007f}"),
            Value("no characters", "\u{fffe}\u{ffff}\u{10ffff}"), Value("fillers", "\u{115f}\u{3164}\u{ffa0}"),
            Value("bytes", .bytes([0xff, 0xfe])), Value("half a surrogate pair", .bytes([0xed, 0xa0, 0x80])),
            Value("too long a form", .bytes([0xc0, 0xaf])), Value("half a character", .bytes([0xf0, 0x9f])),
            Value("a text of 15 MiB", .string(String(repeating: "x", count: 15 << 20))),
            Value("bytes of 15 MiB", .bytes([UInt8](repeating: 0xff, count: 15 << 20))),
            Value("a forged handle", .handle(LuaHandle(kind: "secret", id: .max))),
            Value("a handle without a kind", .handle(LuaHandle(kind: "", id: 0))),
            Value("999,990 values", .array(Array(repeating: .nil, count: 999_990))),
            Value(
                "300,000 keys",
                .object(Dictionary(uniqueKeysWithValues: (0..<300_000).map { ("\($0)", .boolean(true)) }))),
            Value(
                "a key twice",
                [object] + LiarStep.number(2) + (one + [97] + Value.encoded(1)) + (one + [97] + Value.encoded(2))),
            Value("a key of bytes", [object] + one + one + [255] + Value.encoded(1)),
            Value("a key of combining marks", .object(["e" + String(repeating: "\u{301}", count: 1000): 1])),
            Value("an array 127 deep", Value.nested(127, [array] + one)),
            Value("a table 127 deep", Value.nested(127, intoField)),
            Value(
                "1,000,001 values", [array] + LiarStep.number(1_000_001) + [UInt8](repeating: 0, count: 1_000_001),
                "too many values"),
            Value("2^32 values", [array] + most, "it ends too early"),
            Value("2^32 keys", [object] + most, "it ends too early"),
            Value("a text of 2^32", [text] + most + [65], "it ends too early"),
            Value("an integer cut short", [integer, 1, 2, 3], "it ends too early"),
            Value("an unknown value", [9], "an unknown value, 9"), Value("a function", [15], "an unknown value, 15"),
            Value("the last kind", [255], "an unknown value, 255"),
        ]
        for depth in [130, 200, 100_000, 3_000_000] {
            values.append(
                Value("an array \(depth) deep", Value.nested(depth, [array] + one), "a value nested too deep"))
        }
        values.append(Value("a table 1,000,000 deep", Value.nested(1_000_000, intoField), "a value nested too deep"))
        return values
    }()

    /// Where values stand in what a worker says.
    enum Place: CaseIterable, Sendable {
        case result, error, question, questionForNumber, questionForText, questionForList, call

        func lie(_ value: Value) -> Lie {
            let usage = [UInt8](repeating: 0, count: 32)
            let (none, one) = (LiarStep.number(0), LiarStep.number(1))
            let nowhere = none + none
            let id: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
            func number(_ function: UInt32) -> [UInt8] { LiarStep.number(Int(function)) }
            let end: End = value.problem.map { .worker("sent what is no message: " + $0) } ?? .value
            let steps: [LiarStep]
            switch self {
            case .result: steps = [.say(LiarStep.frame(6, usage + one + value.bytes))]
            case .error:
                let error = [0] + LiarStep.number(1) + [65, 1] + value.bytes + nowhere + none
                steps = [.say(LiarStep.frame(7, usage + error))]
            case .question, .questionForNumber, .questionForText, .questionForList:
                let function =
                    switch self {
                    case .questionForNumber: LyingWorkerTests.number
                    case .questionForText: LyingWorkerTests.text
                    case .questionForList: LyingWorkerTests.list
                    default: LyingWorkerTests.repeated
                    }
                let ask = number(function) + nowhere + one + [1] + value.bytes
                steps = [.say(LiarStep.frame(3, ask)), .take(2), LyingWorkerTests.finished()]
            case .call:
                let call = number(LyingWorkerTests.echo) + id + id + nowhere + one + value.bytes
                steps = [
                    .say(LiarStep.frame(4, call)), LyingWorkerTests.idle(0), .take(2), LyingWorkerTests.finished(),
                ]
            }
            var lie = Lie("\(value.name) as \(self)", [.report] + steps, end)
            // Large ones cost their parent time.
            lie.limits.cpu = nil
            switch self {
            case .error where value.problem == nil: lie.end = .failure
            // A script asks for that honestly, and is told.
            case .question, .questionForNumber, .questionForText, .questionForList:
                if value.problem == "too many values" { lie.end = .value }
            default: break
            }
            return lie
        }
    }

    @Test(arguments: Place.allCases) func `a value that no script makes harms nobody`(_ place: Place) async throws {
        try await expect(Self.values.map { place.lie($0) })
    }

    // MARK: - Fields

    private static func fields() -> [Lie] {
        let usage = [UInt8](repeating: 0, count: 32)
        let most = [UInt8](repeating: 255, count: 32)
        let (none, one) = (LiarStep.number(0), LiarStep.number(1))
        let nowhere = none + none
        func said(_ kind: UInt8, _ payload: [UInt8]) -> [LiarStep] { [.report, .say(LiarStep.frame(kind, payload))] }
        var lies: [Lie] = []
        for reason in [0, 8, 9, 99, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
            lies.append(
                Lie(
                    "killed for reason \(reason)", said(8, usage + LiarStep.number(reason) + nowhere),
                    .worker("a reason out of range")))
        }
        for reason in 1...7 {
            let kill = LuaKill(rawValue: Int32(reason)) ?? .worker
            lies.append(
                Lie("killed for reason \(reason)", said(8, most + LiarStep.number(reason) + nowhere), .killed([kill])))
        }
        for code: UInt8 in 0...5 {
            lies.append(Lie("error code \(code)", said(7, most + [code] + none + [0] + nowhere + none), .failure))
        }
        for code: UInt8 in [6, 127, 255] {
            lies.append(
                Lie(
                    "error code \(code)", said(7, usage + [code] + none + [0] + nowhere + none),
                    .worker("an unknown error code, \(code)")))
        }
        let frame = one + one + [97] + none
        lies += [
            Lie("the largest usage", said(6, most + none), .value),
            Lie("a flag of 2", said(7, usage + [0] + none + [2] + nowhere + none), .worker("an unknown flag, 2")),
            Lie(
                "an error that is not UTF-8", said(7, usage + [0] + one + [255, 0] + nowhere + none),
                .worker("not UTF-8")),
            Lie("a line that is not UTF-8", said(2, one + [255]), .worker("not UTF-8")),
            Lie("a file that is not UTF-8", said(8, usage + one + one + one + [255]), .worker("not UTF-8")),
            Lie("the last line", said(8, usage + one + LiarStep.number(0xffff_ffff) + one + [97]), .killed([.cpu])),
            Lie(
                "a traceback without lines", said(7, usage + [0] + none + [0] + nowhere + one + none + none + none),
                .worker("a line out of range")),
            Lie(
                "a traceback of 1000",
                said(7, usage + [0] + none + [0] + nowhere + LiarStep.number(1000) + (0..<1000).flatMap { _ in frame }),
                .failure),
            Lie(
                "a traceback of 1001",
                said(7, usage + [0] + none + [0] + nowhere + LiarStep.number(1001) + (0..<1001).flatMap { _ in frame }),
                .worker("too many values")),
            Lie(
                "a traceback of 2^32", said(7, usage + [0] + none + [0] + nowhere + LiarStep.number(0xffff_ffff)),
                .worker("it ends too early")),
            Lie("2^32 results", said(6, usage + LiarStep.number(0xffff_ffff)), .worker("it ends too early")),
            Lie("2^32 arguments", said(3, none + nowhere + LiarStep.number(0xffff_ffff)), .worker("it ends too early")),
            Lie(
                "a refused argument that is finite",
                [
                    .report, .say(.ask(function: number, [.refused(type: "number", number: 3, why: "")], nil)),
                    .take(2), finished(),
                ], .value),
            Lie(
                "a refused argument of a million letters",
                [
                    .report,
                    .say(
                        .ask(
                            function: number,
                            [.refused(type: String(repeating: "\u{301}", count: 500_000), number: .nan, why: "\u{1b}")],
                            nil)), .take(2), finished(),
                ], .value),
            Lie("no argument", [.report, ask(number), .take(2), finished()], .value),
            Lie("arguments more than there are", [.report, ask(number, 1, 2, 3, "x"), .take(2), finished()], .value),
        ]
        return lies
    }

    @Test func `every field of a message may hold anything`() async throws { try await expect(Self.fields()) }

    // MARK: - Order and numbers

    private static func orders() -> [Lie] {
        var lies: [Lie] = []
        for function: UInt32 in [6, 7, 1 << 31, .max] {
            lies.append(Lie("asking \(function)", [.report, ask(function)], .worker("an unknown function")))
            lies.append(
                Lie("calling \(function)", [.report, call(function, 1)], .worker("a call of an unknown function")))
        }
        for function in [repeated, number, text, list] {
            lies.append(
                Lie(
                    "calling what answers in place, \(function)", [.report, call(function, 1)],
                    .worker("a call of an unknown function")))
        }
        for function in [wait, echo] {
            // It is told that this is none; the run goes on.
            lies.append(Lie("asking what waits, \(function)", [.report, ask(function), .take(2), finished()], .value))
        }
        for ids: [UInt64] in [[0], [1, 1], [2, 1], [.max, 1], [.max, .max], [5, 6, 5], [1, 0]] {
            lies.append(Lie("calls \(ids)", [.report] + ids.map { call(wait, $0) }, .worker("a call twice")))
        }
        // Ids are the worker's own: they need not follow one another.
        lies.append(
            Lie(
                "calls with gaps",
                [.report, call(echo, 7), idle(0), .take(2), call(echo, .max), idle(1), .take(1), finished()], .value))
        lies.append(
            Lie(
                "a reply taken, and the call again", [.report, call(echo, 1), idle(0), .take(2), call(echo, 1)],
                .worker("a call twice")))
        lies.append(Lie("its end with calls open", [.report, call(wait, 1), call(wait, 2), finished()], .value))
        lies.append(Lie("two ends", [.report, finished(1), finished(2)], .value))
        lies.append(Lie("an end and a call", [.report, finished(1), call(wait, 1)], .value))
        lies.append(Lie("an end and bytes", [.report, finished(1), .say([1, 2, 3, 4, 5, 6, 7, 8])], .value))
        lies.append(Lie("an end and a flood", [.report, finished(1), .flood(LiarStep.frame(.print("x")))], .value))
        lies.append(
            Lie(
                "an error and an end", [.report, .say(.failed(LuaError(.runtime, "no"), WorkerUsage())), finished(1)],
                .failure))
        lies.append(
            Lie(
                "a kill and an end", [.report, .say(.killed(.output, nil, WorkerUsage())), finished(1)],
                .killed([.output])))
        lies.append(Lie("answers not taken", [.report] + (0..<50).map { _ in ask(repeated, 1) } + [finished()], .value))
        // Replies that it claims to have seen.
        for replies: UInt64 in [1, 2, 1 << 63, .max] {
            var lie = Lie("waiting after \(replies) replies", [.report, idle(replies), .wait], .killed([.deadline]))
            lie.limits.wall = .milliseconds(40)
            lies.append(lie)
        }
        // Of the host's own limits each holds whatever the worker says of itself.
        for limit in [0, 1, 3] {
            var lie = Lie(
                "one call more than \(limit)", [.report] + (0...limit).map { call(wait, UInt64($0) + 1) },
                .killed([.calls]))
            lie.limits.calls = limit
            lies.append(lie)
            lie = Lie(
                "two more calls at once than \(limit) tasks",
                [.report] + (0...limit + 1).map { call(wait, UInt64($0) + 1) }, .worker("more calls at once than tasks")
            )
            lie.limits.tasks = limit
            lies.append(lie)
            lie = Lie(
                "three times \(limit) bytes and more",
                [.report, .say(.print(String(repeating: "x", count: 3 * limit)))], .killed([.output]))
            lie.limits.output = limit
            lies.append(lie)
        }
        // A jail with each measure missing, and with what no kernel has.
        for measure in JailReport.Measure.allCases {
            for isRequired in [true, false] {
                let report = JailReport(
                    applied: Set(JailReport.Measure.allCases).subtracting([measure]), landlockABI: 7)
                let isRefused = isRequired && measure != .landlock
                var lie = Lie(
                    "a jail without \(measure), \(isRequired ? "" : "not ")required",
                    [.say(.jail(report)), finished()],
                    isRefused ? .worker("this system cannot lock the Lua worker up: without \(measure)") : .value)
                lie.requiresJail = isRequired
                lies.append(lie)
            }
        }
        for (bits, abi, isTight) in [
            (0, 0, false), (0xffff_ffff, 0xffff_ffff, true), (0x7f, 0x7fff_ffff, true),
            (0xffff_ff80, 0x8000_0000, false),
        ] {
            var lie = Lie(
                "jail \(bits), Landlock \(abi)",
                [.say(LiarStep.frame(1, LiarStep.number(bits) + LiarStep.number(abi))), finished()],
                isTight ? .value : .worker("this system cannot lock the Lua worker up"))
            lie.requiresJail = true
            lies.append(lie)
        }
        return lies
    }

    @Test func `order and numbers of calls, answers and reports are not believed`() async throws {
        try await expect(Self.orders())
    }

    // MARK: - Floods

    /// In a process of its own: what its memory has grown to is that of the floods alone.
    @Test func `no flood takes more memory than the limits say`() async {
        let end = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            // What has failed is told by the output: of a process that fails there would be none.
            do { try await LyingWorkerTests.flood() } catch { print(error) }
            fflush(nil)
        }
        let output = String(decoding: end?.standardOutputContent ?? [], as: UTF8.self)
        print(output)
        #expect(output.hasSuffix("all floods ended\n"), "\(output)")
    }

    struct Flooded: Error { let what: String }

    private static func flood() async throws {
        let large = String(repeating: "x", count: 1 << 20)
        func repeating(_ name: String, _ steps: [LiarStep], _ end: End, _ limit: (inout LuaLimits) -> Void) -> Lie {
            var lie = Lie(name, [.report] + steps, end)
            lie.limits.wall = .seconds(300)
            limit(&lie.limits)
            return lie
        }
        // Each a call with a text of 15 MiB, which this process does not hold.
        let size = 15 << 20
        let calls = (1...40).flatMap { id -> [LiarStep] in
            let ids = [UInt8(id), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            let head = LiarStep.number(Int(wait)) + ids + LiarStep.number(0) + LiarStep.number(0) + LiarStep.number(1)
            let text = Value.encoded("").prefix(1) + LiarStep.number(size)
            return [.say(LiarStep.number(1 + head.count + text.count + size) + [4] + head + text), .fill(size)]
        }
        let lies = [
            repeating("lines", [.flood(LiarStep.frame(.print("a line")))], .killed([.output])) { $0.output = 1 << 20 },
            repeating("large lines", [.flood(LiarStep.frame(.print(large)))], .killed([.output])) {
                $0.output = 1 << 26
            },
            repeating("empty lines", [.flood(LiarStep.frame(.print("")))], .killed([.output])) { $0.output = 1 << 16 },
            repeating("waiting", [.flood(LiarStep.frame(.idle(replies: 0, WorkerUsage())))], .killed([.cpu, .worker])) {
                $0.cpu = .milliseconds(100)
            },
            repeating(
                "questions whose answers are large",
                [.flood(LiarStep.frame(.ask(function: repeated, [.value(.string(large))], nil)))],
                .worker("died (signal 9)")
            ) { $0.cpu = nil },
            repeating("questions", [.flood(LiarStep.frame(.ask(function: repeated, [], nil)))], .killed([.cpu])) {
                $0.cpu = .milliseconds(100)
            },
            repeating("questions that fail", [.flood(LiarStep.frame(.ask(function: number, [], nil)))], .killed([.cpu]))
            { $0.cpu = .milliseconds(100) },
            repeating("large calls", calls, .killed([.memory])) { $0.cpu = nil },
            repeating("calls", (1...2000).map { call(wait, UInt64($0)) }, .worker("more calls at once than tasks")) {
                $0.cpu = nil
            },
            repeating("a report", [.flood(LiarStep.frame(honest[0].message))], .worker("a second report")) { _ in },
            repeating("bytes", [.flood([UInt8](repeating: 65, count: 1 << 16))], .worker("a frame of")) { _ in },
            repeating("zeros", [.flood([UInt8](repeating: 0, count: 1 << 16))], .worker("ends too early")) { _ in },
            repeating(
                "a frame that never ends", [.say(LiarStep.number(16 << 20) + [2]), .fill(1 << 30)],
                .worker("sent what is no message")
            ) { _ in },
        ]
        for lie in lies {
            // The peak is set back to what is held now.
            try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
            let before = try memory("VmRSS:")
            let problem = try await Self.problem(of: lie)
            let grown = try memory("VmHWM:") - before
            print("\(lie.name): \(problem ?? "as it should"), \(grown >> 10) MiB")
            if let problem { throw Flooded(what: "\(lie.name): \(problem)") }
            // Answers or calls in flight of 256 MiB, the values that they were made from, and some frames.
            if grown > 700 << 10 { throw Flooded(what: "\(lie.name): \(grown) KiB") }
        }
        print("all floods ended")
    }

    /// In KiB: what this process holds, or the most that it has held.
    private static func memory(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        guard let memory = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }) else {
            throw Flooded(what: "no \(name)")
        }
        return memory
    }

    // MARK: - Sessions

    /// What is said when nothing was asked, and the worker's death behind it: heard between two evaluations or in the second
    /// one, it ends the session.
    @Test(arguments: honest.map(\.name)) func `a session ends with what its worker says unasked`(_ name: String)
        async throws
    {
        let message = try #require(Self.honest.first { $0.name == name }?.message)
        let worker = try LyingWorker([.report, Self.finished(1), .say(message), .exit(3)])
        defer { withExtendedLifetime(worker) {} }
        let session = LuaSession(Self.host(Lie("", [], .value), worker))
        #expect(try await session.evaluate("return 1") == [1])
        var rounds = 0
        while session.ended == nil, rounds < 10 {
            _ = try? await session.evaluate("return 1")
            rounds += 1
        }
        let reason = session.ended?.cause?.reason
        // A kill that comes in time for the second evaluation is believed: it ends no more than its own session.
        #expect(reason == .worker || (name == "killed" && reason == .cpu), "\(session.ended as Any)")
    }

    @Test(arguments: [LuaKill.cpu, .calls, .output, .cancelled, .deadline])
    func `an interrupt that nobody asked for ends its evaluation`(
        _ reason: LuaKill
    ) async throws {
        let worker = try LyingWorker([
            .report, .say(.interrupted(reason, nil, WorkerUsage())), .take(2), Self.finished(2),
        ])
        defer { withExtendedLifetime(worker) {} }
        let session = LuaSession(Self.host(Lie("", [], .value), worker))
        let interrupted = await #expect(throws: LuaInterrupted.self) { try await session.evaluate("return 1") }
        #expect(interrupted?.reason == reason)
        #expect(try await session.evaluate("return 2") == [2])
        session.close()
    }
}
