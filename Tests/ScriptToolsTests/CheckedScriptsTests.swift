import Foundation
import LuaSyntax
import Testing

@testable import ScriptTools

/// Whole scripts: each mistake in `Tests/Checked/wrong` is told at its line and nothing else is, and nothing is said of those in
/// `Tests/Checked/right`.
///
/// A line says behind `--!` what is wrong with it: rules with `;;` between, each with what was meant, if that can be told.
/// `--!3` is about line 3: a header's lines have no room for it.
@Suite struct CheckedScriptsTests {
    struct Expected: Hashable, CustomStringConvertible {
        var line: Int
        var rule: String
        var meant: String?

        var description: String { "\(line): \(rule) \(meant ?? "")" }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Checked")

    static func files(_ name: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "lua" }.sorted { $0.path < $1.path }
    }

    static func expected(of text: String) -> [Expected] {
        var all: [Expected] = []
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            guard let mark = line.range(of: "--!") else { continue }
            let rest = line[mark.upperBound...]
            let number = rest.prefix { $0.isNumber }
            for part in rest.dropFirst(number.count).components(separatedBy: ";;") {
                let words = part.split(separator: " ").map(String.init)
                guard let rule = words.first else { continue }
                all.append(
                    Expected(line: Int(number) ?? index + 1, rule: rule, meant: words.count > 1 ? words[1] : nil))
            }
        }
        return all
    }

    @Test func `every mistake of a script is told at its line, and nothing else`() throws {
        let files = try Self.files("wrong")
        var count = 0
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            var open = Self.expected(of: text)
            count += open.count
            for finding in ScriptCheck().findings(in: file, named: file.lastPathComponent) {
                let found = open.firstIndex {
                    $0.line == finding.start.line && $0.rule == finding.rule.rawValue
                        && ($0.meant == nil || $0.meant == finding.suggestion)
                }
                if let found {
                    open.remove(at: found)
                } else {
                    Issue.record("not a mistake: \(finding.place): \(finding.message) [\(finding.rule.rawValue)]")
                }
            }
            #expect(open == [], "\(file.lastPathComponent)")
        }
        #expect(files.count >= 23 && count >= 210)
    }

    @Test func `nothing is said of what is right`() throws {
        let files = try Self.files("right")
        #expect(files.count >= 6)
        for file in files {
            let found = ScriptCheck().findings(in: file, named: file.lastPathComponent)
            #expect(found.map { "\($0.place): \($0.message)" } == [])
        }
    }

    /// Texts of the largest size that are hard in one way each; a text of half the size takes not much less than half of it.
    @Test(arguments: [
        "print(iwinv.instances.list(o)) o.nmae = 1\n", "::a:: goto a ", "f(function(h) return h(f) end)\n",
        "for k, v in pairs(t) do print(v) end t.a1 = 2\n", "do local a, b = {}, {} a.x = b b.x = a a = b end\n",
        "print(nope1, vm.nmae)\n", "for vm in iwinv.instances.each { nmae = 'x' } do print(vm.nmae, vm.zone.nme) end\n",
    ])
    func `a long script is checked in proportion to its length`(_ line: String) throws {
        let start =
            "local iwinv = require 'iwinv' local o, t, f = {}, { " + (1...500).map { "a\($0) = \($0)," }.joined()
            + " }, function(g) return g end local vm = iwinv.instances.list()[1]\n"
        func time(_ count: Int) -> Double {
            let text = start + String(repeating: line, count: count)
            let before = Self.threadSeconds()
            _ = ScriptCheck().findings(inText: text, named: "s.lua", folder: nil)
            return Self.threadSeconds() - before
        }
        let most = (65_000 - start.utf8.count) / line.utf8.count
        let (half, whole) = (time(most / 2), time(most))
        #expect(whole < 3.2 * half + 0.05, "\(half) \(whole)")
    }

    /// Processor time of this thread: other tests run beside it.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
