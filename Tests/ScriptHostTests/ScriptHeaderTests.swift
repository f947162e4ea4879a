import Gate
import ScriptHost
import Testing

@Suite struct ScriptHeaderTests {
    private func problem(_ lines: String) -> String {
        do {
            _ = try ScriptHeader("-- ==Script==\n\(lines)\n-- ==/Script==\n")
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func `reads the header of DESIGN 5`() throws {
        let header = try ScriptHeader(
            """
            #!/usr/bin/env iwlua
            -- ==Script==
            -- @name     weekly-reboot
            -- @summary  Reboot every web server, one at a time
            -- @param    prefix  string    default "web-"   Name prefix of the servers
            -- @param    pause   duration  default "30s"    Pause between servers
            -- @param    count   integer                    How many
            -- @needs    instances:read instances:power
            -- @limit    changes 50
            -- @limit    time 30m
            -- ==/Script==
            -- @needs    instances:destroy
            """)
        #expect(header.name == "weekly-reboot")
        #expect(header.parameters.map(\.name) == ["prefix", "pause", "count"])
        #expect(header.parameters[0].defaultText == "web-")
        #expect(header.parameters[0].help == "Name prefix of the servers")
        #expect(header.parameters[2].defaultText == nil)
        #expect(header.needs.map(\.description) == ["instances:read", "instances:power"])
        #expect(header.maximumChanges == 50)
        #expect(header.time == .seconds(1800))
    }

    @Test func `a script without a header has no needs`() throws {
        #expect(try ScriptHeader("print('-- ==Script==')\n-- @needs x:y").needs.isEmpty)
    }

    @Test func `what looks like a header is one or an error, never overlooked`() {
        for source in [
            "print(1)\n-- ==Script==\n-- ==/Script==", "-- ==script==\n", "--[[ ==Script== ]]\n", "--==Script== x\n",
        ] {
            #expect(throws: HeaderProblem.self, "\(source)") { try ScriptHeader(source) }
        }
    }

    @Test func `says what is wrong and where`() {
        #expect(problem("-- @nedes instances:read") == "line 2: `@nedes` is not a header entry; did you mean `@needs`?")
        #expect(
            problem("--\n-- @param x strnig").hasPrefix(
                "line 3: parameter `x`: `strnig` is not a type; did you mean `string`?"))
        #expect(problem("-- @param x integer default many").contains("the default must be a whole number"))
        #expect(problem("-- @param x string default \"open").contains("closing quote"))
        #expect(problem("-- @param x string\n-- @param x string").contains("declared twice"))
        #expect(problem("-- @limit time soon").contains("takes a duration"))
        #expect(throws: HeaderProblem.self) { try ScriptHeader("-- ==Script==\n-- @name x\n") }
    }
}
