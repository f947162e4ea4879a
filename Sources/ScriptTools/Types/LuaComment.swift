/// Lines of a definition file: annotations and descriptions as the Lua language server reads them.
enum LuaComment {
    /// Text on one line, without anything that could end the comment.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// A description, in lines that begin with `---`.
    static func description(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { "---\($0)" }
    }

    /// `---@field name? type text`
    static func field(_ name: String, isOptional: Bool, _ type: String, _ text: String) -> String {
        "---@field \(name)\(isOptional ? "?" : "") \(type)" + (text.isEmpty ? "" : " \(line(text))")
    }

    /// `---@param name? type text`
    static func parameter(_ name: String, isOptional: Bool, _ type: String, _ text: String) -> String {
        "---@param \(name)\(isOptional ? "?" : "") \(type)" + (text.isEmpty ? "" : " \(line(text))")
    }
}
