internal import CLuaFence

/// What a script has of Lua's standard libraries, and where that differs from the reference manual on purpose.
///
/// The list is the one that states are filled from (`fence_libs.c`), so it cannot go out of date.
public enum LuaLibrary {
    /// How a function of the manual is found in a script.
    public enum Status: Sendable, Hashable {
        /// As the manual says.
        case same
        /// There, with this difference.
        case changed(String)
        /// Not there, for this reason.
        case absent(String)
    }

    /// A function or value of the standard libraries.
    public struct Entry: Sendable, Hashable {
        /// The name that a script uses: "string.rep".
        public let name: String
        public let status: Status
    }

    /// Metatables with `__concat` are refused: the system's Lua library reads freed memory after it (Debian's 5.4.4). Found
    /// out by what the library does.
    public static let refusesConcat: Bool = clf_refuses_concat()

    /// What is there in the order of the libraries, then what is not.
    public static let entries: [Entry] = {
        var entries: [Entry] = []
        var entry = clf_library()
        while clf_library_entry(entries.count, &entry) {
            let library = String(cString: entry.library)
            let text = entry.text.map { String(cString: $0) } ?? ""
            let status: Status =
                switch Int(entry.status) {
                case CLF_LIBRARY_CHANGED: .changed(text)
                case CLF_LIBRARY_ABSENT: .absent(text)
                default: .same
                }
            let name = String(cString: entry.name)
            entries.append(Entry(name: library.isEmpty ? name : "\(library).\(name)", status: status))
        }
        return entries
    }()
}
