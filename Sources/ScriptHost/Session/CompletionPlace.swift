/// Where the cursor is, as far as one can tell from the text before it.
///
/// Words are told apart as Lua does, without a tree: what is being typed is no program yet.
struct CompletionPlace {
    enum Kind: Equatable {
        /// A command of the prompt: `:un`.
        case command
        /// After `?` or `:doc`.
        case topic
        /// A name that stands by itself.
        case name
        /// After a dot, of that path.
        case field([String])
        /// After a colon.
        case method([String])
        /// Inside a quoted text.
        case string
        /// Inside a number or a comment.
        case nothing
    }

    /// The call whose arguments the cursor is in.
    struct Call: Equatable {
        /// The names that lead to the function: `iwinv`, `instances`, `edit`; `vm`, `edit`.
        var path: [String]
        var isMethod: Bool
        /// Which argument it is, from 0.
        var position = 0
        /// The cursor is in a table among the arguments.
        var isInTable = false
        /// The name whose value is being written: `status` in `{ status = "`.
        var argument: String?
        /// Names that have a value already.
        var given: Set<String> = []
    }

    private(set) var kind = Kind.name
    /// What of the word is there.
    private(set) var word = ""
    private(set) var call: Call?

    init(_ text: String) {
        let line = text.drop { $0 == " " }
        if line.hasPrefix("?") {
            (kind, word) = (.topic, String(line.dropFirst().drop { $0 == " " }))
        } else if line.hasPrefix(":"), !line.hasPrefix("::") {
            guard let space = line.firstIndex(of: " ") else {
                (kind, word) = (.command, String(line))
                return
            }
            let argument = String(line[line.index(after: space)...].drop { $0 == " " })
            switch line[..<space] {
            case ":doc", ":api", ":help": (kind, word) = (.topic, argument)
            case ":plan", ":time": read(argument)
            default: kind = .nothing
            }
        } else {
            read(text)
        }
    }

    private mutating func read(_ lua: String) {
        var scanner = CompletionScanner()
        scanner.scan(lua)
        (kind, word, call) = scanner.place
    }
}

/// Reads Lua up to where it breaks off.
private struct CompletionScanner {
    /// A bracket that is open.
    struct Level {
        var bracket: Character
        var call: CompletionPlace.Call?
        /// The name before `=`, in a table.
        var argument: String?
        /// The name whose value the whole table is: `fields = { "name", "`.
        var whole: String?
        var given: Set<String> = []
        var position = 0
    }

    private var levels: [Level] = []
    /// The names and signs since something else stood there: `iwinv`, `.`, `instances`, `.`, `ed`.
    private var chain: [String] = []
    private var word = ""
    private var isInString = false
    private var isInComment = false
    private var string = ""
    private var endsInNumber = false

