import LuaMachine

@testable import WorkerProtocol

/// A small generator with a seed: the same bytes in every run of the tests.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state ^ (state >> 33)
        mixed = mixed &* 0xff51_afd7_ed55_8ccd
        return mixed ^ (mixed >> 29)
    }
}

enum Samples {
    static let values: [LuaValue] = [
        nil_, true, false, 0, -1, .integer(.max), .integer(.min), 1.5, .number(.infinity), "", "웹 서버",
        .bytes([0xff, 0]),
        [], [1, [2, [3]]], ["a": 1, "b": ["c": "d"]], .object([:]), .handle(LuaHandle(kind: "secret", id: 7)),
        ["list": [nil_, 1, nil_], "text": "x"],
    ]
    private static let nil_ = LuaValue.nil

    static let error = LuaError(
        .runtime, "it broke", value: ["code": 404], position: LuaPosition(chunk: "a.lua", line: 3),
        traceback: [LuaFrame(position: LuaPosition(chunk: "a.lua", line: 3), function: "f")])

    static let usage: WorkerUsage = {
        var usage = WorkerUsage()
        usage.cpu = 1
        usage.memory = 2
        usage.calls = 3
        usage.output = 4
        return usage
    }()

    static let fromWorker: [MessageFromWorker] = [
        .jail(JailReport(applied: [.seccomp, .limits], landlockABI: 7)),
        .print("a line"),
        .ask(
            function: 2,
            values.map { .value($0) } + [
                .refused(type: "function", number: nil, why: "argument 1: a function cannot be passed to the host"),
                .refused(type: "number", number: .infinity, why: "an infinity"),
            ], LuaPosition(chunk: "a.lua", line: 9)),
        .call(function: 1, id: 5, task: 1, values, nil),
        .idle(replies: 4, usage),
        .finished(values, usage),
        .failed(error, usage),
        .killed(.memory, LuaPosition(chunk: "a.lua", line: 2), usage),
        .interrupted(.cancelled, LuaPosition(chunk: "a.lua", line: 2), usage),
    ]

    static let toWorker: [MessageToWorker] = [
        .answer(.success(values)), .answer(.failure(error)), .reply(id: 3, .success(values)),
        .reply(id: 3, .failure(error)), .kill(.deadline), .setup(setup),
        .evaluate(LuaEvaluation(source: "return ...", chunk: "b.lua", arguments: values)), .interrupt(.cpu),
    ]

    static let setup: WorkerSetup = {
        var environment = LuaEnvironment()
        environment.limits.cpu = .milliseconds(1500)
        environment.register("time.now", .sync { _ in [1] })
        environment.register("fetch", .call)
        environment.setGlobal("version", ["major": 1])
        environment.addModule(.script(name: "m", source: "return 1"))
        environment.addModule(
            .host(
                name: "h", source: "return {}", data: [1, 2],
                functions: ["b": .call, "a": .raw { $0.push(1 as Int64) }],
                global: true))
        var setup = WorkerSetup.make(environment).setup
        setup.seed = 42
        setup.evaluation = LuaEvaluation(source: "return ...", chunk: "a.lua", arguments: values)
        setup.session = true
        setup.prints = true
        return setup
    }()
}

/// The frame of a message, and what comes out of reading it.
func frame(_ message: MessageFromWorker) throws -> [UInt8] {
    var writer = WireWriter()
    try message.write(to: &writer)
    return writer.bytes
}

func frame(_ message: MessageToWorker) throws -> [UInt8] {
    var writer = WireWriter()
    try message.write(to: &writer)
    return writer.bytes
}

func read<R>(_ bytes: [UInt8], limit: Int = Wire.frameFromWorker, _ body: (UInt8, UnsafeRawBufferPointer) throws -> R)
    throws -> [R]
{
    var frames = FrameBuffer(limit: limit)
    bytes.withUnsafeBytes { frames.append($0) }
    var all: [R] = []
    while let one = try frames.next(body) { all.append(one) }
    return all
}
