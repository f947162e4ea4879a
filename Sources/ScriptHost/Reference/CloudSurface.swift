package import IwinvCatalog

/// What scripts see of the catalog: the functions of each table of the module `iwinv`, and the methods of each row.
///
/// The Lua half (``IwinvPrelude``) builds the same from the same data; a test compares the two in the sandbox.
package struct CloudSurface: Sendable {
    /// A function of a table.
    package struct Function: Sendable {
        /// How it is called and what it gives.
        package enum Form: Sendable {
            /// `f{…}` → all rows.
            case list
            /// `for row in f{…} do`
            case each
            /// `f(id, {…})` → all rows.
            case listOfOne
            /// `f(id, {…})` → the row.
            case ofOne
            /// `f{…}` → the row, or the rows.
            case plain
            /// `f(id, state, timeout)` → the row; of a list, the rows.
            case wait
            /// `f(ids, state, timeout)` → the rows.
            case waitAll
        }

        /// `instances.each`
        package var name: OperationName
        package var form: Form
        /// What it calls: `instances.list` for `instances.each` and `instances.wait`.
        package var operation: CloudOperation

        /// The identifier that comes first.
        package var subject: Parameter? {
            switch form {
            case .ofOne, .listOfOne: operation.subject
            case .list, .each, .plain, .wait, .waitAll: nil
            }
        }
    }

    /// A table of the module: `instances`, or `firewall.rules`.
    package struct Table: Sendable {
        package var name: String
        package var functions: [Function]
    }

    package let tables: [Table]

    package init(_ catalog: Catalog) {
        let waits = Set(StatusWatcher.resources(in: catalog))
        tables = catalog.resources.map { resource in
            var functions: [Function] = []
            for operation in catalog.interface where operation.name.resource == resource {
                functions.append(Function(name: operation.name, form: Self.form(operation), operation: operation))
                guard operation.name.verb == "list" else { continue }
                func add(_ verb: String, _ form: Function.Form) {
                    functions.append(
                        Function(
                            name: OperationName(resource: resource, verb: verb), form: form, operation: operation))
                }
                if operation.subject == nil { add("each", .each) }
                if waits.contains(resource) {
                    add("wait", .wait)
                    add("wait_all", .waitAll)
                }
            }
            return Table(name: resource, functions: functions)
        }
    }

    private static func form(_ operation: CloudOperation) -> Function.Form {
        var isList = false
        if case .rows = operation.result { isList = operation.effect == .read }
        if operation.subject != nil { return isList ? .listOfOne : .ofOne }
        return isList ? .list : .plain
    }

    /// The table of a name.
    package func table(_ name: String) -> Table? { tables.first { $0.name == name } }

    /// Every function, in the order of the tables.
    package var functions: [Function] { tables.flatMap(\.functions) }

    /// The types of the rows that the functions give, each once.
    package var rows: [RowType] {
        var seen: Set<String> = []
        return functions.compactMap(\.operation.row).filter { seen.insert($0.name).inserted }
    }

    /// What rows of a type can do: the functions that take their identifier.
    package func methods(of row: RowType) -> [Function] {
        guard let key = row.key else { return [] }
        return functions.filter { function in
            switch function.form {
            case .wait: function.operation.row?.key == key
            case .waitAll: false
            case .list, .each, .listOfOne, .ofOne, .plain:
                // Functions of a nested table belong to its own rows: a rule's, not its firewall's.
                function.name.resource.contains(".")
                    ? function.operation.subject != nil && function.operation.partner == key
                    : function.operation.subject?.name == key
            }
        }
    }

    /// The names that a table holds: its functions and the tables inside it.
    package func names(in table: String) -> [String] {
        let inner = tables.map(\.name).filter { $0.hasPrefix(table + ".") }
        return (self.table(table)?.functions ?? []).map(\.name.verb)
            + inner.map { String($0.dropFirst(table.count + 1)) }
    }
}
