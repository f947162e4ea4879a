/// A compiled zone of the IANA database: TZif (RFC 9636), version 2 or later.
///
/// Foundation on Linux has zones of its own, as old as the toolchain; the system's are those that `date` and every other
/// program of the machine goes by, and they are kept up to date.
struct ZoneFile {
    struct Malformed: Error {}

    private var bytes: ArraySlice<UInt8>

    /// - Throws: ``Malformed`` also for a zone that counts leap seconds: no clock of this program does.
    static func zone(_ name: String, _ bytes: [UInt8]) throws(Malformed) -> Zone {
        var file = ZoneFile(bytes: bytes[...])
        return try file.read(name)
    }

    private struct Counts {
        var utc, standard, leaps, times, types, characters: Int

        /// The length of the data that follows the header.
        func length(ofTime size: Int) -> Int {
            times * (size + 1) + types * 6 + characters + leaps * (size + 4) + standard + utc
        }
    }

    private mutating func read(_ name: String) throws(Malformed) -> Zone {
        // The first part is for readers of 32-bit times.
        let old = try header()
        _ = try take(old.length(ofTime: 4))
        let counts = try header()
        guard counts.leaps == 0, counts.types > 0 else { throw Malformed() }
        var times: [Int] = []
        for _ in 0..<counts.times { times.append(try integer(8)) }
        let kinds = try take(counts.times).map(Int.init)
        var offsets: [Int] = []
        for _ in 0..<counts.types {
            offsets.append(try integer(4))
            _ = try take(2)
        }
        guard kinds.allSatisfy(offsets.indices.contains) else { throw Malformed() }
        _ = try take(counts.characters + counts.standard + counts.utc)
        var changes = zip(times, kinds).map { (at: $0, offset: offsets[$1]) }
        guard let rule = ZoneRule(try footer()) else { throw Malformed() }
        let last = times.last ?? Self.beginning
        // What follows the list, as far as an Instant reaches.
        let firstYear = WallTime(seconds: last).date.year
        let following = rule.changes(years: firstYear...2262).filter { $0.at > last }
        changes += following
        if times.isEmpty, following.isEmpty { offsets[0] = rule.standard }
        return Zone(name: name, first: offsets[0], changes: changes)
    }

    /// Of zones that have had one rule for ever.
    private static let beginning = WallTime(1900, 1, 1).seconds

    private mutating func header() throws(Malformed) -> Counts {
        guard try take(4).elementsEqual("TZif".utf8), let version = try take(16).first, version >= UInt8(ascii: "2")
        else {
            throw Malformed()
        }
        return Counts(
            utc: try integer(4), standard: try integer(4), leaps: try integer(4), times: try integer(4),
            types: try integer(4), characters: try integer(4))
    }

    private mutating func footer() throws(Malformed) -> String {
        guard bytes.first == UInt8(ascii: "\n"), let end = bytes.dropFirst().firstIndex(of: UInt8(ascii: "\n")) else {
            throw Malformed()
        }
        return String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.count >= count else { throw Malformed() }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    /// Big-endian, with a sign.
    private mutating func integer(_ size: Int) throws(Malformed) -> Int {
        let bits = try take(size).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 8 ? Int(Int64(bitPattern: bits)) : Int(Int32(truncatingIfNeeded: bits))
    }
}
