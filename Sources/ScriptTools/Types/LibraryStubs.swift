import IwinvCatalog
import ScriptHost

/// The definition file of what scripts have besides the cloud's and Lua's own functions.
enum LibraryStubs {
    static func text(_ language: Language) -> String {
        var lines = ["---@meta", "-- Written by `iwlua types`; changes here are lost.", ""]
        for alias in ScriptLibrary.aliases {
            lines += LuaComment.description(alias.help(language)) + ["---@alias \(alias.name) \(alias.type)", ""]
        }
        for type in ScriptLibrary.classes { lines += stub(of: type, language) }
        for table in ScriptLibrary.tables {
            lines += LuaComment.description(table.help(language))
            lines += ["---@class iwlua.\(table.name)", "\(table.name) = {}", ""]
        }
        for value in ScriptLibrary.values {
            if let help = value.help { lines += LuaComment.description(help(language)) }
            lines += ["---@type \(value.type)", "\(value.name) = {}", ""]
        }
        for function in ScriptLibrary.functions where function.table != "iwinv" {
            lines += stub(of: function, language)
        }
        return lines.joined(separator: "\n")
    }

    static func stub(of function: ScriptFunction, named name: String? = nil, _ language: Language) -> [String] {
        var lines = LuaComment.description(function.help(language))
        if !function.generics.isEmpty { lines.append("---@generic \(function.generics.joined(separator: ", "))") }
        for parameter in function.parameters {
            lines.append(
                LuaComment.parameter(
                    parameter.name, isOptional: parameter.isOptional, parameter.type,
                    parameter.help?(language) ?? ""))
        }
        if let result = function.result { lines.append("---@return \(result)") }
        let names = function.parameters.map(\.name).joined(separator: ", ")
        return lines + ["function \(name ?? function.name)(\(names)) end", ""]
    }

    private static func stub(of type: ScriptClass, _ language: Language) -> [String] {
        var lines = LuaComment.description(type.help(language)) + ["---@class \(type.name)"]
        lines += type.fields.map {
            LuaComment.field($0.name, isOptional: $0.isOptional, $0.type, $0.help?(language) ?? "")
        }
        guard !type.methods.isEmpty else { return lines + [""] }
        let name = type.name.split(separator: ".").last.map(String.init) ?? type.name
        lines += ["local \(name) = {}", ""]
        for method in type.methods { lines += stub(of: method, named: "\(name):\(method.name)", language) }
        return lines
    }
}
