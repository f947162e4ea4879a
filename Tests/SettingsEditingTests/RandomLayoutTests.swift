import SettingsEditing
import TestSupport
import Testing
import Yams

/// Any layout that a person may choose, and any edit: what is read afterwards is the old content with the wanted change,
/// and every comment that stands outside what was taken away is there, in its order.
@Suite struct RandomLayoutTests {
    /// Writes the same kind of settings in ever different ways.
    private struct Layout {
        var dice: Dice
        var comments = 0
        var names: [String] = []

        private mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &dice) }

        private mutating func one<Value>(_ choices: [Value]) -> Value { choices[roll(choices.count)] }

        private mutating func trailing() -> String {
            guard roll(3) == 0 else { return "" }
            comments += 1
            return one([" ", "   ", "\t"]) + "# c\(comments) it's \"so: [\(comments)"
        }

        /// Blank lines and comments between two keys.
        private mutating func between(_ indentation: Int) -> [String] {
            (0..<one([0, 0, 1, 2])).map { _ in
                guard roll(2) == 0 else { return one(["", "  "]) }
                comments += 1
                return String(repeating: " ", count: one([0, indentation, indentation])) + "# c\(comments): {}"
            }
        }

        private mutating func scalar(_ text: String) -> String {
            one([text, "'\(text)'", "\"\(text)\""])
        }

        private mutating func secret(_ column: String, _ step: String) -> [String] {
            switch roll(3) {
            case 0: ["\(column)secret: {env: \(scalar("S"))}" + trailing()]
            case 1: ["\(column)secret: { env: 'a}b' , }" + trailing()]
            default:
                ["\(column)secret:" + trailing()] + between(8) + ["\(column)\(step)env: \(scalar("S"))" + trailing()]
            }
        }

        mutating func text() -> String {
            let step = one(["  ", "    ", " "])
            var parts: [[String]] = []
            if roll(2) == 0 { parts.append(["current: \(scalar("p0"))" + trailing()]) }
            parts.append(["language: ko" + trailing()])
            parts.append([
                "of_tomorrow:" + trailing(), "\(step)- {a: 1, b: [x, \"y # z\"]}", "\(step)- |", "\(step)  # text",
            ])
            var profiles = ["profiles:" + trailing()] + between(step.count)
            for index in 0..<(1 + roll(4)) {
                let name = one(["p\(index)", "p\(index).x", "p-\(index)"])
                names.append(name)
                let key = one([name, "'\(name)'", "\"\(name)\"", "\(name) "])
                profiles.append("\(step)\(key):" + trailing())
                var keys = [["\(step)\(step)access_key: \(scalar("K\(index)"))" + trailing()]]
                keys.append(secret(step + step, step))
                if roll(2) == 0 { keys.append(["\(step)\(step)protect: [db-*, \"a: b\"]" + trailing()]) }
                if roll(2) == 0 {
                    keys.append(["\(step)\(step)unknown: >-", "\(step)\(step)\(step)a", "\(step)\(step)\(step)b"])
                }
                for lines in keys.shuffled(using: &dice) { profiles += lines + between(step.count * 2) }
                profiles += between(step.count)
            }
            parts.append(profiles)
            let lines = parts.shuffled(using: &dice).flatMap { $0 + between(0) }
            let end = one(["\n", "\n", "\r\n"])
            // A block of text at the end has another text without its line end.
            return lines.joined(separator: end) + (lines.last?.hasSuffix("# text") == true ? end : one(["", end]))
        }

        mutating func edit() -> SettingsText.Edit {
            let name = one(names)
            switch roll(8) {
            case 0: return .set(["current"], .text(name))
            case 1: return .set(["profiles", name, "access_key"], .text(one(["NEW", "no", "1"])))
            case 2: return .set(["profiles", name, "endpoint"], .text("https://a.example:1/x"))
            case 3: return .set(["profiles", name, "secret"], .mapping([.init(one(["env", "file"]), .text("/x y"))]))
            case 4:
                return .set(
                    ["profiles", "new"],
                    .mapping([.init("access_key", .text("k")), .init("secret", .mapping([.init("file", .text("/f"))]))])
                )
            case 5: return .remove(["profiles", name])
            case 6: return .rename(["profiles", name], to: "renamed")
            default: return .remove(["current"])
            }
        }
    }

    private static func comments(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            line.firstRange(of: /# c\d+.*$/).map { String(line[$0]) }
        }
    }

    private static func tree(_ text: String) throws -> [String: Any] {
        try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    private static func flat(_ value: Any, _ path: String = "") -> [String: String] {
        switch value {
        case let mapping as [String: Any]:
            mapping.reduce(into: [:]) { $0.merge(flat($1.value, "\(path)/\($1.key)")) { $1 } }
        case let list as [Any]:
            list.enumerated().reduce(into: [:]) { $0.merge(flat($1.element, "\(path)/\($1.offset)")) { $1 } }
        default: [path: "\(value)"]
        }
    }

    @Test(arguments: 0..<400)
    func `an edit changes what it names`(_ seed: Int) throws {
        var layout = Layout(dice: Dice(state: UInt64(seed)))
        var text = layout.text()
        for _ in 0..<4 {
            let edit = layout.edit()
            let before = Self.flat(try Self.tree(text))
            let edited: String
            do { edited = try SettingsText(text).applying(edit).text } catch {
                // Names come and go.
                #expect(error.reason == .noSuchKey, "\(error)\n\(text)")
                continue
            }
            let after = Self.flat(try Self.tree(edited))
            let path: String
            switch edit {
            case .set(let keys, _), .remove(let keys), .rename(let keys, _): path = "/" + keys.joined(separator: "/")
            }
            func others(_ values: [String: String]) -> [String: String] {
                values.filter {
                    $0.key != path && !$0.key.hasPrefix(path + "/") && !$0.key.hasPrefix("/profiles/renamed/")
                        // A mapping without keys is nothing.
                        && $0.key != "/profiles" && !$0.key.hasPrefix("/profiles/new/")
                }
            }
            #expect(others(after) == others(before), "\(edit)\n\(text)\n—\n\(edited)")
            switch edit {
            case .set(_, .text(let value)): #expect(after[path] == value)
            case .set(_, .mapping): #expect(after.keys.contains { $0.hasPrefix(path + "/") })
            case .remove: #expect(!after.keys.contains { $0 == path || $0.hasPrefix(path + "/") })
            case .rename(_, let name):
                let parent = "/profiles/\(name)/"
                #expect(
                    after.filter { $0.key.hasPrefix(parent) }.count
                        == before.filter { $0.key.hasPrefix(path + "/") }.count)
            }
            let (old, new) = (Self.comments(text), Self.comments(edited))
            if case .remove = edit {
                #expect(new.filter(old.contains) == new && Set(new).count == new.count)
            } else if case .set(_, .mapping) = edit {
                // One behind the line of a key that is no more went with it.
                #expect(old.count - new.count <= 1 && new.filter(old.contains) == new, "\(edit)\n\(text)\n—\n\(edited)")
            } else {
                #expect(new == old, "\(edit)\n\(text)\n—\n\(edited)")
            }
            text = edited
        }
    }
}
