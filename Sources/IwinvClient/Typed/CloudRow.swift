public import IwinvCatalog

/// A row of the cloud with names for its keys.
///
/// A thin, lenient view: keys that were not asked for, or that the cloud left out, are nil. ``row`` holds everything,
/// secrets too if they were asked for, so a row prints its type and identifier only.
public protocol CloudRow: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// As it came.
    var row: JSONValue { get }
    init(row: JSONValue)
    /// The name of the key that identifies a row.
    static var key: String? { get }
}

extension CloudRow {
    public var description: String {
        let id = Self.key.flatMap { row[$0]?.stringValue } ?? ""
        return
            "\(Self.self)(\(id.unicodeScalars.prefix(80).filter { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }.map(String.init).joined()))"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    func text(_ key: String) -> String? { row[key]?.stringValue }
    func integer(_ key: String) -> Int? { row[key]?.lenientIntegerValue.flatMap { Int(exactly: $0) } }
    func texts(_ key: String) -> [String] { row[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    func part<Part: CloudRow>(_ key: String, _: Part.Type = Part.self) -> Part? {
        row[key]?.objectValue.map { Part(row: .object($0)) }
    }
}
