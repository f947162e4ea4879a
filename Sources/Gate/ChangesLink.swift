import IwinvCatalog

/// Records every change with what was there before, and how far it got.
struct ChangesLink: GateLink {
    let ledger: ChangeLedger

    func handle(_ call: Call, next: Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else {
            let reply = try await next(call)
            ledger.note(reply.rows, of: call.operation.row)
            return reply
        }
        let wanted = Self.wantedFields(of: call)
        let before = try await beforeImage(of: call, fields: Array(wanted.keys), next)
        let statusBefore = call.subject.flatMap { ledger.row($0)?["status"]?.stringValue }
        let index = ledger.begin(
            call.order,
            Change(
                operation: call.operation.name, id: call.subject,
                name: call.subject.flatMap { ledger.row($0)?["name"]?.stringValue }, before: before,
                after: .object(wanted), outcome: .notSent))
        defer { ledger.end(index) }
        do {
            let reply = try await next(call)
            conclude(index, call, wanted: wanted, statusBefore: statusBefore, reply: reply)
            return reply
        } catch {
            ledger.update(index) { $0.outcome = error.outcome }
            throw error
        }
    }

    /// The fields that the call sets: its arguments that are fields of the row.
    private static func wantedFields(of call: Call) -> [String: JSONValue] {
        guard let arguments = call.arguments else { return [:] }
        return arguments.values.filter { name, _ in
            // How many to make is no field of what is made.
            call.operation.parameter(name)?.place == .body && name != "count"
        }
    }

    /// The fields as this run last read them; what it has not read is read now, one request before the change.
    private func beforeImage(of call: Call, fields: [String], _ next: Gate.Next) async throws(CloudError) -> JSONValue {
        guard call.operation.undo == .restoring, let id = call.subject else { return .null }
        if let row = ledger.row(id), let image = Self.image(of: row, fields: fields, isComplete: true) {
            return image
        }
        guard let read = Catalog.iwinv[OperationName(resource: call.operation.name.resource, verb: "get")],
            let subject = read.subject
        else { return .null }
        var reading = Call(
            order: call.order, operation: read, arguments: [subject.name: .string(id)],
            place: call.place)
        do {
            reading.arguments = try Arguments(reading.rawArguments, for: read)
        } catch {
            throw CloudError(.invalid, error.message(in: read), operation: call.operation.name)
        }
        let reply: Reply
        do {
            reply = try await next(reading)
        } catch {
            var error = error
            error.operation = call.operation.name
            error.outcome = .notSent
            throw error
        }
        ledger.note(reply.rows, of: read.row)
        return Self.image(of: reply.rows.first?.objectValue ?? [:], fields: fields, isComplete: false) ?? .null
    }

    /// Those fields of a row; `flavor_id` is looked for in the row's `flavor` too. Nil if all are wanted and one is missing.
    private static func image(of row: [String: JSONValue], fields: [String], isComplete: Bool) -> JSONValue? {
        var image: [String: JSONValue] = [:]
        for field in fields {
            if let value = row[field] ?? row[String(field.dropLast("_id".count))]?[field] {
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
        ledger.note(reply.rows, of: call.operation.row)
        let row = reply.rows.first?.objectValue ?? [:]
        ledger.update(index) { change in
            change.outcome = .accepted
            guard case .single = call.operation.result else { return }
            change.after = .object(wanted.merging(row.filter { wanted[$0.key] != nil }) { _, answered in answered })
            if wanted.allSatisfy({ row[$0.key] == $0.value }) { change.outcome = .confirmed }
        }
        if case .rows(let type) = call.operation.result, let key = type.key {
            ledger.name(
                index,
                created: reply.rows.compactMap { row in
                    row[key]?.stringValue.map { (id: $0, name: row["name"]?.stringValue) }
                })
        }
        if let target = call.operation.endStates {
            ledger.expect(Expectation(target: target, statusBefore: statusBefore), of: index)
        }
    }
}
