import Foundation
import ScriptHost
import TestSupport
import Testing

/// Headers that nobody would write: read without a trap, quickly, to a header or a problem.
@Suite struct HeaderFuzzTests {
    private static let seeds = [
        """
        -- ==Script==
        -- @name     weekly-reboot
        -- @param    prefix  string    default "web-"   Name prefix of the servers
        -- @param    pause   duration  default "30s"    Pause
        -- @param    table   table     default "[]"     Rows
        -- @needs    instances:read instances:power
        -- @limit    changes 50
        -- @limit    time 30m
        -- ==/Script==
        return params.prefix
        """, "--[==[ -- ==Script==\n-- @needs secret\n]==] -- ==/Script==\n", "#!/usr/bin/env iwlua\n-- ==Script==\n",
        "local s = \"-- ==Script==\"\n-- ==Script==\r\n-- @param 이름 string default \"웹\"\r\n-- ==/Script==",
    ]

    private static let pieces = [
        "-- ==Script==", "-- ==/Script==", "-- @param", "@needs", "@limit", "default", "\"", "\\", "\n", "\r\n", "\0",
        "[[", "]]", "--[==[", "]==]", "'", "99999999999999999999", "-1", "NaN", "1e999h", "secret", "*:*", "::", "웹",
        "\u{202E}",
        "\u{FEFF}", "\t", String(repeating: "(", count: 300),
    ]

    /// How long, in mutations; `IWLUA_FUZZ_ROUNDS` for more.
    private static let rounds = ProcessInfo.processInfo.environment["IWLUA_FUZZ_ROUNDS"].flatMap(Int.init) ?? 3000

    @Test(arguments: 0..<4)
    func `no header traps`(_ seed: Int) {
        var dice = Dice(state: UInt64(seed))
        var corpus = Self.seeds.map { Array($0.utf8) }
        for _ in 0..<Self.rounds {
            var bytes = corpus[Int.random(in: corpus.indices, using: &dice)]
            for _ in 0..<Int.random(in: 1...4, using: &dice) { mutate(&bytes, &dice) }
            let text = String(decoding: bytes, as: UTF8.self)
            // A script whose header was read may be kept: mutations of it go deeper.
            if let script = try? Script(source: text), corpus.count < 200 {
                _ = try? script.bind(["prefix": text]) { _ in text }
                corpus.append(bytes)
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
        let place = Int.random(in: 0...bytes.count, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &dice), at: place)
        case 1 where !bytes.isEmpty: bytes.remove(at: min(place, bytes.count - 1))
        case 2: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &dice) ?? "").utf8), at: place)
        case 3 where !bytes.isEmpty:
            let end = Int.random(in: place...bytes.count, using: &dice)
            bytes.insert(contentsOf: Array(bytes[place..<end].prefix(400)), at: place)
        default:
            guard !bytes.isEmpty else { return }
            bytes[min(place, bytes.count - 1)] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        }
        if bytes.count > 8000 { bytes.removeLast(bytes.count - 8000) }
    }
}
