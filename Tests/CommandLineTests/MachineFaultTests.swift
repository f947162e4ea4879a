import Foundation
import Glibc
import IwinvCatalog
import Testing

/// Exit code 7: what is wrong is this machine, and not what was typed.
@Suite struct MachineFaultTests {
    /// What of iwlua's own state is spoilt, and what is asked then.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spoil: @Sendable (_ state: String) -> Void
        var command = ["run", "-e", "print(#iwinv.instances.list())"]
        var words: String
    }

    static let cases = [
        Case(
            testDescription: "a damaged journal",
            spoil: {
                try? Data("no database at all, and longer than a header of one is".utf8).write(
                    to: URL(fileURLWithPath: $0 + "/journal.sqlite"))
            }, words: "damaged"),
        Case(
            testDescription: "a damaged journal, looked at",
            spoil: {
                try? Data("no database at all, and longer than a header of one is".utf8).write(
                    to: URL(fileURLWithPath: $0 + "/journal.sqlite"))
            }, command: ["runs"], words: "damaged"),
        Case(
            testDescription: "a damaged budget",
            spoil: {
                try? Data("no database at all, and longer than a header of one is".utf8).write(
                    to: URL(fileURLWithPath: $0 + "/budget.sqlite"))
            }, words: "damaged"),
        Case(
            testDescription: "a folder in the journal's place",
            spoil: { mkdir($0 + "/journal.sqlite", 0o700) }, command: ["runs"], words: "journal.sqlite"),
        Case(
            testDescription: "a state folder that others may write", spoil: { chmod($0, 0o777) }, command: ["runs"],
            words: "others may write this folder"),
    ]

    @Test(arguments: cases)
    func `state that cannot be used`(_ entry: Case) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let state = iwlua.folder.appendingPathComponent("state").path
        #expect(mkdir(state, 0o700) == 0)
        entry.spoil(state)
        let result = try await iwlua.run(
            entry.command,
            environment: [
                "IWLUA_STATE": state, "IWINV_ACCESS_KEY": "k", "IWINV_SECRET_KEY": "s",
                "IWLUA_ENDPOINT": "http://127.0.0.1:9",
            ])
        #expect(result.status == 7 && result.errors.contains(entry.words), "\(result.status) \(result.errors)")
    }

    @Test func `a state folder that cannot be made`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("file", "")
        let result = try await iwlua.run("runs", environment: ["IWLUA_STATE": file + "/state"])
        #expect(result.status == 7, "\(result.status) \(result.errors)")
    }

    @Test func `names that nobody has are usage`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let environment = ["IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path]
        for words in [["runs", "show", "rnone"], ["schedule", "show", "none"], ["run", "none.lua", "--simulate"]] {
            let result = try await iwlua.run(words, environment: environment)
            #expect(result.status == 2, "\(words): \(result.errors)")
        }
    }

    /// Results that get lost are no success, and no fault of the script.
    @Test(arguments: [["run", "--simulate", "-e", "print(1)"], ["--version"], ["api"], ["--help"]])
    func `results that cannot be written`(_ words: [String]) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let process = try iwlua.start(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "exec \"$0\" \"$@\" > /dev/full", Iwlua.binary.path] + words)
        let result = try await process.end()
        #expect(result.status == 7, "\(result.status) \(result.errors)")
        #expect(result.errors.contains("results could not be written: No space left on device"), "\(result.errors)")
    }

    @Test func `a file that cannot be written is the machine's fault, one that was mistyped is not`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("rename.lua", "require('iwinv').instances.list()[1]:edit { name = 'new-01' }")
        let words = ["plan", script, "--simulate", "--allow", "instances:edit", "-o"]
        let typed = try await iwlua.run(words + [iwlua.folder.path + "/nowhere/a.plan"])
        #expect(typed.status == 2, "\(typed.status) \(typed.errors)")
        let full = try await iwlua.start(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "ulimit -f 0; exec \"$0\" \"$@\"", Iwlua.binary.path] + words + [iwlua.folder.path + "/full.plan"]
        ).end()
        #expect(
            full.status == 7 && !FileManager.default.fileExists(atPath: iwlua.folder.path + "/full.plan"),
            "\(full.status) \(full.errors)")
        let read = try await iwlua.run("apply", iwlua.folder.path + "/none.plan", "--simulate")
        #expect(read.status == 2, "\(read.status) \(read.errors)")
    }
}
