package import IwinvCatalog

/// A function that scripts have besides the cloud's and Lua's own. Types are written as the Lua language server has them.
package struct ScriptFunction: Sendable {
    /// An argument, or the field of a table.
    package struct Value: Sendable {
        package var name: String
        package var type: String
        package var isOptional: Bool
        package var help: LocalizedText?
    }

    /// `text.sub`, or `fail`
    package var name: String
    package var parameters: [Value]
    /// The type of what it returns; nil for nothing.
    package var result: String?
    /// Type variables.
    package var generics: [String] = []
    package var help: LocalizedText

    /// `text` of `text.sub`; nil for a global function.
    package var table: String? {
        name.lastIndex(of: ".").map { String(name[..<$0]) }
    }

    /// `text.sub(text, first, last?)`
    package var signature: String {
        let names = parameters.map { $0.name + ($0.isOptional && $0.name != "..." ? "?" : "") }
        return name + "(" + names.joined(separator: ", ") + ")"
    }

    /// - Parameter arguments: `name: type` pairs with commas between; a name that ends with `?` may be left out.
    init(
        _ name: String, _ arguments: [(String, String)] = [], gives result: String? = nil, generics: [String] = [],
        _ english: String, _ korean: String
    ) {
        self.name = name
        self.parameters = arguments.map { Value($0, $1) }
        self.result = result
        self.generics = generics
        self.help = LocalizedText(english, korean)
    }
}

extension ScriptFunction.Value {
    /// A value; a name that ends with `?` may be left out.
    init(_ name: String, _ type: String, _ help: LocalizedText? = nil) {
        self.isOptional = name.hasSuffix("?")
        self.name = isOptional ? String(name.dropLast()) : name
        self.type = type
        self.help = help
    }
}

/// The shape of a table that scripts get or give.
package struct ScriptClass: Sendable {
    package var name: String
    package var help: LocalizedText
    package var fields: [ScriptFunction.Value]
    /// Called with a colon.
    package var methods: [ScriptFunction] = []
}

/// A name for a type.
package struct ScriptAlias: Sendable {
    package var name: String
    package var type: String
    package var help: LocalizedText
}
