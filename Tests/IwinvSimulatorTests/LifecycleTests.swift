import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import NIOCore
import NIOPosix
import Testing

@Suite("A simulator's life")
struct LifecycleTests {
    @Test("a server works while the virtual clock says so")
    func virtualTime() async throws {
        try await withCloud { cloud in
            let id = JSONValue.string(try #require(cloud.simulator.cloud.servers.first?.id))
            #expect(try await cloud.call("instances.reboot", ["instance_id": id]).status == 202)
            func status() async throws -> JSONValue? {
                try await cloud.call("instances.get", ["instance_id": id]).envelope.rows.first?["status"]
            }
            #expect(try await status() == "work")
            #expect(
                try await cloud.call("instances.reboot", ["instance_id": id]).errorCode == .deletedOrWorkingInstance)
            cloud.clock.advance(by: .seconds(20))
            #expect(try await status() == "active")
        }
    }

    @Test("two simulators of one seed answer the same bytes")
    func determinism() async throws {
        var histories: [[[UInt8]]] = []
        for _ in 0..<2 {
            try await withCloud { cloud in
                var bodies: [[UInt8]] = []
                bodies.append(
                    try await cloud.call(
                        "instances.create",
                        ["zone_id": "kr1_z09", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "vgna_2_n"]
                    ).body)
                bodies.append(
                    try await cloud.call(
                        "instances.list", ["fields": 131_071], page: .init(number: 1, size: 100)
                    ).body)
                histories.append(bodies)
            }
        }
        #expect(histories[0] == histories[1])
    }

    @Test("concurrent requests are all answered, one after the other")
    func concurrency() async throws {
        try await withCloud { cloud in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<70 { group.addTask { try await cloud.send("GET", "/v1/zones").status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 60 && statuses.filter { $0 == 429 }.count == 10)
            #expect(cloud.simulator.requests.count == 70)
        }
    }

    @Test("stopping frees the port, also with an idle connection open; a second stop does nothing")
    func stop() async throws {
        let cloud = try await SimulatedCloud.start()
        let idle = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: cloud.simulator.port).get()
        #expect(try await cloud.send("GET", "/v1/zones").status == 200)
        try await cloud.stop()
        try await cloud.stop()
        await #expect(throws: (any Error).self) { try await cloud.send("GET", "/v1/zones") }
        try? await idle.close()
    }

    @Test("what is no HTTP does not disturb it")
    func garbage() async throws {
        try await withCloud { cloud in
            for text in [
                "\0\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "PUT /v1/instances/x HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc",
            ] {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: cloud.simulator.port).get()
                try await channel.writeAndFlush(ByteBuffer(string: text))
                try? await channel.close()
            }
            let reply = try await cloud.send("GET", "/v1/zones")
            #expect(reply.status == 200)
        }
    }

    @Test("a HEAD gets no body")
    func head() async throws {
        try await withCloud { cloud in
            let reply = try await cloud.send("HEAD", "/v1/zones")
            #expect(reply.status == 405 && reply.body.isEmpty)
        }
    }

    @Test("a taken port is an error, not a wait")
    func takenPort() async throws {
        try await withCloud { cloud in
            await #expect(throws: (any Error).self) {
                try await SimulatedCloud.start { $0.port = cloud.simulator.port }
            }
        }
    }

    @Test("cancelling ends a simulator that runs until then")
    func cancellation() async throws {
        let cloud = try await SimulatedCloud.start()
        let running = Task { try await cloud.simulator.runUntilCancelled() }
        running.cancel()
        _ = await running.result
        await #expect(throws: (any Error).self) { try await cloud.send("GET", "/v1/zones") }
    }

    @Test("a state file carries the cloud from one simulator to the next")
    func stateFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "iwlua-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "state.json").path()
        var kept: Cloud?
        try await withCloud(configure: { $0.stateFile = file }) { cloud in
            let id = JSONValue.string(try #require(cloud.simulator.cloud.servers.first?.id))
            _ = try await cloud.call("instances.edit", ["instance_id": id, "name": "바뀐-이름-01"])
            kept = cloud.simulator.cloud
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try await withCloud(fleet: .init(servers: []), configure: { $0.stateFile = file }) { cloud in
            #expect(cloud.simulator.cloud == kept)
            #expect(cloud.simulator.cloud.servers.first?.name == "바뀐-이름-01")
        }
        try Data("not a state".utf8).write(to: URL(filePath: file))
        await #expect(throws: SimulatorProblem.stateFile(file, "cannot be read as the state of a simulator")) {
            try await SimulatedCloud.start { $0.stateFile = file }
        }
    }
}
