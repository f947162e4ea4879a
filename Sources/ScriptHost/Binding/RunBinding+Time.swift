import Clocks
import Foundation
import Gate
import IwinvCatalog
import LuaRuntime

// `time`: now, sleeping, windows and zones, on the run's clock.

extension RunBinding {
    func addTime(to host: inout LuaHost) {
        host.function("time.now") { () throws in try draw("time.now") { .integer(world.clock.now.seconds) } }
        host.function("time.elapsed") { () throws in
            try draw("time.elapsed") { .number(Double(world.clock.elapsed.wholeNanoseconds) / 1e9) }
        }
        host.function("time.seconds") { (value: LuaValue) throws -> Double in
            Double(try duration(value, "time.seconds").wholeNanoseconds) / 1e9
        }
        host.function("time.duration") { (seconds: Double) throws -> String in
            guard seconds.isFinite, abs(seconds) < 9e9 else { throw LuaError(.host, "time.duration: not a duration") }
            return Duration.seconds(Int64(seconds.rounded())).text
        }
        host.function("time.format") { (seconds: Int64, zone: String?, format: String?) throws -> String in
            guard (-62_135_596_800...253_402_300_799).contains(seconds) else {
                throw LuaError(.host, "time.format: \(seconds) is not a time between the years 1 and 9999")
            }
            guard format?.utf8.count ?? 0 <= 1000 else {
                throw LuaError(.host, "time.format: the format is longer than 1000 bytes")
            }
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = try timeZone(zone)
            formatter.dateFormat = format ?? "yyyy-MM-dd HH:mm:ss"
            return formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
        }
        host.function("time.window") { (window: String, zone: String?) throws -> LuaValue in
            guard window.utf8.count <= 1000 else {
                throw LuaError(.host, "time.window: the window is longer than 1000 bytes")
            }
            let parsed: TimeWindow
            do { parsed = try TimeWindow(window, timeZone: timeZone(zone)) } catch {
                throw LuaError(.host, "time.window: \(error)")
            }
            return try draw("time.window") {
                let state = parsed.state(at: world.clock.now)
                var fields: [String: LuaValue] = ["open": .boolean(state.isOpen)]
                if let change = state.changesIn {
                    fields["changes_in"] = .number(Double(change.wholeNanoseconds) / 1e9)
                }
                return .object(fields)
            }
        }
        host.asyncFunction("time.sleep") { (value: LuaValue) async throws -> Void in
            try await world.clock.sleep(for: try duration(value, "time.sleep"), notedBy: world.planner)
        }
    }
}

extension HostClock {
    /// Sleeps; a plan has what follows sleep as long.
    func sleep(for duration: Duration, notedBy planner: Planner?) async throws {
        let began = now
        try await sleep(for: duration)
        planner?.slept(from: began, until: now)
    }
}

extension RunBinding {
    /// A value that could differ if the run were run again.
    fileprivate func draw(_ name: String, _ value: () throws -> LuaValue) throws -> LuaValue {
        try world.recorder?.draw(name, value) ?? value()
    }
}

/// A number of seconds, or a text such as `5m`.
func duration(_ value: LuaValue, _ function: String) throws(LuaError) -> Duration {
    let seconds: Double
    switch value {
    case .integer(let number): seconds = Double(number)
    case .number(let number): seconds = number
    case .string(let text):
        guard text.utf8.count <= 100, let duration = Duration(parsing: text) else {
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText(
                        "\(function): `\(text.prefix(100))` is not a duration; write 30s, 5m or 1h30m",
                        "\(function): `\(text.prefix(100))`은(는) 시간 길이가 아닙니다. 30s, 5m, 1h30m처럼 쓰세요")))
        }
        seconds = Double(duration.wholeNanoseconds) / 1e9
    default:
        throw LuaError(
            cloud: CloudError(
                .invalid,
                LocalizedText(
                    "\(function) takes seconds, or a text such as \"5m\"", "\(function)에는 초 또는 \"5m\" 같은 글을 주세요")))
    }
    guard seconds >= 0, seconds <= 315_360_000 else {
        throw LuaError(.host, "\(function): \(seconds) seconds is out of range (0 to ten years)")
    }
    return .nanoseconds(Int64(seconds * 1e9))
}

private func timeZone(_ name: String?) throws(LuaError) -> TimeZone {
    let name = name ?? "Asia/Seoul"
    // A name of the list, and nothing that walks through folders to a file.
    let isName = name.utf8.count <= 64 && !name.hasPrefix("/") && !name.contains("..")
    guard isName, let zone = TimeZone(identifier: name) else {
        throw LuaError(.host, "`\(name.prefix(64))` is not a time zone; write it like Asia/Seoul or UTC")
    }
    return zone
}
