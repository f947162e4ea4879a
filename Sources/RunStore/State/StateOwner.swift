/// Whose values are kept: a script is known by where it lies and by its name, so that another file of the same name finds
/// nothing of it.
public struct StateOwner: Sendable, Hashable {
    /// The real path of the script's file; empty for a text that came from none.
    public let file: String
    /// What its header calls it, or its file's name.
    public let name: String
    /// The file's name, by which earlier versions knew a script.
    public let earlierName: String

    /// - Parameters:
    ///   - file: The real path; nil for a text that came from no file.
    ///   - name: What the header calls the script.
    ///   - fileName: What the script is called where its header does not say.
    public init(file: String? = nil, name: String? = nil, fileName: String) {
        self.init(path: file ?? "", name: name ?? fileName, fileName)
    }

    /// The script of a run that a version began which did not write down where its file lies.
    public static func earlier(_ fileName: String) -> StateOwner {
        StateOwner(path: unclaimed, name: fileName, fileName)
    }

    /// Stands for the path of what an earlier version has kept, until a script of that name asks for it. Paths begin with `/`.
    static let unclaimed = "?"

    private init(path: String, name: String, _ earlierName: String) {
        file = path
        self.name = name
        self.earlierName = earlierName
    }
}

/// Which call of which run gives a value in place of another: one that is asked for again has been made already.
public struct StateTurn: Sendable, Hashable {
    public var run: String
    /// Its number in the journal.
    public var call: UInt64

    public init(run: String, call: UInt64) {
        self.run = run
        self.call = call
    }
}
