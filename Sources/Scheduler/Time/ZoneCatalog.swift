import Clocks
import Foundation
import IwinvCatalog
import Synchronization

/// The zones of this machine, each read once.
public final class ZoneCatalog: Sendable {
    /// Why there is no such zone.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Where the database lies, as other programs look for it too.
    public static let systemFolders = [
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ]

    private let folder: String?
    private let zones = Mutex<[String: Zone]>(["UTC": .utc])

    /// - Parameter folders: Of them, the first that exists.
    public init(folders: [String] = systemFolders) {
        folder = folders.first { FileManager.default.fileExists(atPath: $0 + "/UTC") }
    }

    /// The zone of an IANA name such as `Asia/Seoul`.
    ///
    /// - Throws: ``Problem`` with the nearest name.
    public func zone(_ name: String) throws(Problem) -> Zone {
        if let zone = zones.withLock({ $0[name] }) { return zone }
        let zone = try read(name)
        zones.withLock { $0[name] = zone }
        return zone
    }

    /// The machine's own zone: `TZ`, or what `/etc/localtime` names; UTC if neither says.
    public func local() -> Zone {
        (try? zone(TimeZone.current.identifier)) ?? .utc
    }

    /// All names.
    public func names() -> [String] {
        guard let folder else { return TimeZone.knownTimeZoneIdentifiers }
        let files = FileManager.default.enumerator(atPath: folder)
        return (files?.allObjects ?? []).compactMap { $0 as? String }.filter { name in
            Self.isName(name)
                && FileManager.default.contents(atPath: folder + "/" + name)?.starts(with: "TZif".utf8) == true
        }.sorted()
    }

    /// Whether a text can name a zone, and no other file.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            part.first?.isLetter == true
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
        } && !["right", "posix"].contains(parts[0]) && !["localtime", "posixrules"].contains(name)
    }

    private func read(_ name: String) throws(Problem) -> Zone {
        guard Self.isName(name) else { throw unknown(name) }
        guard let folder else {
            guard let zone = Self.bundled(name) else { throw unknown(name) }
            return zone
        }
        guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { throw unknown(name) }
        do { return try ZoneFile.zone(name, [UInt8](data)) } catch {
            throw Problem(description: "\(folder)/\(name) is no time zone")
        }
    }

    /// A machine without the database (`apt install tzdata`) has the zones that come with Foundation.
    static func bundled(_ name: String) -> Zone? {
        guard let source = TimeZone(identifier: name) else { return nil }
        var date = Date(timeIntervalSince1970: 0)
        let first = source.secondsFromGMT(for: date)
        var changes: [(at: Int, offset: Int)] = []
        let end = Date(timeIntervalSince1970: TimeInterval(WallTime(2100, 1, 1).seconds))
        while let next = source.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
            changes.append((Int(next.timeIntervalSince1970), source.secondsFromGMT(for: next)))
            date = next
        }
        return Zone(name: name, first: first, changes: changes)
    }

    private func unknown(_ name: String) -> Problem {
        let names = names()
        // Letters that clocks in the cloud's own country go by, which no zone is named for.
        if name.uppercased() == "KST" {
            return Problem(description: "there is no time zone `\(name)`; did you mean `Asia/Seoul`?")
        }
        let exact = names.first { $0.lowercased() == name.lowercased() }
        let city = names.first { $0.lowercased().hasSuffix("/" + name.lowercased().replacing(" ", with: "_")) }
        let nearest = exact ?? city ?? Suggestion.nearest(to: name, among: names)
        let hint = nearest.map { "did you mean `\($0)`?" } ?? "write it like Asia/Seoul or UTC"
        return Problem(description: "there is no time zone `\(name)`; \(hint)")
    }
}
