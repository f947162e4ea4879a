import ArgumentParser
import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import ScriptHost

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve a simulated iwinv on this machine.",
        discussion: """
            Checks signatures, clock and quota, pages lists and moves servers through their states, as far as the cloud's \
            documents (--profile documented) or observations (--profile live) go. It listens on 127.0.0.1 only and keeps \
            nothing unless --state names a file.

              iwlua simulate --port 8400 &
              IWLUA_ENDPOINT=http://127.0.0.1:8400 IWINV_ACCESS_KEY=simulated-access-key \\
              IWINV_SECRET_KEY=simulated-secret-key iwlua run inventory.lua

            A fault is written `OPERATIONS: [HOW-OFTEN] KIND`, such as

              --fault 'instances.reboot: 5% lost-reply' --fault 'reads: every 7th html-502' --fault '*: delay(2s)'

            OPERATIONS is an operation, instances.*, reads, changes or *. HOW-OFTEN is 5%, once, first 3, every 7th or \
            after 10; always if not given. KIND is one of these (`iwlua doc faults` has them in Korean, too):

            \(kinds)
            """)

    private static var kinds: String {
        let width = FaultKind.Name.allCases.map(\.example.count).max() ?? 0
        return FaultKind.Name.allCases.map { name in
            "  " + name.example.padding(toLength: width + 2, withPad: " ", startingAt: 0) + name.entry.help(.english)
        }.joined(separator: "\n")
    }

    @Option(help: "The port; any free one if not given.")
    var port: Int = 0

    @Option(help: ArgumentHelp("A number, or a JSON file that describes the fleet.", valueName: "seed"))
    var seed: String = "1"

    @Option(help: ArgumentHelp("Keep the cloud in this file, from one start to the next.", valueName: "file"))
    var state: String?

    @Option(help: "Whether it answers as documented, or as it was seen live.")
    var profile: CloudProfile = .documented

    @Option(help: ArgumentHelp("Requests allowed in each window of a minute, or n/seconds.", valueName: "n"))
    var quota: String = "60/60"

    @Flag(help: "Allow any number of requests.")
    var noQuota = false

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp("Something that goes wrong, see above; may be given again.", valueName: "rule"))
    var faults: [String] = []

    @Option(help: ArgumentHelp("Draws which requests are hit; the same number hits the same.", valueName: "number"))
    var faultSeed: UInt64 = 1

    @Option(
        name: .customLong("allow-from"),
        help: ArgumentHelp(
            "Answer only this address or range, others get 403 CHECK_IP; may be given again.", valueName: "cidr"))
    var allowedAddresses: [String] = []

    func run() async throws {
        guard (0...65535).contains(port) else { throw UsageError("--port takes 0 to 65535") }
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: try FleetSeed.cloud(seed, at: clock.now), clock: clock)
        configuration.port = port
        configuration.profile = profile
        configuration.stateFile = state
        configuration.faultSeed = faultSeed
        do {
            configuration.quota = noQuota ? nil : try SimulatorConfiguration.Quota(quota)
            configuration.faults = try faults.flatMap(FaultRule.rules(in:))
            if !allowedAddresses.isEmpty { configuration.allowedAddresses = try allowedAddresses.map(CIDR.init) }
        } catch {
            throw UsageError("\(error)")
        }
        let simulator: IwinvSimulator
        do { simulator = try await IwinvSimulator.start(configuration) } catch {
            throw UsageError("the simulator cannot start: \(error)", as: error)
        }
        let exports = simulator.environment.exports.split(separator: "\n").map { "  \($0)\n" }.joined()
        // Whoever reads this may end it at once.
        try await simulator.runUntilCancelled {
            Terminal.out("\(simulator.endpoint)\n")
            Terminal.error("simulated iwinv at \(simulator.endpoint); to use it:\n\(lines: exports)Ctrl-C ends it.\n")
        }
    }
}
