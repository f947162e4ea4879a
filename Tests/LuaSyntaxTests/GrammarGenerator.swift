/// Small numbers that follow from a seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Writes chunks from every production of the manual's grammar (5.4, section 9), as words. What they mean is not looked
/// at: some break a rule about labels, constants or `...`, and the compiler refuses those too.
struct GrammarGenerator {
    private var random: SeededGenerator
    private var budget = 40

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static func chunk(seed: UInt64) -> [String] {
        var generator = GrammarGenerator(seed: seed)
        return generator.block(depth: 0)
    }

    /// The same with one to three words taken out, doubled, swapped, put in or cut.
    static func mutated(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed ^ 0xABCD)
        var words = chunk(seed: seed)
        for _ in 0..<Int.random(in: 1...3, using: &random) where !words.isEmpty {
            let at = Int.random(in: 0..<words.count, using: &random)
            switch Int.random(in: 0...5, using: &random) {
            case 0: words.remove(at: at)
            case 1: words.insert(words[at], at: at)
            case 2: words.swapAt(at, Int.random(in: 0..<words.count, using: &random))
            case 3: words.insert(vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)], at: at)
            case 4: words[at] = vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)]
            default: words.removeSubrange(at...)
            }
        }
        var bytes = text(words, seed: seed)
        if Int.random(in: 0..<4, using: &random) == 0, !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }

    /// Words with blanks and comments between.
    static func text(_ words: [String], seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed ^ 0x1234)
        let gaps = [" ", " ", " ", "\n", "\t", "\r\n", " -- 주석\n", " --[==[ ]] \n ]==] "]
        return words.flatMap { Array(($0 + gaps[Int.random(in: 0..<gaps.count, using: &random)]).utf8) }
    }

    private static let vocabulary = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while", "+", "-", "*", "/", "//", "%", "^", "#", "&",
        "~", "|", "<<", ">>", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", "::", ";", ":", ",",
        ".", "..", "...", "a", "<const>", "<close>", "1", "0x1p4", "3.", "1e", "0x", "'s'", "\"", "[[x]]", "[=[",
        "--[[",
        "\\", "@", "!", "?", "'\\q'", "'\\300'", "'\\u{110000}'", "1..2",
    ]

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }
    private mutating func name() -> [String] { [pick(["a", "b", "c", "d", "e", "_ENV", "self"])] }

    private mutating func list(_ most: Int, _ item: (inout Self) -> [String]) -> [String] {
        var words = item(&self)
        for _ in 1..<max(2, Int.random(in: 1...most, using: &random)) where chance(50) { words += [","] + item(&self) }
        return words
    }

    private mutating func block(depth: Int) -> [String] {
        var words: [String] = []
        for _ in 0..<Int.random(in: 0...(depth == 0 ? 6 : 3), using: &random) { words += statement(depth: depth) }
        if chance(20) {
            words.append("return")
            if chance(70) { words += list(3) { $0.expression(depth: depth + 1) } }
            if chance(40) { words.append(";") }
        }
        return words
    }

    private mutating func statement(depth: Int) -> [String] {
        budget -= 1
        let deep = depth > 3 || budget < 0
        switch Int.random(in: 0...(deep ? 7 : 17), using: &random) {
        case 0: return [";"]
        case 1: return list(3) { $0.variable(depth: depth) } + ["="] + list(3) { $0.expression(depth: depth + 1) }
        case 2, 3: return call(depth: depth)
        case 4: return chance(50) ? ["goto"] + [pick(["x", "y"])] : ["::", pick(["x", "y", "z"]), "::"]
        case 5: return chance(50) ? ["break"] : [";"]
        case 6, 7:
            let attributes = [[], [], [], ["<", "const", ">"], ["<", "close", ">"], ["<", "other", ">"]]
            let names = list(3) { generator in generator.name() + generator.pick(attributes) }
            return ["local"] + names + (chance(70) ? ["="] + list(3) { $0.expression(depth: depth + 1) } : [])
        case 8: return ["do"] + block(depth: depth + 1) + ["end"]
        case 9: return ["while"] + expression(depth: depth + 1) + ["do"] + block(depth: depth + 1) + ["end"]
        case 10: return ["repeat"] + block(depth: depth + 1) + ["until"] + expression(depth: depth + 1)
        case 11, 12:
            var words = ["if"] + expression(depth: depth + 1) + ["then"] + block(depth: depth + 1)
            if chance(30) { words += ["elseif"] + expression(depth: depth + 1) + ["then"] + block(depth: depth + 1) }
            if chance(30) { words += ["else"] + block(depth: depth + 1) }
            return words + ["end"]
        case 13:
            let step = chance(40) ? [","] + expression(depth: depth + 1) : []
            return ["for"] + name() + ["="] + expression(depth: depth + 1) + [","] + expression(depth: depth + 1) + step
                + ["do"] + block(depth: depth + 1) + ["end"]
        case 14:
            return ["for"] + list(3) { $0.name() } + ["in"] + list(2) { $0.expression(depth: depth + 1) } + ["do"]
                + block(depth: depth + 1) + ["end"]
        case 15: return ["function"] + name() + pick([[], [".", "f"], [".", "f", ":", "m"]]) + body(depth: depth)
        case 16: return ["local", "function"] + name() + body(depth: depth)
        default: return ["do"] + block(depth: depth + 1) + ["end"]
        }
    }

    private mutating func body(depth: Int) -> [String] {
        var parameters = chance(70) ? list(3) { $0.name() } : []
        if chance(40) { parameters += parameters.isEmpty ? ["..."] : [",", "..."] }
        return ["("] + parameters + [")"] + block(depth: depth + 1) + ["end"]
    }

    private mutating func prefix(depth: Int) -> [String] {
        if depth > 5 || chance(60) { return name() }
        return chance(50) ? ["("] + expression(depth: depth + 1) + [")"] : call(depth: depth + 1)
    }

    private mutating func variable(depth: Int) -> [String] {
        if chance(40) { return name() }
        return prefix(depth: depth + 1) + (chance(50) ? [".", "f"] : ["["] + expression(depth: depth + 1) + ["]"])
    }

    private mutating func call(depth: Int) -> [String] {
        let arguments: [String]
        switch Int.random(in: 0...4, using: &random) {
        case 0: arguments = [pick(["'s'", "[[s]]"])]
        case 1: arguments = table(depth: depth + 1)
        case 2: arguments = ["(", ")"]
        default: arguments = ["("] + list(3) { $0.expression(depth: depth + 1) } + [")"]
        }
        return prefix(depth: depth + 1) + (chance(30) ? [":", "m"] : []) + arguments
    }

    private mutating func table(depth: Int) -> [String] {
        guard depth < 6, chance(70) else { return ["{", "}"] }
        var words = ["{"]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0...2, using: &random) {
            case 0: words += ["["] + expression(depth: depth + 1) + ["]", "="] + expression(depth: depth + 1)
            case 1: words += name() + ["="] + expression(depth: depth + 1)
            default: words += expression(depth: depth + 1)
            }
            words.append(pick([",", ";"]))
        }
        if chance(50) { words.removeLast() }
        return words + ["}"]
    }

    private mutating func expression(depth: Int) -> [String] {
        budget -= 1
        if depth > 5 || budget < -40 { return atom() }
        switch Int.random(in: 0...9, using: &random) {
        case 0...3: return atom()
        case 4, 5:
            let operators = [
                "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&", "|", "~",
                "<<", ">>",
            ]
            return expression(depth: depth + 1) + [pick(operators)] + expression(depth: depth + 1)
        case 6: return [pick(["-", "not", "#", "~"])] + expression(depth: depth + 1)
        case 7: return ["function"] + body(depth: depth + 1)
        case 8: return table(depth: depth + 1)
        default: return prefix(depth: depth + 1)
        }
    }

    private mutating func atom() -> [String] {
        [
            pick([
                "nil", "true", "false", "...", "1", "0x7fffffffffffffff", "3.5e-2", "0x.8p1", "1e5", "'a\\z\n  b'",
                "\"\\65\\x41\\u{AC00}\"", "[==[ ]] ]==]", "a", "b", "c",
            ])
        ]
    }
}
