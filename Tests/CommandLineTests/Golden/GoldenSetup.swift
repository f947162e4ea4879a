/// What is there before a case begins.
struct GoldenSetup: Sendable {
    /// Names it in the golden file.
    var name: String
    /// Whether a cloud listens, and the environment names it and its keys.
    var hasCloud = false
    /// Nothing of it depends on the time or the place at which it is made: what is shown of it is recorded as it is.
    var isExact = false
    /// Variables besides those of the cloud, or in their place.
    var environment: [String: String] = [:]
    /// Makes it. Its files are kept, and each case begins with a copy of them.
    var build: @Sendable (GoldenWorld) async throws -> Void

    /// No account, no state; scripts beside.
    static let empty = GoldenSetup(name: "nothing") { _ in }

    /// An account in a cloud with four servers, and no runs yet.
    static let cloud = GoldenSetup(name: "a cloud", hasCloud: true) { _ in }

    /// The cloud after command lines, each of which has to end as it says.
    static func cloud(_ name: String, after steps: [Step]) -> GoldenSetup {
        GoldenSetup(name: name, hasCloud: true) { world in
            for step in steps { try await world.perform(step) }
        }
    }

    /// Without a cloud of its own, after command lines.
    static func folder(_ name: String, after steps: [Step]) -> GoldenSetup {
        GoldenSetup(name: name) { world in
            for step in steps { try await world.perform(step) }
        }
    }

    /// A command line of a setup.
    struct Step: Sendable {
        var words: [String]
        var exit: GoldenExit
        var environment: [String: String]
        var faults: [String]

        init(_ words: String, _ exit: GoldenExit = 0, with environment: [String: String] = [:], faults: [String] = []) {
            self.words = GoldenCase.split(words)
            self.exit = exit
            self.environment = environment
            self.faults = faults
        }
    }
}
