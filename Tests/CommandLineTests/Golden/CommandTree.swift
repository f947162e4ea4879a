import Foundation

/// The commands that the program has, as it says itself.
struct CommandTree: Decodable {
    struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var name: String
                var kind: String?
            }
            var names: [Name]?
            /// `positional`, `option` or `flag`.
            var kind: String?
            var isOptional: Bool?
            var valueName: String?
        }

        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?

        func has(_ option: String) -> Bool {
            (arguments ?? []).contains { ($0.names ?? []).contains { $0.name == option } }
        }

        /// It and all below it, with the words that lead there.
        func walk(_ words: [String] = []) -> [(words: [String], command: Command)] {
            [(words, self)] + (subcommands ?? []).flatMap { $0.walk(words + [$0.commandName]) }
        }
    }

    var command: Command

    static func read() async throws -> CommandTree {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("--experimental-dump-help")
        return try JSONDecoder().decode(CommandTree.self, from: Data(result.output.utf8))
    }
}
