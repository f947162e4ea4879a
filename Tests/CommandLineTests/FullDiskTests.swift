import Foundation
import IwinvCatalog
import IwinvWire
import RunStore
import Testing

/// The disk fills up while a run is under way: the run stops before the next change and says why, what is written can be
/// read, and with room again it goes on.
@Suite struct FullDiskTests {
    /// Runs until nothing more can be written, reads the journal there and then, makes room, goes on. `$1` is iwlua, `$2`
    /// the script, `$3` the folder for what each step says; `full` and `room` come before.
    private static let course = """
        full
        "$1" run "$2" --param from=web- --param to=www- --allow instances:edit --yes --output json \
        > "$3/run.out" 2> "$3/run.err"
        echo $? > "$3/run.status"
        "$1" runs show last --output json > "$3/show.out" 2> "$3/show.err"
        echo $? > "$3/show.status"
        touch "$3/stopped"
        while [ ! -e "$3/go" ]; do sleep 0.05; done
        room
        "$1" runs verify > "$3/verify.out" 2> "$3/verify.err"
        echo $? > "$3/verify.status"
        "$1" resume last --output json > "$3/resume.out" 2> "$3/resume.err"
        echo $? > "$3/resume.status"
        """

    /// A file system of less than a megabyte, which nobody else sees.
    private static let fileSystem = """
        full() { mount -t tmpfs -o size=900k tmpfs "$IWLUA_STATE" || exit 77; }
        room() { mount -o remount,size=64m "$IWLUA_STATE"; }

        """

    /// No file may grow beyond half a megabyte: what works where nothing can be mounted.
    private static let limit = """
        full() { ulimit -S -f 1024; }
        room() { ulimit -S -f unlimited; }

        """

    @Test func `on a full file system`() async throws {
        try await run(["/usr/bin/unshare", "--mount", "--map-root-user", "/bin/sh"], Self.fileSystem) { status in
            // Containers and build servers may forbid it; the other test needs nothing.
            status == 77 || status == 1
        }
    }

    @Test func `under a limit on the size of files`() async throws {
        try await run(["/bin/sh"], Self.limit) { _ in false }
    }

    private func run(
        _ command: [String], _ place: String, isImpossible: (Int32) -> Bool
    ) async throws {
        let world = try await KillWorld(servers: 120)
        let notes = world.iwlua.folder.path
        try FileManager.default.createDirectory(
            atPath: world.environment["IWLUA_STATE"] ?? "", withIntermediateDirectories: true)
        let course = try world.iwlua.file("course.sh", place + Self.course)
        let shell = try world.iwlua.start(
            URL(fileURLWithPath: command[0]),
            command.dropFirst() + [course, Iwlua.binary.path, Iwlua.automation("bulk-rename.lua"), notes],
            environment: world.environment)
        let stopped = world.iwlua.folder.appendingPathComponent("stopped").path
        while shell.isRunning, !FileManager.default.fileExists(atPath: stopped) { await Task.yield() }
        guard FileManager.default.fileExists(atPath: stopped) else {
            let ended = try await shell.end()
            #expect(isImpossible(ended.status), "\(ended.status): \(ended.errors)")
            return try await world.end()
        }
        let made = world.effects("instances.edit")
        _ = try world.iwlua.file("go", "")
        let ended = try await shell.end()
        #expect(ended.status == 0, "\(ended.errors)")
        let said = try Said(world.iwlua)

        // It stopped before the next change, and said so.
        #expect(said["run.status"] == "7\n", "\(said["run.err"])")
        #expect(said["run.err"].contains("nothing is changed that cannot be written down"))
        #expect((1..<120).contains(made.count) && made.values.allSatisfy { $0 == 1 }, "\(made.count)")
        // The journal could be read on the full disk, and knows of every change that was made.
        #expect(said["show.status"] == "0\n", "\(said["show.err"])")
        let known = try JSONCodec.decode(Array(said["show.out"].utf8))["resources"]?.arrayValue ?? []
        let sent = Set(known.filter { $0["outcome"] != "not-sent" }.compactMap { $0["id"]?.stringValue })
        #expect(sent.isSuperset(of: made.keys), "\(sent.count) \(made.count)")
        // With room again it goes on.
        #expect(said["verify.status"] == "0\n", "\(said["verify.out"])\(said["verify.err"])")
        #expect(said["resume.status"] == "0\n", "\(said["resume.err"])")
        let effects = world.effects("instances.edit")
        #expect(effects.count == 120 && effects.values.allSatisfy { $0 == 1 }, "\(effects.count)")
        try await world.end()
    }

    /// What each step of the course has said.
    private struct Said {
        private var texts: [String: String] = [:]

        init(_ iwlua: Iwlua) throws {
            for step in ["run", "show", "verify", "resume"] {
                for kind in ["out", "err", "status"] {
                    texts["\(step).\(kind)"] = try iwlua.text(of: "\(step).\(kind)")
                }
            }
        }

        subscript(name: String) -> String { texts[name] ?? "" }
    }
}
