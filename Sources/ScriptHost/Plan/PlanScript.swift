public import Gate
public import IwinvCatalog
import IwinvWire

/// The script that carries plans out: a run like any other, with journal, limits and interruption.
///
/// What it must remember stands in Lua, so that a run which is resumed from the recorded answers has it again.
public enum PlanScript {
    /// What to do about a resource that is not as the plan found it.
    public enum DriftRule: String, Sendable, CaseIterable {
        /// No further change is made.
        case stop
        /// The others are made.
        case skip
    }

    /// The parameters of a run that carries a plan out.
    public static func parameters(for plan: Plan, onDrift: DriftRule) -> [String: JSONValue] {
        ["plan": plan.json, "on_drift": .string(onDrift.rawValue)]
    }

    /// The script, under the name that people see.
    ///
    /// - Throws: never; its header is empty.
    public static func script(for plan: Plan) throws(HeaderProblem) -> Script {
        try Script(name: plan.origin.script, source: source)
    }

    /// Only this very text, and ``earlier`` ones, have the module `plan`.
    static let source = #"""
        local iwinv, plan = require "iwinv", require "plan"
        local ids, drifted, made, is_over = {}, {}, 0, false

        local function carry_out(number)
            -- Those that were under way already end, and are counted.
            if is_over then return end
            -- What the cloud refuses for a moment, or what a lost reply turns out not to have done, is asked for again.
            local answer = iwinv.retry(function() return plan.perform(number, ids) end)
            if answer.drift then
                drifted[#drifted + 1] = answer.drift
                is_over = plan.on_drift ~= "skip"
                return
            end
            for placeholder, id in pairs(answer.created) do ids[placeholder] = id end
            made = made + 1
            ui.progress(made, plan.total)
        end

        for _, step in ipairs(plan.steps) do
            if is_over then break end
            if step.kind == "changes" then
                task.map(step.entries, carry_out, { limit = 16 })
            elseif step.kind == "wait" then
                local list = {}
                for _, id in ipairs(step.ids) do
                    -- What was not made is not waited for.
                    if not plan.placeholders[id] then list[#list + 1] = id
                    elseif ids[id] then list[#list + 1] = ids[id] end
                end
                if #list > 0 then iwinv[step.resource].wait_all(list, step.state, step.timeout) end
            else
                time.sleep(step.duration)
            end
        end
        if #drifted > 0 then plan.refuse(table.concat(drifted, "\n"), made, plan.total) end
        return { made = made, planned = plan.total }
        """#

    /// SHA-256 of the texts that earlier versions have begun runs with: those can be resumed and replayed.
    static let earlier: Set<String> = ["7d958daf71215314f8ff8e8b9b47a6851970ab3676c7e5eee765618aa448dd0a"]

    static func isOne(_ script: Script) -> Bool {
        script.source == source || earlier.contains(SHA256.hex(script.source))
    }

    /// The plan that a run of this script carries out; nil for other scripts.
    static func plan(of script: Script, _ parameters: [String: JSONValue]) -> Plan? {
        isOne(script) ? parameters["plan"].flatMap { try? Plan(recorded: $0) } : nil
    }

    /// The module `plan`: its data and the host's two functions.
    static let prelude = #"""
        local data, host = ...
        local call, refuse = host["plan.perform"], host.refuse
        data.perform = function(number, ids) return call(number, ids) end
        data.refuse = function(...) return refuse(...) end
        return data
        """#

    /// What the script sees of a plan.
    static func data(of plan: Plan, onDrift: String) -> JSONValue {
        let placeholders = plan.entries.flatMap(\.creates)
        return [
            "total": .integer(Int64(plan.entries.count)), "on_drift": .string(onDrift),
            "placeholders": .object(
                Dictionary(placeholders.map { ($0, true) }, uniquingKeysWith: { first, _ in first })),
            "steps": .array(plan.steps.map(data)),
        ]
    }

    private static func data(of step: PlanStep) -> JSONValue {
        switch step {
        case .changes(let entries):
            ["kind": "changes", "entries": .array(entries.map { .integer(Int64($0.number)) })]
        case .wait(let wait):
            [
                "kind": "wait", "resource": .string(wait.resource), "ids": .array(wait.ids.map(JSONValue.string)),
                "state": .string(wait.state), "timeout": .string(wait.timeout.text),
            ]
        case .sleep(let duration): ["kind": "sleep", "duration": .string(duration.text)]
        }
    }
}
