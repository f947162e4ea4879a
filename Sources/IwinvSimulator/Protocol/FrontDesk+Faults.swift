import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

// A cloud that misbehaves: what a call comes to, by the fault that it meets.

extension FrontDesk {
    /// Has the cloud carry out a call.
    mutating func carryOut(_ call: ServedCall, _ fault: FaultKind?) -> Served {
        var served = Served(answer: .cannotTell(""), page: call.page)
        switch fault?.name {
        case .editIgnored?:
            served.answer = preview(call)
            if served.answer.isSuccess { served.answer = preview(look(like: call)) }
            return served
        case .lateChange?, .late504?:
            served.answer = postpone(call, by: fault?.time ?? .zero)
        case .editEncoded?:
            var call = call
            if call.isMultipart { call.arguments = call.arguments.asTheyTravel(for: call.operation) }
            served.answer = perform(call)
        default:
            served.answer = perform(call)
        }
        served.hadEffect = call.operation.effect.isChange && served.answer.isSuccess
        if let fault, served.answer.isSuccess { twist(&served, call, fault) }
        return served
    }

    private mutating func perform(_ call: ServedCall) -> Answer {
        let answer = cloud.apply(call)
        if call.operation.effect.isChange, answer.isSuccess { revision += 1 }
        return answer
    }

    /// What the cloud would answer, without an effect.
    private func preview(_ call: ServedCall) -> Answer {
        var copy = cloud
        return copy.apply(call)
    }

    // MARK: Late changes

    private mutating func postpone(_ call: ServedCall, by time: Duration) -> Answer {
        var copy = cloud
        let draws = copy.draws
        let answer = copy.apply(call)
        guard answer.isSuccess else { return answer }
        // The names that the answer gave away are taken.
        cloud.draws = copy.draws
        var later = call
        later.instant = call.instant + time
        lateChanges.append(LateChange(call: later, draws: draws))
        return answer
    }

    /// Makes the changes whose time has come.
    mutating func makeLateChanges(until instant: Instant) {
        guard !lateChanges.isEmpty else { return }
        let due = lateChanges.filter { $0.call.instant <= instant }
        lateChanges.removeAll { $0.call.instant <= instant }
        for change in due.sorted(by: { $0.call.instant < $1.call.instant }) {
            let draws = cloud.draws
            cloud.draws = change.draws
            _ = perform(change.call)
            cloud.draws = draws
        }
    }

    // MARK: Other rows

    private func twist(_ served: inout Served, _ call: ServedCall, _ fault: FaultKind) {
        switch fault.name {
        case .wrongRow: served.answer = served.answer.withRows { otherRows(call) ?? $0 }
        case .twoRows: served.answer = served.answer.withRows { $0 + (otherRows(call) ?? $0) }
        case .noRow: served.answer = served.answer.withRows { _ in [] }
        case .oddRows: served.answer = served.answer.withRows { $0 + [.null, 7, "row"] }
        case .hugeInteger:
            served.answer = served.answer.withRows { $0.map { $0.withHugeInteger(of: call.operation.row) } }
        case .cappedPage, .echoedSize, .saidSize, .shortPage: page(&served, call, fault)
        case .totalWrong: served.total = max(0, allRows(call).count + (fault.number ?? 0))
        default: break
        }
    }

    private func allRows(_ call: ServedCall) -> [JSONValue] {
        var call = call
        call.page = PageRequest(number: 1, size: .max)
        return preview(call).rows ?? []
    }

    /// Slices a list anew, also one that the documents do not page.
    private func page(_ served: inout Served, _ call: ServedCall, _ fault: FaultKind) {
        let rows = allRows(call)
        let number = call.wish.number
        let wanted = call.page?.size ?? call.wish.size ?? rows.count
        let size = max(1, min(wanted, fault.number ?? wanted))
        // A short first page is one of half the size: the others begin as much earlier.
        let missing = fault.name == .shortPage ? size / 2 : 0
        let (end, overflow) = number.multipliedReportingOverflow(by: size)
        let last = overflow ? rows.count : min(rows.count, end - missing)
        let first = overflow ? rows.count : min(last, number == 1 ? 0 : end - size - missing)
        served.answer = served.answer.withRows { _ in Array(rows[first..<last]) }
        switch fault.name {
        case .cappedPage: served.page = nil
        case .saidSize: served.page = PageRequest(number: number, size: size)
        case .echoedSize: served.page = PageRequest(number: number, size: wanted)
        default: break
        }
    }

    /// The rows that a call would get about another thing of the same kind; nil if there is none.
    private func otherRows(_ call: ServedCall) -> [JSONValue]? {
        guard let target = call.operation.target?.name, let key = call.operation.row?.key,
            let list = Catalog.iwinv[OperationName(resource: call.operation.name.resource, verb: "list")]
        else { return nil }
        let path = call.arguments.values.filter { name, _ in list.parameter(name)?.place == .path }
        let things = allRows(
            ServedCall(
                operation: list, arguments: Arguments(unchecked: path), wish: call.wish, instant: call.instant))
        return things.lazy.compactMap { $0[key] }.first { $0 != call.arguments[target] }.flatMap { other in
            preview(look(like: call, at: other)).rows
        }
    }

    /// A call that gets the row that a reading or an edit gets, and changes nothing: an edit of nothing. In the older family
    /// that would remove all rules.
    private func look(like call: ServedCall, at target: JSONValue? = nil) -> ServedCall {
        var look = call
        if call.operation.family == .firewall, call.operation.effect.isChange,
            let read = Catalog.iwinv["firewall.get", .firewall]
        {
            look.operation = read
        }
        var values = call.arguments.values.filter { name, _ in
            look.operation.parameter(name).map { $0.place != .body } ?? false
        }
        if let target, let name = call.operation.target?.name { values[name] = target }
        look.arguments = Arguments(unchecked: values)
        return look
    }
}

extension Cloud {
    fileprivate mutating func apply(_ call: ServedCall) -> Answer {
        apply(
            call.operation, call.arguments, page: call.page.map { Page(number: $0.number, size: $0.size) },
            at: call.instant)
    }
}

extension Answer {
    fileprivate var isSuccess: Bool {
        switch self {
        case .rows, .text: true
        case .refused, .cannotTell: false
        }
    }

    /// A success with other rows, also one that had a text in their place.
    fileprivate func withRows(_ change: ([JSONValue]) -> [JSONValue]) -> Answer {
        switch self {
        case .rows(let rows, let total, let status): .rows(change(rows), total: total, status: status)
        case .text(_, let status): .rows(change([]), total: nil, status: status)
        case .refused, .cannotTell: self
        }
    }
}

extension Arguments {
    /// The texts of a form as their percent-encoding, which the caller puts on them (CONTRACT 1.7).
    fileprivate func asTheyTravel(for operation: CloudOperation) -> Arguments {
        var values = values
        for parameter in operation.parameters where parameter.isPercentEncoded {
            if let text = values[parameter.name]?.stringValue {
                values[parameter.name] = .string(PercentCoding.encode(text))
            }
        }
        return Arguments(unchecked: values)
    }
}

extension JSONValue {
    /// With an integer that 64 bits do not hold in the key, where that is an integer, else in the first integer field that it has.
    fileprivate func withHugeInteger(of type: RowType?) -> JSONValue {
        guard case .object(var members) = self, let type else { return self }
        let fields = type.fields.filter { field in
            if case .integer = field.type { members[field.name]?.integerValue != nil } else { false }
        }
        guard let field = fields.first(where: { $0.name == type.key }) ?? fields.first else { return self }
        members[field.name] = .string(Reply.hugeInteger)
        return .object(members)
    }
}
