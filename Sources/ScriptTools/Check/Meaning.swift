import IwinvCatalog
import LuaSyntax
import ScriptHost

/// What an expression is known to be. Where nobody can tell, there is none: an optional that is nil is anything.
indirect enum Meaning {
    /// Nil, or nothing that has been seen yet.
    case nothing
    /// `iwinv`
    case module
    /// `iwinv.instances`, `iwinv.firewall.rules`
    case resource(String)
    /// `iwinv.instances.list`, or `each`, which is another way to read a list.
    case operation(CloudOperation, isEach: Bool)
    /// `iwinv.instances.wait`, or `wait_all`
    case wait(resource: String)
    /// `iwinv.check`, `iwinv.retry`
    case moduleFunction(String)
    /// A row, its fields and methods.
    case row(Rows)
    /// A list of rows.
    case rows(Rows)
    /// What a `for` draws from: what it is given, and the place of that among the loop's variables. At place 0 it comes from
    /// `each`.
    case drawn(Meaning?, position: Int)
    /// A table inside a row.
    case object([RowField], owner: String)
    /// A list inside a row.
    case list(FieldType, owner: String)
    /// A table of the script's libraries, such as what `time.window` answers.
    case instance(ScriptClass)
    /// `string`, `log`
    case library(String)
    /// `pcall`, `task.map`
    case function(String)
    case parameters
    /// `vm.reboot`, before it is called.
    case rowMethod(String, Rows)
    /// `vm.status`: one of some words.
    case word([String], owner: String)
    /// Text, with the functions of `string` as methods.
    case text
    /// `("x").upper`, before it is called.
    case textMethod(String)
    /// The first thing that `ipairs` gives.
    case index
    /// A function of the file, by the token that it begins with.
    case closure(Int)
    /// A table that the file makes, by the token that it begins with.
    case record(Int)
    /// What `pcall` gives second: what the call gave, or its error.
    case attempt(Meaning?, Error)

    /// What an error of a protected call may be.
    enum Error { case ofTheCloud, anything }
}

/// Rows of one type.
struct Rows: Equatable {
    var type: RowType
    /// The fields that were asked for; nil if all, or nobody knows.
    var asked: Set<String>?
    /// What the binding adds.
    var added: Set<String> = []

    static func == (one: Rows, other: Rows) -> Bool {
        one.type.name == other.type.name && one.asked == other.asked && one.added == other.added
    }

    /// Rows of which nobody knows where they come from: here or there.
    func joined(_ other: Rows) -> Rows {
        var joined = self
        joined.asked = other.asked.flatMap { asked?.union($0) }
        joined.added.formUnion(other.added)
        return joined
    }
}

extension Meaning {
    /// Whether two are the same, so that either may stand for both.
    static func same(_ one: Meaning?, _ other: Meaning?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.isSame(as: other)
        default: false
        }
    }

    private func isSame(as other: Meaning) -> Bool {
        switch (self, other) {
        case (.nothing, .nothing), (.module, .module), (.parameters, .parameters), (.text, .text), (.index, .index):
            true
        case (.resource(let one), .resource(let other)), (.wait(let one), .wait(let other)),
            (.moduleFunction(let one), .moduleFunction(let other)), (.library(let one), .library(let other)),
            (.function(let one), .function(let other)), (.textMethod(let one), .textMethod(let other)):
            one == other
        case (.operation(let one, let isEach), .operation(let other, let wasEach)):
            one.name == other.name && isEach == wasEach
        case (.row(let one), .row(let other)), (.rows(let one), .rows(let other)): one == other
        case (.rowMethod(let name, let one), .rowMethod(let called, let other)): name == called && one == other
        case (.drawn(let one, let place), .drawn(let other, let position)):
            place == position && Self.same(one, other)
        case (.attempt(let one, let error), .attempt(let other, let failure)):
            error == failure && Self.same(one, other)
        case (.object(_, let one), .object(_, let other)), (.list(_, let one), .list(_, let other)),
            (.word(_, let one), .word(_, let other)):
            one == other
        case (.instance(let one), .instance(let other)): one.name == other.name
        case (.closure(let one), .closure(let other)), (.record(let one), .record(let other)): one == other
        default: false
        }
    }
}

/// The values of a call.
struct Results {
    var list: [Meaning?]
    /// There may be more, and nobody knows what.
    var isOpen = false

    static var unknown: Results { Results(list: [], isOpen: true) }
    static var none: Results { Results(list: []) }
    static func one(_ meaning: Meaning?) -> Results { Results(list: [meaning]) }

    subscript(index: Int) -> Meaning? {
        if index < list.count { return list[index] }
        return isOpen ? nil : .nothing
    }
}
