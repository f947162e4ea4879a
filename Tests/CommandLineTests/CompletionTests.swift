import Foundation
import IwinvCatalog
import RunStore
import Testing

/// Shell completion, by the scripts that `iwlua --generate-completion-script` writes.
@Suite struct CompletionTests {
    /// What bash offers for the last of some words.
    private static func completions(
        of words: [String], in iwlua: Iwlua, environment: [String: String] = [:]
    ) async throws -> [String] {
        let script = try await iwlua.run("--generate-completion-script", "bash")
        #expect(script.status == 0)
        let path = try iwlua.file("completion.bash", script.output)
        let driver = """
            source '\(path)'
            PATH='\(Iwlua.binary.deletingLastPathComponent().path)':$PATH
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
            offered=$(complete -p iwlua | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$offered" iwlua "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let file = try iwlua.file("driver.bash", driver)
        let result = try await iwlua.start(
            URL(fileURLWithPath: "/bin/bash"), [file, "iwlua"] + words, environment: environment
        ).end()
        #expect(result.errors.isEmpty, "\(result.errors)")
        return result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func `bash completes commands, words of options, scripts, operations and pages`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("tidy.lua", "return 1\n")
        _ = try iwlua.file("notes.txt", "no script\n")
        #expect(Set(try await Self.completions(of: ["re"], in: iwlua)).isSuperset(of: ["resume", "replay"]))
        #expect(try await Self.completions(of: ["run", "--lang", ""], in: iwlua) == ["en", "ko"])
        let scripts = try await Self.completions(of: ["run", ""], in: iwlua)
        #expect(scripts.contains("tidy.lua") && !scripts.contains("notes.txt"))
        #expect(
            try await Self.completions(of: ["api", "storage.de"], in: iwlua) == ["storage.delete", "storage.detach"])
        #expect(try await Self.completions(of: ["doc", "exit"], in: iwlua) == ["exit-codes"])
    }

    @Test func `bash completes the ids of runs from the journal, and offers nothing where there is none`() async throws
    {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        try await place.renames("rfirst", []).end("done", report: [:])
        try await place.renames("rsecond", []).end("done", report: [:])
        for command in [["runs", "show"], ["resume"], ["undo"], ["stop"], ["replay"]] {
            let offered = try await Self.completions(
                of: command + ["r"], in: place.iwlua, environment: place.environment)
            #expect(offered == ["rsecond", "rfirst"], "\(command)")
        }
        let state = place.iwlua.folder.appendingPathComponent("nowhere")
        let none = try await Self.completions(
            of: ["resume", ""], in: place.iwlua, environment: ["IWLUA_STATE": state.path])
        #expect(none.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: state.path))
    }

    @Test(arguments: ["zsh", "fish"]) func `there is a script for each shell`(shell: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try await iwlua.run("--generate-completion-script", shell)
        #expect(script.status == 0)
        for command in ["types", "doc", "runs", "approve"] { #expect(script.output.contains(command)) }
        let program = URL(fileURLWithPath: "/usr/bin/\(shell)")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            print("\(shell) is not installed: its script was not parsed")
            return
        }
        let file = try iwlua.file("completion.\(shell)", script.output)
        let parsed = try await iwlua.start(program, ["-n", file]).end()
        #expect(parsed.status == 0, "\(parsed.errors)")
    }
}
