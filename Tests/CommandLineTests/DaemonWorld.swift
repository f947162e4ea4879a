import Clocks
import Foundation
import Gate
import IwinvModel
import IwinvSimulator
import RunStore
import Scheduler
import Testing

/// A cloud with a server for each schedule, and daemons whose clock is fast.
struct DaemonWorld {
    let world: KillWorld
    let ledger: ScheduleLedger
    /// For all daemons the same, so that one goes on where another ended.
    let clock: [String: String]
    let start: Instant

    /// Counts its runs in its server's name, so that each change can be seen and told from the one before.
    static let script = """
        -- ==Script==
        -- @param id string The server
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local vm = iwinv.instances.get(params.id)
        local count = tonumber(vm.name:match("%d+$"))
        vm:edit { name = string.format("count-%06d", count + 1) }
        print("counted " .. count + 1)
        """

    /// - Parameter rate: How much faster than the machine's the scheduler's clock is.
    init(schedules: Int, rate: Int) async throws {
        world = try await KillWorld(servers: schedules)
        ledger = try await ScheduleLedger.open(folder: world.environment["IWLUA_STATE"] ?? "")
        let now = SystemClock().now.seconds
        start = Instant(seconds: now)
        clock = ["IWLUA_DAEMON_CLOCK": "\(now):\(now):\(rate)"]
    }

    /// The ids of the servers.
    var servers: [String] { world.simulator.cloud.servers(at: SystemClock().now).map(\.id).sorted() }

    func add(_ name: String, server: String, _ words: String...) async throws {
        try await add(name, server: server, words)
    }

    func add(_ name: String, server: String, _ words: [String]) async throws {
        let script = try world.iwlua.file("count.lua", Self.script)
        let result = try await world.run(
            ["schedule", "add", name, script, "--param", "id=\(server)", "--allow", "instances:edit"] + words)
        #expect(result.status == 0, "\(result.errors)")
    }

    func daemon(_ words: String...) throws -> Iwlua.Running {
        try world.iwlua.start(
            Iwlua.binary, ["daemon"] + words, environment: world.environment.merging(clock) { $1 })
    }

    /// Waits until other processes have done what is wanted: one looks from time to time, for a loop without a pause would
    /// take the processor from them.
    func until(_ isReached: () async throws -> Bool) async throws {
        while try await !isReached() { try await Task.sleep(for: .milliseconds(20)) }
    }
}
