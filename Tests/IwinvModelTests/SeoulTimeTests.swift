import Clocks
import Testing

@testable import IwinvModel

@Suite("Dates in Seoul (CONTRACT 1.13, U41)")
struct SeoulTimeTests {
    @Test(
        "nine hours ahead of UTC, across days, months and leap years",
        arguments: [
            (1_731_917_375, "2024-11-18 17:09:35"), (1_709_132_399, "2024-02-28 23:59:59"),
            (1_709_218_799, "2024-02-29 23:59:59"), (1_709_218_800, "2024-03-01 00:00:00"), (0, "1970-01-01 09:00:00"),
            (-32_401, "1969-12-31 23:59:59"), (951_750_000, "2000-02-29 00:00:00"),
            (4_107_510_000, "2100-03-01 00:00:00"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(SeoulTime.dateAndTime(Instant(seconds: seconds)) == text)
        #expect(SeoulTime.instant(text) == Instant(seconds: seconds))
    }

    @Test("months are counted across years")
    func months() {
        let february = SeoulTime.Month(of: Instant(seconds: 1_710_000_000)).moved(by: -1)
        #expect(february.first == "2024-02-01" && february.last == "2024-02-29")
        let december = SeoulTime.Month(of: Instant(seconds: 1_710_000_000)).moved(by: -3)
        #expect(december.year == 2023 && december.first == "2023-12-01" && december.last == "2023-12-31")
    }

    @Test("a month begins at midnight in Seoul")
    func start() throws {
        let march = SeoulTime.Month(of: Instant(seconds: 1_710_000_000))
        #expect(march.start == Instant(seconds: 1_709_218_800))
        #expect(SeoulTime.Month("2024-03") == march)
    }

    @Test("what is no date is not read", arguments: ["", "2024-03", "2024-3-10 x:00:00", "2024-13-10 00:00:00"])
    func noDate(text: String) {
        #expect(SeoulTime.instant(text) == nil)
    }

    @Test(
        "what is no month is not read", arguments: ["", "2024", "2024-13", "2024-00", "24-03", "2024-03-01", "2024-３"])
    func noMonth(text: String) {
        #expect(SeoulTime.Month(text) == nil)
    }
}
