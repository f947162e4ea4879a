import IwinvCatalog

/// Records every change with what was there before, and how far it got.
struct ChangesLink: GateLink {
    let ledger: ChangeLedger
    let journal: ChangeJournal?

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else {
            let reply = try await next(call)
            for order in ledger.note(reply.rows, of: call.operation.row) {
                journal?.learned(order, ledger.changes(of: order))
            }
            return reply
        }
        let wanted = Self.wantedFields(of: call)
        let before: JSONValue
        if let resumption = call.resumption {
            before = resumption.before
        } else {
            before = try await beforeImage(of: call, fields: Array(wanted.keys), next)
        }
        let row = call.resumption?.row ?? call.target.flatMap(ledger.row)
        let change = Change(
            operation: call.operation.name, id: call.targetName, name: (row?["name"] ?? row?["title"])?.stringValue,
            before: before, after: .object(wanted), outcome: call.resumption == nil ? .notSent : .unknown,
            row: Change.telling(row, of: call.operation))
        let index = ledger.begin(call.order, of: call.target, change)
        if call.resumption == nil { journal?.intended(call, change) }
        defer { ledger.end(index) }
        do {
            let reply = try await next(call)
            conclude(index, call, wanted: wanted, statusBefore: row?["status"]?.stringValue, reply: reply)
            await journal?.concluded(call, ledger.changes(of: call.order), rows: reply.rows)
            return reply
        } catch {
            ledger.update(index) { change in
                change.outcome = error.outcome
                change.settledBy = error.settledBy
                if let found = error.found { change.shows(found, wanted: wanted) }
            }
            // Nothing of it left: a run that is resumed makes it as if for the first time.
            if error.outcome != .notSent || error.kind != .cancelled {
                await journal?.concluded(call, ledger.changes(of: call.order), rows: nil)
            }
            throw error
        }
    }

    /// The fields that the call sets: its arguments that are fields of the row, or what it is known to leave there.
    static func wantedFields(of call: Call) -> [String: JSONValue] {
        guard let arguments = call.arguments else { return [:] }
        switch call.operation.witness?.sign {
        case .argument(let name): return [name: arguments[name] ?? .null]
        case .cleared(let name): return [name: .null]
        default:
            return arguments.values.filter { name, _ in
                // How many to make is no field of what is made.
                call.operation.parameter(name)?.place == .body && name != "count"
            }
        }
    }

    /// The fields as this run last read them; what it has not read, and an undoing would need, is read now, one request
    /// before the change.
    private func beforeImage(of call: Call, fields: [String], _ next: Gate.Next) async throws(CloudError) -> JSONValue {
        guard let witness = call.operation.witness, let target = call.target, Self.hasImage(call.operation) else {
            return .null
        }
        // A change that takes the whole row away leaves all of it to be remembered.
        let wholeRow = witness.sign == .absence
        if let row = ledger.row(target), let image = wholeRow ? .object(row) : Self.image(of: row, fields: fields) {
            return image
        }
        guard Self.needsImage(call.operation) else { return .null }
        do {
            let reply = try await next(try Call(reading: witness, of: call))
            ledger.note(reply.rows, of: Catalog.iwinv[witness.read]?.row)
            let row = ledger.row(target) ?? [:]
            return wholeRow ? .object(row) : Self.image(of: row, fields: fields, isComplete: false) ?? .null
        } catch {
            throw error.before(call.operation)
        }
    }

    static func hasImage(_ operation: CloudOperation) -> Bool {
        switch operation.witness?.sign {
        case .fields, .argument, .cleared, .absence: true
        default: false
        }
    }

    /// Whether nothing could take the change back, or tell what it took away, without knowing what was there.
    static func needsImage(_ operation: CloudOperation) -> Bool {
        switch (operation.undo, operation.witness?.sign) {
        // What is destroyed is looked at once more: nothing else will ever tell what it was.
        case (.restoring, _), (.by, .cleared), (_, .absence): true
        default: false
        }
    }

    /// Those fields of a row; `flavor_id` is looked for in the row's `flavor` too. Nil if all are wanted and one is missing.
    static func image(
        of row: [String: JSONValue], fields: [String], isComplete: Bool = true
    ) -> JSONValue? {
        var image: [String: JSONValue] = [:]
        for field in fields {
            if let value = row.value(of: field) {
                image[field] = value
            } else if isComplete {
                return nil
            }
        }
        return .object(image)
    }

    private func conclude(
        _ index: Int, _ call: Call, wanted: [String: JSONValue], statusBefore: String?, reply: Reply
    ) {
        if call.operation.endStates != nil, let target = call.target { ledger.forgetStatus(of: target) }
        ledger.note(reply.rows, of: call.operation.row)
        let row = reply.rows.first?.objectValue ?? [:]
        ledger.update(index) { change in
            change.outcome = reply.settlement?.outcome ?? .accepted
            change.settledBy = reply.settlement?.read
            change.decision = reply.settlement?.decision
            if change.outcome == .unknown { return }
            switch call.operation.result {
            case .acknowledgement: return
            // What is made is not there yet; of several that are made together the names have numbers.
            case .rows: if reply.rows.count == 1 { change.shows(row, wanted: wanted) }
            case .single:
                change.shows(row, wanted: wanted)
                if wanted.allSatisfy({ row.shows($0.value, in: $0.key) }) { change.outcome = .confirmed }
            }
        }
        if call.target == nil, let key = call.operation.row?.key {
            ledger.name(
                index, key: key,
                created: reply.rows.compactMap { row in
                    row[key]?.identifierText.map { (id: $0, name: (row["name"] ?? row["title"])?.stringValue) }
                })
        }
        switch reply.settlement?.outcome {
        case .confirmed?, .unknown?: break
        default: ledger.expectMore(of: call.order, statusBefore: statusBefore)
        }
    }
}

