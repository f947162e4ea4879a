import ArgumentParser
import Clocks
import Foundation
import IwinvSimulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve a simulated iwinv on this machine.",
        discussion: """
            Checks signatures, clock and quota, pages lists and moves servers through their states, as far as the cloud's \
            documents and observations go. It listens on 127.0.0.1 only and keeps nothing unless --state names a file.

              iwlua simulate --port 8400 &
              IWLUA_ENDPOINT=http://127.0.0.1:8400 IWINV_ACCESS_KEY=simulated-access-key \\
              IWINV_SECRET_KEY=simulated-secret-key iwlua run inventory.lua
            """)

    @Option(help: "The port; any free one if not given.")
    var port: Int = 0

    @Option(help: ArgumentHelp("A number, or a JSON file that describes the fleet.", valueName: "seed"))
    var seed: String = "1"

    @Option(help: ArgumentHelp("Keep the cloud in this file, from one start to the next.", valueName: "file"))
    var state: String?

    @Option(help: ArgumentHelp("Requests allowed in each window of a minute, or n/seconds.", valueName: "n"))
    var quota: String = "60/60"

    func run() async throws {
        guard (0...65535).contains(port) else { throw UsageError("--port takes 0 to 65535") }
        let clock = SystemClock()
        let parts = quota.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard let limit = parts.first ?? nil, (1...1_000_000).contains(limit), parts.count <= 2,
            let window = parts.count == 2 ? parts[1] : 60,
            (1...86_400).contains(window)
        else {
            throw UsageError(
                "--quota takes a number up to 1000000, or number/seconds such as 60/60, seconds up to 86400")
        }
        var configuration = SimulatorConfiguration(cloud: try FleetSeed.cloud(seed, at: clock.now), clock: clock)
        configuration.port = port
        configuration.quota = .init(limit: limit, window: .seconds(window))
        configuration.stateFile = state
        let simulator: IwinvSimulator
        do { simulator = try await IwinvSimulator.start(configuration) } catch {
            throw UsageError("the simulator cannot start: \(error)")
        }
        Terminal.out("\(simulator.endpoint)\n")
        Terminal.error(
            """
            simulated iwinv at \(simulator.endpoint); to use it:
              export IWLUA_ENDPOINT=\(simulator.endpoint)
              export IWINV_ACCESS_KEY=\(SimulatedKeys.demoAccessKey)
              export IWINV_SECRET_KEY=\(SimulatedKeys.demoSecretKey)
            Ctrl-C ends it.

            """)
        try await simulator.runUntilCancelled()
    }
}
