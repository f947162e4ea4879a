import Foundation
import LuaSyntax
import Testing

@Suite struct InputTests {
    @Test(arguments: [
        "", "  ", "-- note", "1", "1 + 1", "a, b", "f(x)", "vm.name", "x = 1", "local x", "for i = 1, 2 do end", "{}",
        "function f() end", "iwinv.instances.list{name = \"웹\"}", "return 1", "'a'", "::a::", "x = [[\n]]", "#t",
        "not x",
    ])
    func wholeTextsAreComplete(_ text: String) {
        #expect(LuaInput(text).completeness == .complete)
    }

    @Test(arguments: [
        "for i = 1, 2 do", "if x then", "if x", "if", "while x", "repeat", "repeat x()", "function f()",
        "function f(a,",
        "function", "local", "local x =", "local function", "x =", "x = 1 +", "1 +", "a,", "a.", "a:", "a:b", "f(",
        "f{",
        "{ 1,", "t[", "(1", "x = [[", "x = [==[ ]]", "--[[", "--[==[ ]]", "'a\\", "'a\\\nb\\", "'a\\z", "not", "goto",
        "f(function()", "x = function(a, ...) return", "if x then y() else", "a and", "a ..", "::a", "for i",
        "for i in",
        "do do end",
    ])
    func openTextsNeedMoreLines(_ text: String) {
        #expect(LuaInput(text).completeness == .incomplete)
    }

    @Test(arguments: [
        ("x = = 2", "="), ("'abc", "'abc"), ("end", "end"), ("if x the y", "the"), ("1 + + 2", "+"), ("x = )", ")"),
        ("local x <const> = 1; x = 2", "x"), ("goto nowhere", "nowhere"), ("x = 3x", "3x"), ("f(1,,2)", ","),
        ("for i = 1, 2 do )", ")"), ("x = '\\q'", "\\q"), ("break", "break"), ("a b", "b"),
    ])
    func mistakesThatNoLineMendsAreReported(_ text: String, _ place: String) throws {
        guard case .invalid(let problem) = LuaInput(text).completeness else {
            Issue.record("\(text) is \(LuaInput(text).completeness)")
            return
        }
        #expect(LuaSource(text).text(problem.range) == place, "\(problem.message)")
    }

    @Test(arguments: [
        ("1", true), ("a, b", true), ("f()", true), ("x = 1", false), ("local x", false), ("...", true), ("", false),
        ("function() end", true), ("function f() end", false), ("a -- note", true), ("return 1", false), ("1;", false),
    ])
    func anExpressionIsKnown(_ text: String, _ isExpression: Bool) {
        #expect(LuaInput(text).isExpression == isExpression)
        #expect(LuaInput(text).chunk == (isExpression ? "return " + text : text))
    }

    @Test func variablesOfALineAreKnown() {
        let names = LuaInput("local a, b = 1; c, d.e = 2; function f() g = 1; local h end; local function i() end").tree
            .names
        #expect(names.topLevelLocals == ["a", "b", "i"])
        #expect(names.assignedGlobals == ["c", "f", "g"])
    }
}

@Suite struct InputTrackerTests {
    private func status(_ lines: [String]) -> [LuaInput.Completeness] {
        var tracker = LuaInputTracker()
        return lines.map { tracker.append($0) }
    }

    @Test func aFunctionIsCompleteWithItsLastLine() {
        let lines = ["function f(a)", "  if a then", "    return [[", "end", "]]", "  end", "end"]
        #expect(status(lines).map(\.isIncomplete) == [true, true, true, true, true, true, false])
        #expect(status(lines).last == .complete)
    }

    @Test func aMistakeInsideAnOpenBlockIsReportedAtOnce() {
        let answers = status(["function f(a)", "  if a the", "end"])
        guard case .invalid(let problem) = answers[1] else {
            Issue.record("\(answers)")
            return
        }
        #expect(problem.message.contains("`then`"))
    }

    /// What is open is judged as a reading of the whole text would.
    @Test func everyPrefixIsJudgedAsTheWholeTextIs() throws {
        for file in try RoundTripTests.files("scripts/automation") + RoundTripTests.files("Tests/Official") {
            let text = try String(contentsOf: file, encoding: .isoLatin1)
            guard text.utf8.count < 12_000 else { continue }
            var tracker = LuaInputTracker()
            var other = LuaInputTracker()
            var soFar = ""
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(80) {
                soFar += line + "\n"
                let whole = LuaInput(soFar).completeness
                #expect(tracker.append(String(line)) == whole)
                #expect(other.status(of: soFar) == whole)
            }
        }
    }

    @Test func aTextThatIsNotTheLastOneIsReadAnew() {
        var tracker = LuaInputTracker()
        #expect(tracker.status(of: "for i = 1, 2 do") == .incomplete)
        #expect(tracker.status(of: "for i = 1, 2 do\nend") == .complete)
        #expect(tracker.status(of: "x = 1") == .complete)
        #expect(tracker.status(of: "x = 1 +") == .incomplete)
    }

    @Test(arguments: [
        ("function f()", "  x = 1", "end"), ("x = {", "  1,", "}"), ("x = [==[", "  ]]", "]==]"),
        ("--[[", "text", "]]"),
        ("x = 'a\\", "  b\\", "'"), ("x = 'a\\z", "  b\\z", "'"), ("x = 1 +", " 2 +", "3"),
    ])
    func tenThousandLinesAreReadOnce(_ first: String, _ line: String, _ last: String) {
        let clock = ContinuousClock()
        var tracker = LuaInputTracker()
        let time = clock.measure {
            #expect(tracker.append(first).isIncomplete)
            for _ in 0..<10_000 where !tracker.append(line).isIncomplete {
                Issue.record("not open any more")
                return
            }
            #expect(tracker.append(last) == .complete)
        }
        // Read anew with each line it would be some minutes in a debug build.
        #expect(time < .seconds(20), "\(time)")
    }
}