extension Call {
    /// The read that shows what a change is about.
    ///
    /// - Parameter isDated: whether it must show when a thing was made, which a list leaves out unless it is asked.
    init(reading witness: Witness, of change: Call, isDated: Bool = false) throws(CloudError) {
        guard let read = Catalog.iwinv[witness.read] else {
            preconditionFailure("the catalog has no operation `\(witness.read)`")
        }
        var fields: [String] = []
        if case .newRow(let names) = witness.sign { fields = names }
        // What narrows the list without hiding the row: its place, and the fields that are looked for.
        var arguments = change.rawArguments.filter { name, _ in
            guard let parameter = read.parameter(name) else { return false }
            return parameter.place == .path || fields.contains(name)
        }
        if isDated, read.parameter("fields") != nil, let mask = read.defaultFields, let row = read.row,
            row.field(Examiner.date)?.bit != nil
        {
            arguments["fields"] = .array((row.names(in: mask) + [Examiner.date]).map(JSONValue.string))
        }
        try self.init(reading: witness.read, arguments, before: change)
    }
}

extension CloudError {
    /// The error of a reading that a change needed before it could be sent.
    func before(_ change: CloudOperation) -> CloudError {
        var error = self
        error.operation = change.name
        error.outcome = .notSent
        return error
    }
}

extension CloudOperation {
    var isList: Bool {
        if case .rows = result { true } else { false }
    }
}

extension [String: JSONValue] {
    /// Whether a field is as it was asked for; an empty text clears (CONTRACT U38).
    func shows(_ wanted: JSONValue, in field: String) -> Bool {
        let value = value(of: field)
        return value == wanted || wanted == "" && (value ?? .null).isNull
    }

    /// A field; `flavor_id` may stand in the row's `flavor`.
    func value(of field: String) -> JSONValue? {
        self[field] ?? self[String(field.dropLast("_id".count))]?[field]
    }
}
