import Foundation
import IwinvCatalog
import IwinvSimulator
import IwinvWire

/// Requests as lines of text: method, path with its query, and the body as it went over the wire.
///
/// The bodies are taken apart here and not by the project's own codec, which both sides share: a field that has another
/// name in it would have that name on both sides.
struct RequestTrace {
    var requests: [RecordedRequest]
    /// Operations whose requests are in no order where they follow each other.
    var sideBySide: Set<OperationName>
    /// The days at the beginning and at the end, in Seoul.
    var today: Set<String>

    var lines: [String] {
        var lines: [String] = []
        var together: [String] = []
        func endTogether() {
            if !together.isEmpty { lines += ["side by side:"] + together.sorted().map { "  " + $0 } }
            together = []
        }
        for request in requests {
            if let operation = request.operation, sideBySide.contains(operation) {
                together.append(line(request))
            } else {
                endTogether()
                lines.append(line(request))
            }
        }
        endTogether()
        return lines
    }

    private func line(_ request: RecordedRequest) -> String {
        let body = Self.body(request)
        return "\(request.method) \(masked(request.target))" + (body.isEmpty ? "" : "  " + body)
    }

    // MARK: - What is not the same each time

    /// Dates as what they are to today: the day itself, and the first of a month before.
    private func masked(_ target: String) -> String {
        target.replacing(#/=(\d{4})-(\d{2})-(\d{2})/#) { match in
            let day = String(match.output.0.dropFirst())
            if today.contains(day) { return "=TODAY" }
            guard match.output.3 == "01", let months = Self.months(day),
                let now = today.sorted().last.flatMap(Self.months)
            else { return "=" + day }
            return "=FIRST-OF-MONTH-\(now - months)"
        }
    }

    private static func months(_ day: String) -> Int? {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        return parts.count == 3 ? parts[0] * 12 + parts[1] : nil
    }

    // MARK: - Bodies

    private static func body(_ request: RecordedRequest) -> String {
        guard !request.body.isEmpty else { return "" }
        let type = (request.contentType ?? "").split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let text = String(decoding: request.body, as: UTF8.self)
        switch type.first {
        case "application/json":
            // The order of members says nothing.
            let document = try? JSONCodec.decode(request.body)
            return "json "
                + (document.map { String(decoding: JSONCodec.encode($0), as: UTF8.self) } ?? "broken \(text)")
        case "multipart/form-data":
            let boundary = type.first { $0.hasPrefix("boundary=") }?.dropFirst("boundary=".count)
            return "form " + (boundary.flatMap { fields(text, String($0)) } ?? "broken \(text)")
        case let other: return "\(other ?? "untyped") \(text)"
        }
    }

    /// `name=value&name=value`, values as they were sent; nil for a form that is not well-formed.
    private static func fields(_ text: String, _ boundary: String) -> String? {
        var parts = text.split(separator: "--\(boundary)", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.removeFirst().isEmpty, parts.removeLast() == "--\r\n" else { return nil }
        var fields: [String] = []
        for part in parts {
            let halves = part.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, halves[1].hasSuffix("\r\n"),
                let name = halves[0].firstMatch(of: #/^\r\nContent-Disposition: form-data; name="([^"]*)"$/#)
            else { return nil }
            fields.append("\(name.output.1)=\(String(halves[1].dropLast()))")
        }
        return fields.joined(separator: "&")
    }
}
