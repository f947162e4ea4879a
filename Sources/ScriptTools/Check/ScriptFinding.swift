public import LuaSyntax

/// Something in a script that is wrong, or probably so.
public struct ScriptFinding: Sendable, Hashable {
    public enum Severity: String, Sendable, CaseIterable {
        /// The script cannot run, or fails where this is reached.
        case error
        /// It runs, and probably not as it was meant.
        case warning
    }

    /// What kind of mistake it is. The names are stable.
    public enum Rule: String, Sendable, CaseIterable {
        /// Lua refuses the text.
        case syntax
        /// The file cannot be read.
        case file
        /// The header is wrong.
        case header
        /// `iwinv.instances.lst`, `vm:ediit()`
        case unknownOperation = "unknown-operation"
        /// `vm:edit{nam = "x"}`
        case unknownArgument = "unknown-argument"
        /// A literal of the wrong type, out of range, or none of the words that there are.
        case wrongArgument = "wrong-argument"
        case missingArgument = "missing-argument"
        /// `iwinv.instances:list()`: a colon for a dot.
        case colon
        /// A key that rows do not have.
        case unknownField = "unknown-field"
        /// A key that rows have, and that this list does not ask for.
        case unreadField = "unread-field"
        /// A call whose grant `@needs` does not name.
        case missingNeed = "missing-need"
        /// A grant that no call needs.
        case unusedNeed = "unused-need"
        case unknownParameter = "unknown-param"
        case unusedParameter = "unused-param"
        /// A name that is no variable.
        case undefinedGlobal = "undefined-global"
        /// A variable without `local`.
        case globalAssignment = "global-assignment"
        /// A function that the sandbox does not have.
        case sandbox
        /// `string.lenght`
        case unknownFunction = "unknown-function"
        /// `require` of something that is not there.
        case unknownModule = "unknown-module"
        /// A change in a loop, and no `@limit changes`.
        case unlimitedChanges = "unlimited-changes"
        case unusedLocal = "unused-local"
        case unreachable
        /// `vm.status == "runing"`
        case wrongComparison = "wrong-comparison"
        /// `{ name = 1, name = 2 }`
        case duplicateKey = "duplicate-key"
        /// `vm.name = "x"`
        case rowAssignment = "row-assignment"
        /// `for vm in iwinv.instances.list() do`
        case wrongLoop = "wrong-loop"
    }

    public var rule: Rule
    public var severity: Severity
    /// The file as it was named, or the module's beside it.
    public var file: String
    public var start: SourcePosition
    /// Behind the last character.
    public var end: SourcePosition
    public var message: String
    /// What was probably meant.
    public var suggestion: String?
    /// The text of the line.
    public var line: String
}
