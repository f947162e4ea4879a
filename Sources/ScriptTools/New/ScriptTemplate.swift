/// The first text of a script, and of its test.
public struct ScriptTemplate: Sendable {
    /// The script's name, without `.lua`.
    public let name: String

    /// - Returns: nil for a name that could not stand in a `require`: letters, digits, `-` and `_` can.
    public init?(name: String) {
        let isFit = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard isFit, name.first?.isLetter == true, name.count <= 64, !name.hasSuffix("_test") else { return nil }
        self.name = name
    }

    public var script: String {
        """
        -- ==Script==
        -- @name     \(name)
        -- @summary  Lists the servers whose name begins with a text
        -- @param    prefix  string  default ""  Servers whose name begins with this
        -- @needs    instances:read
        -- ==/Script==

        local iwinv = require "iwinv"

        local names = {}
        for vm in iwinv.instances.each() do
            if text.starts_with(vm.name, params.prefix) then
                names[#names + 1] = vm.name
                -- To change something, add `instances:edit` to @needs and run with --allow instances:edit:
                -- vm:edit { description = "checked" }
            end
        end

        print(#names .. " servers")
        return { names = names }

        """
    }

    public var test: String {
        """
        -- Run with `iwlua test`: each test has a simulated cloud of its own, and its time is virtual.

        before_each(function()
            cloud.add { servers = { { name = "web-%02d", count = 2 }, { name = "batch" } } }
        end)

        it("lists the servers of a prefix", function()
            local run = script.run("\(name).lua", { params = { prefix = "web-" } })
            expect(run.ended):equals("done")
            expect(run.result.names):equals({ "web-01", "web-02" })
        end)

        it("changes nothing", function()
            local run = script.run("\(name).lua")
            expect(run.result.names):has_length(3)
            expect(run.changes):equals({})
        end)

        """
    }
}
