import LuaRuntime

/// A value of a session as it can be shown: within bounds, and also what could not leave the machine.
public indirect enum ReplValue: Sendable, Hashable {
    case `nil`
    case boolean(Bool)
    case integer(Int64)
    /// As Lua writes it: `1e+15`, `inf`.
    case number(String)
    /// Text, and how many bytes of it were left out.
    case text(String, more: Int)
    /// A password or a console link; its value stays with the host.
    case secret
    /// A function, a coroutine: what names itself.
    case opaque(String)
    case table(Table)
    case rows(Rows)
    /// A table inside itself.
    case loop

    /// A table, as far as it was looked at.
    public struct Table: Sendable, Hashable {
        /// The type of a row of the cloud, or what a library calls itself.
        public var name: String?
        /// Entries without a key stand at 1, 2, ….
        public var entries: [(key: ReplValue?, value: ReplValue)]
        /// There are more entries, or they were not looked into.
        public var isCut: Bool
        /// How many there are at least.
        public var count: Int

        public static func == (a: Self, b: Self) -> Bool {
            a.name == b.name && a.isCut == b.isCut && a.count == b.count
                && a.entries.elementsEqual(b.entries) { $0.key == $1.key && $0.value == $1.value }
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(count)
        }
    }

    /// A page of a list of rows.
    public struct Rows: Sendable, Hashable {
        /// The rows' type, if they are the cloud's.
        public var name: String?
        /// The first row of the page, from 1.
        public var from: Int
        /// How many rows the list has.
        public var count: Int
        public var rows: [[String: String]]
        /// The columns that hold nothing but numbers.
        public var numeric: Set<String>

        /// The last row of the page.
        public var through: Int { from + rows.count - 1 }
    }
}

extension ReplValue {
    /// Reads a description of ``SessionPrelude``.
    init(_ description: LuaValue) {
        switch description["k"]?.stringValue {
        case "n": self = .number(description["v"]?.stringValue ?? "")
        case "v": self.init(scalar: description["v"] ?? .nil)
        case "s": self = .text(description["v"]?.displayText ?? "", more: Int(description["more"]?.integerValue ?? 0))
        case "f": self = .opaque(description["v"]?.stringValue ?? "function")
        case "loop": self = .loop
        case "t":
            let items = description["items"]?.arrayValue ?? []
            self = .table(
                Table(
                    name: description["name"]?.stringValue,
                    entries: items.map { item in (item["key"].map { ReplValue($0) }, ReplValue(item["value"] ?? .nil))
                    },
                    isCut: description["cut"]?.booleanValue ?? false,
                    count: Int(clamping: description["n"]?.integerValue ?? 0)))
        case "rows": self = .rows(Rows(description))
        default: self = .nil
        }
    }

    private init(scalar value: LuaValue) {
        switch value {
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .handle: self = .secret
        default: self = .nil
        }
    }
}

extension ReplValue.Rows {
    fileprivate init(_ description: LuaValue) {
        let cells = (description["rows"]?.arrayValue ?? []).map { $0["cells"]?.objectValue ?? [:] }
        let names = Set(cells.flatMap(\.keys))
        self.init(
            name: description["name"]?.stringValue, from: Int(clamping: description["from"]?.integerValue ?? 1),
            count: Int(clamping: description["n"]?.integerValue ?? 0),
            rows: cells.map { $0.mapValues(\.displayText) },
            numeric: names.filter { name in cells.allSatisfy { $0[name]?.isNumber ?? true } })
    }
}
