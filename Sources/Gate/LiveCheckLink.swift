import Clocks
import IwinvCatalog
import Synchronization

/// Checks arguments against numbers that only the cloud knows, before the change is sent (CONTRACT 3.4, 3.7).
///
/// What the cloud does not tell is not checked here: it will say no itself.
final class LiveCheckLink: GateLink {
    private let volumeTypes = Mutex<[JSONValue]?>(nil)

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        // What was made already may be the very thing that fills the place up.
        for check in call.resumption == nil ? call.operation.liveChecks : [] {
            do {
                switch check {
                case .volumeSize: try await checkSize(call, next)
                case .volumeLimit: try await checkLimit(call, next)
                }
            } catch {
                throw error.before(call.operation)
            }
        }
        return try await next(call)
    }

    private func checkSize(_ call: Call, _ next: Gate.Next) async throws(CloudError) {
        guard let type = call.arguments?["type"]?.stringValue, let size = call.arguments?["size"]?.integerValue else {
            return
        }
        let types = try await types(call, next)
        guard !types.isEmpty else { return }
        let names = types.compactMap { $0["type"]?.stringValue }
        guard let row = types.first(where: { $0["type"]?.stringValue == type }) else {
            let hint = Suggestion.nearest(to: type, among: names).map(LocalizedText.didYouMean)
            let known = names.joined(separator: ", ")
            throw CloudError(
                .invalid,
                LocalizedText(
                    "there is no volume type `\(type)`; there are \(known)", "`\(type)` 볼륨 종류는 없습니다. 있는 것: \(known)")
                    + (hint ?? LocalizedText("", "")))
        }
        let smallest = row["min"]?.lenientIntegerValue ?? .min
        let largest = row["max"]?.lenientIntegerValue ?? .max
        guard size >= smallest, size <= largest else {
            throw CloudError(
                .invalid,
                LocalizedText(
                    "a volume of type `\(type)` has \(smallest) to \(largest) GB, not \(size)",
                    "`\(type)` 볼륨은 \(smallest)–\(largest) GB여야 하는데 \(size)입니다"))
        }
    }

    /// Read once a run.
    private func types(_ call: Call, _ next: Gate.Next) async throws(CloudError) -> [JSONValue] {
        if let types = volumeTypes.withLock(\.self) { return types }
        let types = try await read("storage.types", [:], call, next)
        volumeTypes.withLock { $0 = types }
        return types
    }

    private func checkLimit(_ call: Call, _ next: Gate.Next) async throws(CloudError) {
        guard let id = call.arguments?["instance_id"] else { return }
        let rows = try await read(
            "instances.get", ["instance_id": id, "fields": ["name", "connection_limit", "block_storage"]], call, next)
        guard let row = rows.first, let volumes = row["block_storage"]?.arrayValue,
            let limit = row["connection_limit"]?["block_storage"]?.lenientIntegerValue, limit > 0,
            Int64(volumes.count) >= limit
        else { return }
        let name = row["name"]?.stringValue ?? id.stringValue ?? ""
        throw CloudError(
            .invalid,
            LocalizedText(
                "\(name) has \(volumes.count) volumes already, and \(limit) is its limit",
                "\(name)에는 이미 볼륨 \(volumes.count)개가 있고 한도는 \(limit)개입니다"))
    }

    private func read(
        _ name: OperationName, _ arguments: [String: JSONValue], _ call: Call, _ next: Gate.Next
    ) async throws(CloudError) -> [JSONValue] {
        try await next(try Call(reading: name, arguments, before: call)).rows
    }
}