    mutating func scan(_ text: String) {
        var rest = text[...]
        while let first = rest.first {
            if first.isLetter || first == "_" {
                word = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                rest = rest.dropFirst(word.count)
                if chain.last != ".", chain.last != ":" { chain = [] }
                chain.append(word)
                endsInNumber = false
                continue
            }
            if first.isNumber {
                rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "." }
                (chain, word, endsInNumber) = ([], "", true)
                continue
            }
            endsInNumber = false
            word = ""
            rest = sign(first, rest)
        }
    }

    /// Takes one sign; returns what follows it.
    private mutating func sign(_ first: Character, _ rest: Substring) -> Substring {
        switch first {
        case "\"", "'": return quoted(first, rest.dropFirst())
        case "-" where rest.hasPrefix("--"):
            let end = rest.firstIndex { $0 == "\n" || $0 == "\r\n" }
            isInComment = end == nil
            return end.map { rest[$0...] } ?? ""
        case " ", "\t", "\n", "\r\n": return rest.dropFirst()
        case ".", ":":
            if rest.hasPrefix("..") || rest.hasPrefix("::") {
                chain = []
                return rest.drop { $0 == first }
            }
            chain.append(String(first))
        case "(", "{", "[": open(first)
        case ")", "}", "]": close(first)
        case ",", ";":
            if !levels.isEmpty {
                levels[levels.count - 1].position += 1
                levels[levels.count - 1].argument = levels[levels.count - 1].whole
            }
            chain = []
        case "=":
            if let name = chain.last, chain.count == 1, levels.last?.bracket == "{", !rest.hasPrefix("==") {
                levels[levels.count - 1].argument = name
                levels[levels.count - 1].given.insert(name)
            }
            chain = []
        default: chain = []
        }
        return rest.dropFirst()
    }

    private mutating func quoted(_ quote: Character, _ rest: Substring) -> Substring {
        var rest = rest
        string = ""
        // `f"text"` is a call too.
        if let call = called, levels.last?.bracket != "\"" { levels.append(Level(bracket: "\"", call: call)) }
        while let first = rest.first {
            rest = rest.dropFirst()
            if first == quote || first == "\n" {
                if levels.last?.bracket == "\"" { levels.removeLast() }
                chain = ["\"\""]
                return rest
            }
            string.append(first)
            if first == "\\", let escaped = rest.first {
                string.append(escaped)
                rest = rest.dropFirst()
            }
        }
        isInString = true
        return rest
    }

    /// The call that a bracket here would begin.
    private var called: CompletionPlace.Call? {
        guard let last = chain.last, last != ".", last != ":", last != "]", last != "\"\"" else { return nil }
        guard
            !["return", "and", "or", "not", "in", "if", "while", "until", "local", "do", "then", "else"].contains(last)
        else { return nil }
        let names = chain.filter { $0 != "." && $0 != ":" }
        return CompletionPlace.Call(path: names, isMethod: chain.contains(":"))
    }

    private mutating func open(_ bracket: Character) {
        switch bracket {
        case "[":
            levels.append(Level(bracket: "["))
            kept.append(chain)
        case "(": levels.append(Level(bracket: "(", call: called))
        default:
            if let called {
                levels.append(Level(bracket: "{", call: called))
            } else if let outer = levels.last, outer.call != nil, outer.bracket == "(" || outer.argument != nil {
                // A table among the arguments, or one that is an argument's value: `fields = { "`.
                var call = outer.call
                if outer.bracket == "(" { call?.position = outer.position }
                let name = outer.bracket == "{" ? outer.argument : nil
                levels.append(Level(bracket: "{", call: call, argument: name, whole: name))
            } else {
                levels.append(Level(bracket: "{"))
            }
        }
        chain = []
    }

    /// What stood before each `[`.
    private var kept: [[String]] = []

    private mutating func close(_ bracket: Character) {
        while let last = levels.popLast(), last.bracket == "\"" { continue }
        if bracket == "]" {
            chain = (kept.popLast() ?? []) + ["]"]
        } else {
            // What a call gives has no name.
            chain = ["\"\""]
        }
    }

    var place: (CompletionPlace.Kind, String, CompletionPlace.Call?) {
        if isInComment || endsInNumber { return (.nothing, "", nil) }
        if isInString { return (.string, string, callHere) }
        let path = self.path
        var signs = chain
        let partial = word
        if !partial.isEmpty { signs.removeLast() }
        switch signs.last {
        case ".": return (.field(path), partial, callHere)
        case ":": return (.method(path), partial, callHere)
        default: return (.name, partial, callHere)
        }
    }

    /// The names before the word under the cursor; an index is `[]`.
    private var path: [String] {
        var names = chain
        if !word.isEmpty { names.removeLast() }
        return names.filter { $0 != "." && $0 != ":" }.map { $0 == "]" ? "[]" : $0 }
    }

    private var callHere: CompletionPlace.Call? {
        guard let level = levels.last, var call = level.call else { return nil }
        call.isInTable = level.bracket == "{"
        if !call.isInTable { call.position = level.position }
        call.argument = level.argument
        call.given = level.given
        return call
    }
}
