import Clocks
import Foundation
import Testing

@testable import Scheduler

@Suite struct ZoneTests {
    private let zones = ZoneCatalog()

    @Test func `a zone without rules yet to come and one with them go on for ever`() throws {
        let seoul = try zones.zone("Asia/Seoul")
        #expect(seoul.offset(at: Instant(seconds: 9_000_000_000)) == 9 * 3600)
        #expect(seoul.changes(after: Instant(seconds: 600_000_000), until: Instant(seconds: 9_000_000_000)).isEmpty)
        let berlin = try zones.zone("Europe/Berlin")
        let year = berlin.changes(after: berlin.first(WallTime(2200, 1, 1)), until: berlin.first(WallTime(2201, 1, 1)))
        #expect(year.map { berlin.text($0.at) } == ["2200-03-30T03:00:00+02:00", "2200-10-26T02:00:00+01:00"])
    }

    @Test func `a day that was left out begins where the next one does`() throws {
        let apia = try zones.zone("Pacific/Apia")
        let noon = apia.first(WallTime(2011, 12, 30, 12))
        #expect(apia.text(noon) == "2011-12-31T00:00:00+14:00")
    }

    @Test func `a time is shown, and found again by what is shown, in every zone`() throws {
        var dice = RandomCron(seed: 3)
        let names = zones.names()
        try #require(names.count > 300)
        for name in names {
            let zone = try zones.zone(name)
            for _ in 0..<50 {
                let instant = Instant(seconds: .random(in: -2_000_000_000...5_000_000_000, using: &dice))
                let wall = zone.wall(at: instant)
                // The first instant of that time: this one, or the one before clocks were set back.
                let first = zone.first(wall)
                #expect(first <= instant && zone.wall(at: first) == wall, "\(name) \(instant)")
                #expect(zone.first(zone.unseen(after: instant)) > instant, "\(name) \(instant)")
            }
        }
    }

    @Test(arguments: ["Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
    func `the zones of Foundation stand in where the system has none`(_ name: String) throws {
        let system = try zones.zone(name)
        let bundled = try #require(ZoneCatalog.bundled(name))
        let (start, end) = (Instant(seconds: 1_300_000_000), Instant(seconds: 2_500_000_000))
        #expect(system.changes(after: start, until: end) == bundled.changes(after: start, until: end))
        #expect(try ZoneCatalog(folders: ["/nowhere"]).zone(name).offset(at: start) == system.offset(at: start))
    }

    @Test(arguments: [
        ("asia/seoul", "Asia/Seoul"), ("Seoul", "Asia/Seoul"), ("Asia/Seol", "Asia/Seoul"),
        ("new york", "America/New_York"), ("KST", "Asia/Seoul"),
    ])
    func `a slip in a name is told with the name that was meant`(_ slip: String, _ name: String) {
        let problem = #expect(throws: ZoneCatalog.Problem.self) { try zones.zone(slip) }
        #expect(problem?.description == "there is no time zone `\(slip)`; did you mean `\(name)`?")
    }

    @Test(arguments: ["../../etc/passwd", "/etc/localtime", "right/UTC", "", "Asia", "tzdata.zi", "Asia//Seoul"])
    func `no other file is read`(_ name: String) {
        #expect(throws: ZoneCatalog.Problem.self) { try zones.zone(name) }
    }

    @Test(arguments: [
        ("KST-9", 0), ("EST5EDT,M3.2.0,M11.1.0", 2), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 2),
        ("XXX3YYY,J60/0,300/4:30:15", 2),
    ])
    func `rules as POSIX writes them are read`(_ text: String, _ changes: Int) throws {
        let rule = try #require(ZoneRule(text))
        #expect(rule.changes(years: 2026...2026).count == changes)
    }

    @Test(arguments: ["", "K", "KST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "KST-9 "])
    func `others are none`(_ text: String) {
        #expect(ZoneRule(text) == nil)
    }

    @Test func `a broken file is no zone`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Asia/Seoul")))
        for length in stride(from: 0, to: bytes.count - 1, by: 7) {
            #expect(throws: ZoneFile.Malformed.self) { try ZoneFile.zone("Asia/Seoul", Array(bytes.prefix(length))) }
        }
    }
}
