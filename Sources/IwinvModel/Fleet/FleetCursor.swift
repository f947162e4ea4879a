import IwinvCatalog

/// A place in a fleet description that knows its own path.
struct FleetCursor {
    var value: JSONValue
    var path: String
    private(set) var members: [String: JSONValue] = [:]

    /// The document itself: an object with no other keys than these.
    init(_ document: JSONValue, knowing names: [String]) throws(FleetProblem) {
        self = try FleetCursor(value: document, path: "").knowing(names)
    }

    private init(value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    /// This place as an object that has no other keys.
    func knowing(_ names: [String]) throws(FleetProblem) -> FleetCursor {
        guard let members = value.objectValue else {
            throw FleetProblem(path: path, message: "must be an object, not \(value.kindWithArticle)")
        }
        for name in members.keys.sorted() where !names.contains(name) {
            let hint = Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw problem(name, "unknown key" + hint)
        }
        var cursor = self
        cursor.members = members
        return cursor
    }

    func problem(_ name: String, _ message: String) -> FleetProblem {
        FleetProblem(path: path.isEmpty ? name : "\(path).\(name)", message: message)
    }

    /// A text; nil if it is absent or null.
    func text(_ name: String) throws(FleetProblem) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.stringValue else {
            throw problem(name, "must be a string, not \(value.kindWithArticle)")
        }
        return text
    }

    func required(_ name: String) throws(FleetProblem) -> String {
        guard let text = try text(name) else { throw problem(name, "is missing") }
        return text
    }

    /// A whole number from 1 on.
    func count(_ name: String) throws(FleetProblem) -> Int? {
        guard let value = member(name) else { return nil }
        guard let number = value.integerValue, (1...100_000).contains(number) else {
            throw problem(name, "must be a whole number from 1 to 100000")
        }
        return Int(number)
    }

    /// Any whole number.
    func integer(_ name: String) throws(FleetProblem) -> Int64 {
        guard let value = member(name) else { throw problem(name, "is missing") }
        guard let number = value.integerValue else {
            throw problem(name, "must be a whole number, not \(value.kindWithArticle)")
        }
        return number
    }

    /// One of some words; nil if it is absent or null.
    func word(_ name: String, of words: [String]) throws(FleetProblem) -> String? {
        guard let text = try text(name) else { return nil }
        guard words.contains(text) else {
            throw problem(name, "must be " + words.map { "`\($0)`" }.joined(separator: " or "))
        }
        return text
    }

    func list(_ name: String) throws(FleetProblem) -> [FleetCursor]? {
        guard let value = member(name) else { return nil }
        guard let items = value.arrayValue else {
            throw problem(name, "must be an array, not \(value.kindWithArticle)")
        }
        let place = problem(name, "").path
        return items.enumerated().map { FleetCursor(value: $0.element, path: "\(place)[\($0.offset)]") }
    }

    func texts(_ name: String) throws(FleetProblem) -> [String] {
        var texts: [String] = []
        for item in try list(name) ?? [] {
            guard let text = item.value.stringValue else {
                throw FleetProblem(path: item.path, message: "must be a string, not \(item.value.kindWithArticle)")
            }
            texts.append(text)
        }
        return texts
    }

    func member(_ name: String) -> JSONValue? {
        members[name].flatMap { $0.isNull ? nil : $0 }
    }
}
