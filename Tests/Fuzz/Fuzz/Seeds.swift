import Glibc
import LuaMachine
import WorkerProtocol

/// Writes one message of each kind into `from-worker` and `to-worker` below a folder.
///
/// - Returns: the exit status.
func writeSeeds(to folder: String) -> Int32 {
    var written = 0
    func write(_ side: String, _ name: String, _ encode: (inout WireWriter) throws -> Void) {
        var writer = WireWriter()
        guard (try? encode(&writer)) != nil, let file = fopen("\(folder)/\(side)/seed-\(name)", "wb") else { return }
        let bytes = [0xff] + writer.bytes
        if fwrite(bytes, 1, bytes.count, file) == bytes.count { written += 1 }
        fclose(file)
    }
    for (index, message) in Seeds.fromWorker.enumerated() {
        write("from-worker", "\(index)") { try message.write(to: &$0) }
    }
    for (index, message) in Seeds.toWorker.enumerated() {
        write("to-worker", "\(index)") { try message.write(to: &$0) }
    }
    return written == Seeds.fromWorker.count + Seeds.toWorker.count ? 0 : 1
}

private enum Seeds {
    static let values: [LuaValue] = [
        .nil, true, false, -1, 1.5, "웹 서버", .bytes([0xff, 0]), [1, [2, [3]]], ["a": 1, "b": ["c": "d"]],
        .handle(LuaHandle(kind: "secret", id: 7)),
    ]
    static let position = LuaPosition(chunk: "a.lua", line: 3)
    static let error = LuaError(
        .runtime, "it broke", value: ["code": 404], position: position,
        traceback: [LuaFrame(position: position, function: "f")])

    static let fromWorker: [MessageFromWorker] = [
        .jail(JailReport(applied: [.seccomp, .limits], landlockABI: 7)),
        .print("a line"),
        .ask(function: 2, values.map { .value($0) } + [.refused(type: "number", number: 1, why: "no")], position),
        .call(function: 1, id: 5, task: 1, values, nil),
        .idle(replies: 4, WorkerUsage()),
        .finished(values, WorkerUsage()),
        .failed(error, WorkerUsage()),
        .killed(.memory, position, WorkerUsage()),
    ]

    static let toWorker: [MessageToWorker] = [
        .answer(.success(values)), .answer(.failure(error)), .reply(id: 3, .success(values)),
        .reply(id: 3, .failure(error)), .kill(.deadline), .setup(setup),
    ]

    static let setup: WorkerSetup = {
        var environment = LuaEnvironment()
        environment.register("fetch", .call)
        environment.setGlobal("version", ["major": 1])
        environment.addModule(.script(name: "m", source: "return 1"))
        environment.addModule(.host(name: "h", source: "return {}", data: [1], functions: ["b": .call], global: true))
        var setup = WorkerSetup.make(environment).setup
        setup.source = "return ..."
        setup.chunk = "a.lua"
        setup.arguments = values
        return setup
    }()
}
