import Foundation
import IwinvModel

/// The place of one start: a folder that is its home, with scripts in it, and a cloud if it needs one.
struct EndingScene: Sendable {
    let iwlua: Iwlua
    private let world: KillWorld?
    let environment: [String: String]
    /// Where the program has its temporary files.
    private let temporary: URL

    private static let scripts = [
        "hello.lua": "print('hello')\n",
        "lines.lua": "for i = 1, 5000 do print(i) end\n",
        "fail.lua": "print('so far') fail('no servers today')\n",
        "syntax.lua": "local x = 1\nlocal = 2\n",
        "loop.lua": "while true do end\n",
        "eight.lua": "print('1234567')\n",
        "ask.lua": "print('asking') require('iwinv').zones.list()\n",
        "wait.lua": "print('waiting') time.sleep('1h')\n",
        "rename.lua": change(""),
        "rename-and-wait.lua": change(#"time.sleep("1h")"#),
        "hello_test.lua": "it('says hello', function() expect('hello'):equals('hello') end)\n",
    ]

    private static func change(_ rest: String) -> String {
        """
        -- ==Script==
        -- @needs instances:edit
        -- ==/Script==
        local vm = require("iwinv").instances.list { name = "web-" }[1]
        vm:edit { name = "new-" .. vm.name }
        print("renamed")
        \(rest)

        """
    }

    init(hasCloud: Bool) async throws {
        world = hasCloud ? try await KillWorld(servers: 3) : nil
        iwlua = try world?.iwlua ?? Iwlua()
        for (name, text) in Self.scripts { _ = try iwlua.file(name, text) }
        let folder = iwlua.folder
        temporary = folder.appendingPathComponent("tmp")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        // The machine may be busy: what is late is not lost. A crash is to end the program, not to be described.
        environment = [
            "HOME": folder.path, "XDG_CONFIG_HOME": folder.appendingPathComponent("config").path,
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1",
            "IWLUA_STATE": folder.appendingPathComponent("state").path, "SWIFT_BACKTRACE": "enable=no",
            "TMPDIR": temporary.path,
        ].merging(world?.environment ?? [:]) { $1 }.merging(["IWLUA_TIMEOUT": "60s"]) { $1 }
    }

    func end() async throws {
        if let world { try await world.end() } else { iwlua.remove() }
    }

    /// Temporary files that nobody has removed.
    var remains: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: temporary.path) }
    }

    /// Damages or writes a file of the program.
    func file(_ name: String, _ text: String) throws { _ = try iwlua.file(name, text, mode: 0o600) }

    func start(_ words: [String]) -> ProgramStart {
        ProgramStart(arguments: words, environment: environment, folder: iwlua.folder)
    }

    struct Unprepared: Error, CustomStringConvertible {
        let description: String
    }

    /// Does what has to be done before.
    func prepare(
        _ line: String, steps: [ProgramStart.Step] = [], ends ending: EndedProgram.Ending = .exit(0)
    ) async throws {
        try await prepare(line.split(separator: " ").map(String.init), steps: steps, ends: ending)
    }

    func prepare(
        _ words: [String], steps: [ProgramStart.Step] = [], ends ending: EndedProgram.Ending = .exit(0)
    ) async throws {
        var start = start(words)
        start.steps = steps
        let ended = try await start.run()
        guard ended.ending == ending, !ended.isLate else {
            throw Unprepared(description: "\(words) has ended with \(ended.ending): \(ended.output)\(ended.errors)")
        }
    }
}
