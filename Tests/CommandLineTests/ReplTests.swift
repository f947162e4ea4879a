import Foundation
import Testing

/// `iwlua repl` through a pipe and on a terminal, and scripts without a file.
@Suite struct ReplTests {
    // MARK: - Without a terminal

    @Test func `a pipe's texts are evaluated one after the other`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "repl", "--simulate", input: "n = 20\nfunction double(x)\n  return 2 * x\nend\ndouble(n) + 2, 'x'\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "42\n\"x\"\n")
        #expect(result.errors == "")
        let rows = try await iwlua.run("repl", "--simulate", input: "iwinv.zones.list()")
        #expect(rows.status == 0)
        #expect(rows.output.hasPrefix("zone_id"))
        #expect(rows.output.contains("kr1_z09"))
    }

    @Test func `a text of ten thousand lines is evaluated as a whole`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let lines = (1...10_000).map { "  sum = sum + \($0) -- 줄\n" }.joined()
        let result = try await iwlua.run(
            "repl", "--simulate", input: "function total()\n  local sum = 0\n\(lines)  return sum\nend\ntotal()\n")
        #expect(result.status == 0, "\(result.errors.prefix(500))")
        #expect(result.output == "50005000\n")
    }

    @Test func `the first error ends a pipe, with its place and its exit code`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("repl", "--simulate", input: "print(1)\n\nlocal x = nil\nx = = 2\nprint(2)\n")
        #expect(result.status == 2)
        #expect(result.output == "1\n")
        #expect(result.errors.contains("> "), "\(result.errors)")
        let change = try await iwlua.run(
            "repl", "--simulate", input: "iwinv.instances.list{name='web-01'}[1]:edit{name='www-01'}\nprint(2)\n")
        #expect(change.status == 3)
        #expect(change.output == "")
        #expect(change.errors.contains("repl[1]:1: instances.edit"), "\(change.errors)")
        #expect(change.errors.contains("--allow instances:edit"))
        let unasked = try await iwlua.run(
            ["repl", "--simulate", "--allow", "instances:edit"],
            input: "iwinv.instances.list{name='web-01'}[1]:edit{name='www-01'}\n")
        #expect(unasked.status == 3)
        #expect(unasked.errors.contains("--yes"))
    }

    @Test func `with leave a pipe changes, plans, takes back and saves`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            ["repl", "--simulate", "--allow", "instances:edit", "--yes"],
            input: """
                vm = iwinv.instances.list { name = "web-01" }[1]
                :plan vm:edit { name = "plan-01" }
                vm.name
                vm:edit { name = "www-01" } print("edited")
                :undo
                iwinv.instances.get(vm).name
                :save saved.lua
                """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("web-01 → plan-01"))
        #expect(result.output.contains("\"web-01\"\nedited\n\"web-01\"\n"), "\(result.output)")
        #expect(result.errors.contains("www-01 → web-01"))
        let saved = try iwlua.text(of: "saved.lua")
        #expect(saved.contains("-- @needs    instances:edit instances:read"))
        let again = try await iwlua.run(
            "run", iwlua.folder.appendingPathComponent("saved.lua").path, "--simulate", "--allow", "instances:edit",
            "--yes")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output == "edited\n")
    }

    @Test func `what a session changes is a run, which can be shown and taken back`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment
        let result = try await iwlua.run(
            ["repl", "--allow", "instances:edit", "--yes"], environment: environment,
            input: "iwinv.instances.list{name='web-01'}[1]:edit{name='www-01'}\n")
        #expect(result.status == 0, "\(result.errors)")
        let list = try await iwlua.run(["runs", "list"], environment: environment)
        #expect(list.output.contains("repl"))
        let show = try await iwlua.run(["runs", "show", "last"], environment: environment)
        #expect(show.output.contains("www-01"), "\(show.output)\(show.errors)")
        for again in ["resume", "replay"] {
            let refused = try await iwlua.run([again, "last"], environment: environment)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("a session at a prompt and has no script"), "\(refused.errors)")
        }
        let undo = try await iwlua.run(["undo", "last", "--yes"], environment: environment)
        #expect(undo.status == 0, "\(undo.errors)")
        #expect(undo.errors.contains("www-01 → web-01"))
        _ = try await simulator.stop()
    }

    @Test func `a script needs no file`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let text = try await iwlua.run(
            "run", "-e", "local n = #require('iwinv').zones.list() print(n) return n", "--simulate")
        #expect(text.status == 0, "\(text.errors)")
        #expect(text.output == "2\n")
        let standard = try await iwlua.run("run", "-", "--simulate", input: "print('first')\nerror('boom')\n")
        #expect(standard.status == 1)
        #expect(standard.output == "first\n")
        #expect(standard.errors.contains("stdin:2: boom"))
        #expect(standard.errors.contains("error('boom')"))
        #expect(try await iwlua.run("run", "--simulate").status == 2)
        #expect(try await iwlua.run("run", "x.lua", "-e", "print(1)", "--simulate").status == 2)
    }

    // MARK: - On a terminal

    @Test func `a loop and a long sleep are interrupted, and the session goes on`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TypedTerminal(iwlua, ["repl", "--simulate", "--clock", "real"])
        await terminal.see("sim ro 60> ")
        terminal.enter("x = 41")
        terminal.enter("print('be' .. 'gun') while true do end")
        await terminal.see("begun")
        terminal.type(TypedTerminal.interrupt)
        await terminal.see("interrupted")
        await terminal.see("sim ro 60> ")
        terminal.enter("print('sle' .. 'eps') time.sleep('1h')")
        await terminal.see("sleeps")
        terminal.type(TypedTerminal.interrupt)
        await terminal.see("interrupted")
        await terminal.see("sim ro 60> ")
        terminal.enter("x + 1")
        await terminal.see("\n42")
        // At the prompt it drops the line.
        await terminal.see("sim ro 60> ")
        terminal.type("x = 'dropped'" + TypedTerminal.interrupt)
        await terminal.see("^C")
        await terminal.see("sim ro 60> ")
        terminal.enter("x + 2")
        await terminal.see("\n43")
        await terminal.see("sim ro 60> ")
        terminal.type(TypedTerminal.end)
        #expect(await terminal.status() == 0)
    }

    @Test func `a pasted function of forty lines is one text, and an error keeps the session`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TypedTerminal(iwlua, ["repl", "--simulate"])
        await terminal.see("sim ro 60> ")
        let body = (1...38).map { "    sum = sum + \($0)" }
        for line in ["function total(sum)"] + body + ["    return sum end"] { terminal.enter(line) }
        terminal.enter("total(1000)")
        await terminal.see("\n1741")
        await terminal.see("sim ro 60> ")
        terminal.enter("error('bo' .. 'om')")
        await terminal.see("repl[3]:1: boom")
        await terminal.see(">    1 │ error('bo' .. 'om')")
        await terminal.see("sim ro 60> ")
        terminal.enter("_err, total(0)")
        await terminal.see("\"boom\"")
        await terminal.see("741")
        await terminal.see("sim ro 60> ")
        terminal.type(TypedTerminal.end)
        #expect(await terminal.status() == 0)
    }

    @Test func `a change is shown and asked for, and writing can be opened`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TypedTerminal(iwlua, ["repl", "--simulate"])
        await terminal.see("sim ro 60> ")
        terminal.enter("vm = iwinv.instances.list { name = 'web-01' }[1]")
        await terminal.see("sim ro 59> ")
        terminal.enter("vm:edit { name = 'www-01' }")
        await terminal.see("web-01 → www-01")
        await terminal.see("[y/N] ")
        terminal.enter("n")
        await terminal.see("the change was not confirmed")
        await terminal.see("sim ro ")
        terminal.enter("vm:edit { name = 'www-01' }.name")
        await terminal.see("[y/N] ")
        terminal.enter("y")
        await terminal.see("confirmed")
        await terminal.see("sim ro ")
        terminal.enter(":write 10m")
        await terminal.see("sim rw ")
        terminal.enter("vm:edit { name = 'www-02' }.name")
        await terminal.see("www-01 → www-02")
        await terminal.see("sim rw ")
        terminal.enter(":write off")
        await terminal.see("sim ro ")
        terminal.enter(":undo")
        await terminal.see("[y/N] ")
        terminal.enter("y")
        await terminal.see("→ web-01")
        await terminal.see("sim ro ")
        terminal.enter("iwinv.instances.get(vm).name == 'web-01'")
        await terminal.see("\ntrue")
        await terminal.see("sim ro ")
        terminal.enter(":quit")
        #expect(await terminal.status() == 0)
    }

    @Test(arguments: ["C", "C.UTF-8", "ko_KR.UTF-8"])
    func `names are completed, Hangul typed, and keys not kept, in any locale`(locale: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TypedTerminal(
            iwlua, ["repl", "--simulate", "--lang", "ko"], environment: ["LANG": locale])
        await terminal.see("sim ro 60> ")
        terminal.enter("이름 = 1")
        await terminal.see("오류")
        await terminal.see("sim ro 60> ")
        terminal.enter("name = '웹서버'")
        await terminal.see("sim ro 60> ")
        terminal.enter("text.l\t(na\t)")
        await terminal.see("\n3")
        await terminal.see("sim ro 60> ")
        terminal.enter("key = 'aB3dE5gH7jK9mN1pQ3sT5vW7'")
        await terminal.see("sim ro 60> ")
        terminal.type(TypedTerminal.end)
        #expect(await terminal.status() == 0)
        let history = try iwlua.text(of: ".local/state/iwlua/repl-history")
        #expect(history.contains("name = '웹서버'"))
        #expect(!history.contains("aB3d"))
        let file = iwlua.folder.appendingPathComponent(".local/state/iwlua/repl-history").path
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
