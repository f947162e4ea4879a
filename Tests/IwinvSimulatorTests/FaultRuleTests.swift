import IwinvCatalog
import IwinvSimulator
import Testing

@Suite("Fault rules")
struct FaultRuleTests {
    @Test(
        "a rule is read, and written as it is read",
        arguments: [
            ("instances.reboot: 5% lost-reply", FaultRule(.operation("instances.reboot"), .percent(5), .lostReply)),
            ("instances.*: once reset", FaultRule(.resource("instances"), .first(1), .reset)),
            ("*: html-502", FaultRule(.everything, .html502)),
            ("reads: first 3 429(7s)", FaultRule(.reads, .first(3), .tooManyRequests(retryAfter: .seconds(7)))),
            ("reads: 429", FaultRule(.reads, .tooManyRequests(retryAfter: nil))),
            ("changes: every 7th busy-404", FaultRule(.changes, .every(7), .busy)),
            ("changes: every 22nd check-ip", FaultRule(.changes, .every(22), .checkIP)),
            ("changes: every 11th lost-502", FaultRule(.changes, .every(11), .lost502)),
            ("instances.list: after 10 late-page", FaultRule(.operation("instances.list"), .after(10), .latePage)),
            ("zones.list: delay(1m30s)", FaultRule(.operation("zones.list"), .delay(.seconds(90)))),
            (
                "zones.list: 0.5% delay(250ms)",
                FaultRule(.operation("zones.list"), .percent(0.5), .delay(.milliseconds(250)))
            ),
            ("*: clock-skew(-6m40s)", FaultRule(.everything, .clockSkew(.seconds(-400)))),
            ("*: refuse(LIMIT_EXCEEDED)", FaultRule(.everything, .refuse(.limitExceeded))),
            (
                "*: 10% lost-reply, reset, truncated",
                FaultRule(.everything, .percent(10), [.lostReply, .reset, .truncated])
            ),
        ])
    func roundTrip(text: String, rule: FaultRule) throws {
        #expect(try FaultRule(text) == rule)
        #expect(rule.description == text)
    }

    @Test("white space, ordinals and defaults are taken as they come")
    func lenient() throws {
        #expect(
            try FaultRule("  instances.reboot :once   lost-reply ") == FaultRule("instances.reboot: once lost-reply"))
        #expect(try FaultRule("*: every 3 reset") == FaultRule("*: every 3rd reset"))
        #expect(try FaultRule("*: refuse") == FaultRule(.everything, .refuse(.checkParameter)))
        #expect(try FaultRule("*: clock-skew(400s)") == FaultRule("*: clock-skew(+400s)"))
        #expect(try FaultRule("*: always reset,busy").kinds == [.reset, .busy])
    }

    @Test(
        "what cannot be read is named, with what it may have meant",
        arguments: [
            ("instances.rebot: reset", "there is no operation `instances.rebot`; did you mean `instances.reboot`?"),
            ("instance.*: reset", "there is no operation `instance.*`; did you mean `instances.*`?"),
            ("change: reset", "there is no operation `change`; did you mean `changes`?"),
            ("*: lost-repy", "there is no kind of fault `lost-repy`; did you mean `lost-reply`?"),
            ("*: refuse(CHECK_PARM)", "there is no error code `CHECK_PARM`; did you mean `CHECK_PARAM`?"),
            ("*: reset(2s)", "`reset` takes no argument"),
            ("*: delay", "`delay` needs a time up to a day, such as `delay(2s)`"),
            ("*: delay(5)", "`delay` needs a time up to a day, such as `delay(2s)`"),
            ("*: delay(-1s)", "`delay` needs a time up to a day, such as `delay(2s)`"),
            ("*: delay(2s", "`delay(2s` is not a kind of fault: write KIND or KIND(ARGUMENT)"),
            ("*: 101% reset", "`101%` must be between 0% and 100%"),
            ("*: x% reset", "`x%` must be between 0% and 100%"),
            ("*: first reset", "`first` needs a number from 1 on, not `reset`"),
            ("*: every 0th reset", "`every` needs a number from 1 on, not `0th`"),
        ])
    func problems(text: String, message: String) {
        #expect(throws: FaultRuleProblem.self) { try FaultRule(text) }
        do { _ = try FaultRule(text) } catch { #expect(error.description == message) }
    }

    @Test(
        "a rule without its parts is refused", arguments: ["", "reset", "*", "*:", "*: once", "*: reset,", ": reset"])
    func incomplete(text: String) {
        #expect(throws: FaultRuleProblem.self) { try FaultRule(text) }
    }
}
