import LuaMachine
import Testing

/// The list of the libraries is what a script can reach, no more and no less.
@Suite struct LibraryTests {
    private func strings(_ script: String, _ arguments: [LuaValue] = []) throws -> [String] {
        let machine = try LuaMachine(LuaEnvironment(), seed: 1)
        try machine.start(source: script, chunk: "script.lua", arguments: arguments)
        guard case .finished(let values) = machine.advance().state else { return ["it did not finish"] }
        return values.first?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test func theListIsWhatAScriptCanReach() throws {
        let reached = try strings(
            """
            local names = {}
            for name, value in pairs(_G) do
                if type(value) == "table" and name ~= "_G" then
                    if name ~= "task" then for field in pairs(value) do names[#names + 1] = name .. "." .. field end end
                else
                    names[#names + 1] = name
                end
            end
            return names
            """)
        let listed = LuaLibrary.entries.filter { if case .absent = $0.status { false } else { true } }.map(\.name)
        #expect(Set(reached) == Set(listed))
        #expect(reached.count == listed.count)
    }

    @Test func whatIsListedAsAbsentIsAbsent() throws {
        let absent = LuaLibrary.entries.filter { if case .absent = $0.status { true } else { false } }
        #expect(absent.count > 10)
        let found = try strings(
            """
            local found = {}
            for _, name in ipairs(...) do
                local value = _G
                for part in name:gmatch("[^.]+") do value = value[part] end
                if value ~= nil or ("")[name:match("[^.]+$")] ~= nil then found[#found + 1] = name end
            end
            return found
            """, [.array(absent.map { .string($0.name) })])
        #expect(found == [])
    }

    @Test func theMethodsOfStringsAreThoseOfTheLibrary() throws {
        let strange = try strings(
            """
            local strange = {}
            for _, name in ipairs(...) do if type(("")[name]) ~= "function" then strange[#strange + 1] = name end end
            for _, name in ipairs { "__index", "__name", "__gc", "__metatable", "dump" } do
                if (""):len() ~= 0 or ("")[name] ~= nil then strange[#strange + 1] = name end
            end
            return strange
            """,
            [
                .array(
                    LuaLibrary.entries.filter {
                        if case .absent = $0.status { false } else { $0.name.hasPrefix("string.") }
                    }.map { .string(String($0.name.dropFirst(7))) })
            ])
        #expect(strange == [])
    }

    @Test func everyDifferenceHasItsReason() {
        for entry in LuaLibrary.entries {
            switch entry.status {
            case .same: break
            case .changed(let text), .absent(let text): #expect(text.count > 3, "\(entry.name)")
            }
        }
        #expect(LuaLibrary.entries.contains { $0.name == "string.rep" && $0.status == .same })
    }
}
