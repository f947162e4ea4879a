import IwinvCatalog
import Clocks
import IwinvClient
import IwinvTesting
import LuaRuntime
import ScriptHost
import Testing

/// The lists that reference and editor files are made from, against what the sandbox really holds.
@Suite struct ScriptSurfaceTests {
    private static let walk = """
        local names = {}
        local function walk(prefix, values)
            for key, value in pairs(values) do
                if type(value) == "table" and value ~= _G then
                    walk(prefix .. key .. ".", value)
                else
                    names[#names + 1] = prefix .. key
                end
            end
        end

        """

    private static func names(_ script: String) async throws -> Set<String> {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        let report = await ScriptHost(client: client, clock: cloud.clock)
            .run(try Script(name: "walk.lua", source: walk + script), options: .readOnly)
        try await client.shutdown()
        try await cloud.stop()
        #expect(report.failure == nil)
        return Set((report.result.arrayValue ?? []).compactMap(\.stringValue))
    }

    @Test func `the globals are Lua's by the allow-list and those of the script library, no more and no less`()
        async throws
    {
        let found = try await Self.names("walk('', _G) return names")
        let lua = LuaLibrary.entries.compactMap { entry -> String? in
            if case .absent = entry.status { return nil } else { return entry.name }
        }
        let functions = ScriptLibrary.functions.map(\.name).filter { !$0.hasPrefix("iwinv.") }
        let expected = Set(lua + functions)
        #expect(found.subtracting(expected).isEmpty, "\(found.subtracting(expected).sorted())")
        #expect(expected.subtracting(found).isEmpty, "\(expected.subtracting(found).sorted())")
    }

    @Test func `the module iwinv holds the functions of the surface, no more and no less`() async throws {
        let found = try await Self.names("walk('iwinv.', require 'iwinv') return names")
        let module = ScriptLibrary.functions.map(\.name).filter { $0.hasPrefix("iwinv.") }
        let expected = Set(CloudSurface(.iwinv).functions.map { "iwinv.\($0.name)" } + module)
        #expect(found.subtracting(expected).isEmpty, "\(found.subtracting(expected).sorted())")
        #expect(expected.subtracting(found).isEmpty, "\(expected.subtracting(found).sorted())")
    }

    @Test func `rows have the methods of the surface`() async throws {
        let surface = CloudSurface(.iwinv)
        var lines: [String] = []
        var expected: Set<String> = []
        for function in surface.functions {
            guard case .list = function.form, let row = function.operation.row else { continue }
            let methods = surface.methods(of: row)
            lines.append("for _, row in ipairs(iwinv.\(function.name)()) do")
            for method in methods.map(\.name.verb) {
                expected.insert("\(row.name):\(method)")
                lines.append(
                    "if type(row.\(method)) == 'function' then names[#names + 1] = '\(row.name):\(method)' end")
            }
            lines.append("break end")
        }
        let found = try await Self.names(
            "local iwinv = require 'iwinv'\n" + lines.joined(separator: "\n") + "\nreturn names")
        #expect(found == expected, "\(expected.subtracting(found).sorted())")
        #expect(expected.count > 20)
    }
}
