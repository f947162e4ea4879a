import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunEngine
import RunStore
import ScriptHost
import ScriptTools

/// Opening the cloud that flags, environment and `config.yaml` name.
extension CloudSession {
    /// A Sunday, 04:00 in Seoul: inside the window of every example.
    static let simulationStart = TestRunner.start

    /// Opens what the flags, the environment and `config.yaml` say, in this order.
    static func open(_ options: CloudOptions, _ settings: Settings) async throws -> CloudSession {
        guard options.simulate else {
            return try await open(profile: options.profile, endpoint: options.endpoint, settings)
        }
        let start = try options.now.map(instant)
        let clock: any HostClock
        switch options.clock ?? .virtual {
        case .virtual: clock = VirtualClock(start: start ?? simulationStart)
        case .real:
            guard start == nil else { throw UsageError("--now goes with the virtual clock only") }
            clock = SystemClock()
        }
        let cloud = try FleetSeed.cloud(options.simulateSeed ?? "1", at: clock.now)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: clock)
        configuration.profile = options.simulateAs ?? .documented
        do { configuration.faults = try options.faults.flatMap(FaultRule.rules(in:)) } catch {
            throw UsageError("\(error)")
        }
        let simulator = try await IwinvSimulator.start(configuration)
        let credential = try Credential(
            accessKey: SimulatedKeys.demoAccessKey, secretKey: SimulatedKeys.demoSecretKey)
        var account = Account(name: "simulator", credential: credential, protection: .none)
        try settings.configure(&account.configuration, endpoint: simulator.endpoint)
        return make(account, clock: clock, budget: SlidingWindowBudget(clock: clock), simulator: simulator)
    }

    /// A session in which nothing is asked: for replies that are recorded.
    static func unreachable(_ clock: any HostClock) throws(UsageError) -> CloudSession {
        // Nobody listens there, and nobody calls.
        var account = Account(name: "journal", credential: try credential("journal", "journal"), protection: .none)
        do { account.configuration.endpoint = try Endpoint(validating: "http://127.0.0.1:1") } catch {
            throw UsageError(error)
        }
        return make(account, clock: clock, budget: UnlimitedBudget(), simulator: nil)
    }

    /// Opens a profile, or what `IWINV_ACCESS_KEY` and `IWINV_SECRET_KEY` say if no profile is named.
    static func open(profile: String?, endpoint: String?, _ settings: Settings) async throws -> CloudSession {
        let environment = settings.environment
        let access = environment["IWINV_ACCESS_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let secret = environment["IWINV_SECRET_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        if profile == nil, access != nil || secret != nil {
            // Falling back to another account because of a slip in one of the names would be the worst of answers.
            guard let access, let secret else {
                let missing = access == nil ? "IWINV_ACCESS_KEY" : "IWINV_SECRET_KEY"
                throw UsageError("\(missing) is not set, but its partner is: set both, or neither to use a profile")
            }
            guard environment["IWLUA_PROFILE"].map(\.isEmpty) ?? true else {
                throw UsageError("IWINV_ACCESS_KEY and IWLUA_PROFILE name an account each: unset one, or use --profile")
            }
            var account = Account(
                name: "environment", credential: try credential(access, secret),
                protection: try settings.file.protection(of: access))
            try settings.configure(&account.configuration, endpoint: endpoint)
            return try await make(account, settings)
        }
        guard let name = profile ?? settings.text(.profile) else {
            throw UsageError(
                """
                no account is set up; add one with `iwlua profile add NAME --access-key KEY`,
                set IWINV_ACCESS_KEY and IWINV_SECRET_KEY, or try the simulated cloud with --simulate
                """)
        }
        guard let entry = settings.file.profiles[name] else { throw noProfile(name, settings.file) }
        // Before a command is run that a setting nobody knows may be about.
        try entry.checkKeys(of: name)
        let key: String
        do { key = try await entry.secret.readApart(environment: environment) } catch {
            throw UsageError("profile \(name): \(error)", as: error)
        }
        var account = Account(
            name: name, credential: try credential(entry.accessKey, key),
            protection: try settings.file.protection(of: entry.accessKey))
        try settings.configure(&account.configuration, endpoint: endpoint, profile: (name, entry))
        return try await make(account, settings)
    }

    /// Who the cloud is asked as.
    private struct Account {
        let name: String
        /// Of the access key, however it came in.
        let protection: Protection
        var configuration: ClientConfiguration

        init(name: String, credential: Credential, protection: Protection) {
            (self.name, self.protection) = (name, protection)
            configuration = ClientConfiguration(credential: credential)
            configuration.userAgent = "iwlua/\(Iwlua.version)"
        }
    }

    static func noProfile(_ name: String, _ file: ConfigFile) -> UsageError {
        let names = file.profiles.keys.sorted()
        let hint = Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" }
        return UsageError(
            """
            there is no profile `\(name)`\
            \(hint ?? (names.isEmpty ? "; there are none yet" : "; there are \(names.joined(separator: ", "))"))
            """)
    }

    /// An instant in ISO 8601, with its offset.
    static func instant(_ text: String) throws(UsageError) -> Instant {
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw UsageError("--now \(text): write it like 2026-03-01T04:00:00+09:00 or 2026-02-28T19:00:00Z")
        }
        let seconds = date.timeIntervalSince1970.rounded(.down)
        guard (0..<7_000_000_000).contains(seconds) else {
            throw UsageError("--now \(text): a simulated cloud lives between the years 1970 and 2190")
        }
        return Instant(seconds: Int64(seconds))
    }

    private static func credential(_ access: String, _ secret: String) throws(UsageError) -> Credential {
        do { return try Credential(accessKey: access, secretKey: secret) } catch { throw UsageError("\(error)") }
    }

    /// A session whose budget is shared with every other process of this machine that uses the account.
    private static func make(_ account: Account, _ settings: Settings) async throws(UsageError) -> CloudSession {
        let clock = SystemClock()
        let folder = StateFolder.path(settings.environment)
        let address = account.configuration.endpoint
        try StateFolder.check(folder)
        guard let quota = try settings.budget(at: address) else {
            try StateFolder.prepare(folder)
            return make(account, clock: clock, budget: UnlimitedBudget(), folder: folder, simulator: nil)
        }
        let name = "\(address) \(account.configuration.credential.fingerprint)"
        let budget: SharedBudget
        do {
            budget = try await SharedBudget.open(folder: folder, account: name, quota: quota, clock: clock)
        } catch {
            throw UsageError("the request budget cannot be kept: \(error)", as: error)
        }
        return make(account, clock: clock, budget: budget, budgetPlace: folder, folder: folder, simulator: nil)
    }

    private static func make(
        _ account: Account, clock: any HostClock, budget: any RequestBudget, budgetPlace: String? = nil,
        folder: String? = nil,
        simulator: IwinvSimulator?
    ) -> CloudSession {
        var configuration = account.configuration
        configuration.lockFolder = folder
        let client = IwinvClient(configuration, budget: budget, clock: clock)
        return CloudSession(
            name: account.name, client: client, protection: account.protection, budgetPlace: budgetPlace,
            folder: folder, isSimulated: simulator != nil,
            onClose: { try? await simulator?.stop() })
    }
}

/// What `--simulate=SEED` and `--seed` name: a number, or a file that describes a fleet.
enum FleetSeed {
    static func cloud(_ seed: String, at start: Instant) throws(UsageError) -> Cloud {
        guard !seed.isEmpty else { throw UsageError("--simulate=: give a number or a file after the `=`") }
        if let number = UInt64(seed) { return Cloud.demo(seed: number, at: start) }
        let bytes: [UInt8]
        do { bytes = try InputBytes.read(seed, atMost: 64 << 20) } catch {
            throw UsageError("\(seed): no number, and as a file it cannot be read: \(error)", as: error)
        }
        do {
            let description = try FleetDescription(JSONCodec.decode(bytes))
            return try Cloud(description, seed: 1, at: start)
        } catch {
            throw UsageError("\(seed): \(error)")
        }
    }
}
