import Foundation
import Glibc
import Testing

/// Files that a person names, for reading and for writing: plain ones, links, pipes, devices, folders.
@Suite struct NamedFileTests {
    /// A command that writes a file, and which modes it may have.
    struct Writer: CustomTestStringConvertible {
        let words: [String]
        let holdsInputs: Bool
        var testDescription: String { words.joined(separator: " ") }

        static let edit = #"require("iwinv").instances.list{}[1]:edit{description = "x"}"#
        static let all = [
            Writer(words: ["plan", "-e", edit, "--simulate", "-o"], holdsInputs: true),
            Writer(words: ["runs", "export", "--out"], holdsInputs: true),
            Writer(words: ["test", "t.lua", "--junit"], holdsInputs: false),
        ]
    }

    private func world() async throws -> Iwlua {
        let iwlua = try Iwlua()
        _ = try iwlua.file("t.lua", "describe('a', function() it('b', function() end) end)\n")
        let simulator = try await SimulatorProcess(iwlua)
        let run = try await iwlua.run(["run", "-e", "print(1)"], environment: simulator.environment)
        #expect(run.status == 0, "\(run.errors)")
        _ = try await simulator.stop()
        return iwlua
    }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode
    }

    private func write(_ writer: Writer, to path: String, _ iwlua: Iwlua) async throws -> Iwlua.Result {
        let words = writer.words.map { $0 == "t.lua" ? iwlua.folder.appendingPathComponent($0).path : $0 }
        return try await iwlua.run(words + [path])
    }

    @Test(arguments: Writer.all) func `a file has the mode that its content asks for`(_ writer: Writer) async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let file = iwlua.folder.appendingPathComponent("out").path
        let result = try await write(writer, to: file, iwlua)
        #expect(result.status == 0, "\(result.errors)")
        let mask = umask(0o22)
        umask(mask)
        #expect(try mode(file) & 0o777 == (writer.holdsInputs ? 0o600 : 0o666 & ~mask))
        for before: UInt32 in [0o644, 0o600, 0o400, 0o640] {
            chmod(file, before)
            _ = try await write(writer, to: file, iwlua)
            #expect(try mode(file) & 0o777 == (writer.holdsInputs ? before & 0o600 : before))
        }
        // Nothing else is left in the folder.
        let names = try FileManager.default.contentsOfDirectory(atPath: iwlua.folder.path)
        #expect(!names.contains { $0.hasSuffix(".part") }, "\(names)")
    }

    @Test(arguments: Writer.all) func `a link is followed and stays`(_ writer: Writer) async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let folder = iwlua.folder.appendingPathComponent("far").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (link, target) = (iwlua.folder.appendingPathComponent("link").path, folder + "/target")
        symlink("far/target", link)
        for _ in 0..<2 {
            let result = try await write(writer, to: link, iwlua)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try mode(link) & S_IFMT == S_IFLNK && mode(target) & S_IFMT == S_IFREG)
            #expect(try !String(contentsOfFile: target, encoding: .utf8).isEmpty)
        }
    }

    @Test(arguments: Writer.all) func `a pipe is written into`(_ writer: Writer) async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let pipe = iwlua.folder.appendingPathComponent("pipe").path
        try #require(mkfifo(pipe, 0o600) == 0)
        // For reading and writing, so that opening waits for nobody; a pipe holds 64 KiB.
        let descriptor = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(descriptor) }
        let result = try await write(writer, to: pipe, iwlua)
        #expect(result.status == 0, "\(result.errors)")
        var buffer = [UInt8](repeating: 0, count: 65536)
        #expect(read(descriptor, &buffer, buffer.count) > 10)
        #expect(try mode(pipe) & S_IFMT == S_IFIFO)
    }

    @Test(arguments: Writer.all) func `a folder, and what is not there, are said`(_ writer: Writer) async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let folder = try await write(writer, to: iwlua.folder.path, iwlua)
        #expect(folder.status == 2 && folder.errors.contains("it is a folder"), "\(folder.errors)")
        let missing = try await write(writer, to: iwlua.folder.path + "/nosuch/out", iwlua)
        #expect(missing.status == 2 && missing.errors.contains("No such file or directory"), "\(missing.errors)")
    }

    // MARK: - Reading

    @Test func `a pipe is read as a file is`() async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let plan = iwlua.folder.appendingPathComponent("a.plan").path
        let planned = try await iwlua.run("plan", "-e", Writer.edit, "--simulate", "-o", plan)
        #expect(planned.status == 0, "\(planned.errors)")
        for (words, text) in [
            ("run <(echo 'print(6 * 7)') --simulate", "42"),
            (
                "run --simulate=<(echo '{\"servers\": [{\"name\": \"only-one\"}]}') -e "
                    + "'print(require(\"iwinv\").instances.list{}[1].name)'", "only-one"
            ),
            ("apply <(cat \(plan)) --simulate --yes", "confirmed"), ("check <(echo 'prin(1)') || true", "prin"),
        ] {
            let process = try iwlua.start(
                URL(fileURLWithPath: "/bin/bash"), ["-c", "'\(Iwlua.binary.path)' \(words)"])
            let result = try await process.end()
            #expect(result.status == 0 && (result.output + result.errors).contains(text), "\(words): \(result.errors)")
        }
    }

    @Test func `what cannot be read is told from what is not there`() async throws {
        let iwlua = try await world()
        defer { iwlua.remove() }
        let script = try iwlua.file("p.lua", "-- ==Script==\n-- @param t string  T\n-- ==/Script==\nprint(params.t)\n")
        for (value, status, text) in [
            ("@@all", 0, "@all"), ("@nosuch", 2, "there is no such file; a value that begins with @ is written @@"),
            ("@/dev/zero", 2, "larger than"), ("@" + iwlua.folder.path, 2, "it is a folder"),
        ] {
            let result = try await iwlua.run("run", script, "--simulate", "--param", "t=\(value)")
            #expect(result.status == Int32(status), "\(result.errors)")
            #expect((result.output + result.errors).contains(text), "\(result.output)\(result.errors)")
        }
        for (path, text) in [("nosuch.lua", "there is no such file"), (iwlua.folder.path, "it is a folder")] {
            for words in [["run", path, "--simulate"], ["apply", path, "--simulate"]] {
                let result = try await iwlua.run(words)
                #expect(result.status == 2 && result.errors.contains(text), "\(words): \(result.errors)")
            }
        }
    }
}
