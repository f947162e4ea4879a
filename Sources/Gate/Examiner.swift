import Clocks
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvWire

/// Reads the sign of a change in the rows that a witness shows.
struct Examiner: Sendable {
    enum Verdict: Sendable, Hashable {
        /// The change shows; the rows are those of its answer.
        case made([JSONValue], Outcome)
        /// Things are as they were.
        case notMade
        /// What was to go does not show; one reading alone proves nothing.
        case gone
        case cannotTell
    }

    var call: Call
    var witness: Witness
    /// The row as it was last read before the change.
    var before: [String: JSONValue]?
    /// Identifiers of rows that were there before a creation.
    var known: Set<String>
    /// The request has had all the time it can take: what does not show now was not made.
    var isLate = false
    /// Of the request; nil if nothing is known of when it left.
    var flight: Departures.Flight?

    var isOfCreation: Bool {
        if case .newRow = witness.sign { true } else { false }
    }

    /// A status that the cloud shows while it works (CONTRACT 3.6, 3.7).
    static let transitions: Set<String> = ["building", "pending", "work", "deleting"]

    /// The answer that the cloud would have given, as far as that is known.
    func reply(_ rows: [JSONValue], _ outcome: Outcome) -> Reply {
        var rows = rows
        if rows.isEmpty {
            // An acknowledgement names what it is about.
            let named = (call.arguments?.values ?? [:]).filter { call.operation.row?.field($0.key) != nil }
            rows = [.object(named)]
        }
        return Reply(rows: rows, settlement: Settlement(outcome: outcome, read: witness.read))
    }

    // MARK: A reply that shows something else

    /// The fields that an acknowledged change was to set, where the reply's row shows one of them otherwise; none of them where
    /// the reply has no row; nil where it contradicts nothing.
    func contradiction(in rows: [JSONValue]) -> [String: JSONValue]? {
        guard case .fields = witness.sign, case .single = call.operation.result else { return nil }
        guard let row = rows.first?.objectValue else { return [:] }
        guard let shown = shown(in: row) else { return nil }
        return ChangesLink.wantedFields(of: call).contains {
            shown[$0.key] != nil && !shown.shows($0.value, in: $0.key)
        }
            ? shown : nil
    }

    /// Whether the reply to a creation leaves out what was made.
    func isUnnamed(_ rows: [JSONValue]) -> Bool {
        switch witness.sign {
        case .newRow, .uniqueRow: call.operation.row?.key.map { key in rows.allSatisfy { $0[key] == nil } } ?? false
        default: false
        }
    }

    /// The fields that the change was to set, as a reading shows them.
    func found(in rows: [JSONValue]) -> [String: JSONValue]? { own(rows).flatMap(shown) }

    private func shown(in row: [String: JSONValue]) -> [String: JSONValue]? {
        ChangesLink.image(of: row, fields: Array(ChangesLink.wantedFields(of: call).keys), isComplete: false)?
            .objectValue
    }

    /// The cloud has said yes, and this is what there is.
    ///
    /// - Parameter isRead: Whether a reading has shown it, and not the reply alone.
    func contradicted(_ found: [String: JSONValue], isRead: Bool) -> CloudError {
        let wanted = ChangesLink.wantedFields(of: call)
        let others = wanted.keys.sorted().filter { field in
            found[field] != nil && !found.shows(wanted[field] ?? .null, in: field)
        }
        let sentences = others.map { field in
            difference(field, found: found[field] ?? .null, wanted: wanted[field] ?? .null)
        }
        let parts = LocalizedText(
            sentences.map(\.english).joined(separator: "; "), sentences.map(\.korean).joined(separator: ". "))
        let start =
            isRead
            ? LocalizedText("the cloud said yes, but ", "클라우드는 성공이라고 응답했지만 ")
            : LocalizedText(
                "the cloud said yes, and no reading tells what became of it; its reply shows that ",
                "클라우드는 성공이라고 응답했지만 조회로 확인하지 못했습니다. 응답에서는 ")
        var error = CloudError(
            .api, start + parts, operation: call.operation.name,
            advice: call.operation.body == .multipart
                ? LocalizedText(
                    "the cloud may not read this kind of form: set `edit_body: json` or `form` in the profile and try one server",
                    "클라우드가 이 형식의 본문을 읽지 못할 수 있습니다. 프로필에 `edit_body: json` 또는 `form`을 설정하고 서버 하나로 시험하세요")
                : LocalizedText("look at it in the web console", "웹 콘솔에서 확인하세요"),
            outcome: isRead ? .refused : .unknown)
        error.settledBy = isRead ? witness.read : nil
        error.found = found
        return error
    }

    private func difference(_ field: String, found: JSONValue, wanted: JSONValue) -> LocalizedText {
        let (there, asked) = ("“\(ChangeDescription.shown(found))”", "“\(ChangeDescription.shown(wanted))”")
        if let text = found.stringValue, let plain = wanted.stringValue, text != plain,
            PercentCoding.decode(Array(text.utf8)) == plain
        {
            return LocalizedText(
                "it stored `\(field)` percent-encoded, as it travelled: \(there) stands where \(asked) was asked for",
                "`\(field)`을(를) 전송된 그대로 퍼센트 인코딩으로 저장했습니다. 요청: \(asked), 현재: \(there)")
        }
        return before.map { $0.shows(found, in: field) } ?? false
            ? LocalizedText(
                "`\(field)` is still \(there), not \(asked)", "`\(field)`이(가) \(asked)이(가) 아니라 그대로 \(there)입니다")
            : LocalizedText("`\(field)` is \(there), not \(asked)", "`\(field)`이(가) \(asked)이(가) 아니라 \(there)입니다")
    }

    /// Whether a second making changes nothing that the first has not.
    var canBeRepeated: Bool {
        switch witness.sign {
        case .fields: call.operation.effect == .edit
        case .absence, .cleared, .notListed, .state: true
        case .argument, .newRow, .uniqueRow, .listed, .status: false
        }
    }

    // MARK: What a reading tells

    /// - Parameter window: when the cloud can have made what was asked for; nil if nobody knows.
    func verdict(_ reading: Result<[JSONValue], CloudError>, madeWithin window: ClosedRange<Instant>? = nil) -> Verdict
    {
        switch reading {
        case .failure(let error):
            return witness.sign == .absence && error.isAbsence() ? gone : .cannotTell
        case .success(let rows):
            return verdict(rows, window)
        }
    }

    private func verdict(_ rows: [JSONValue], _ window: ClosedRange<Instant>?) -> Verdict {
        let row = own(rows)
        switch witness.sign {
        case .fields:
            let wanted = (call.arguments?.values ?? [:]).filter { call.operation.parameter($0.key)?.place == .body }
            if row == nil, let replaced = replacement(in: rows, wanted) { return .made([replaced], .confirmed) }
            guard let row else { return .cannotTell }
            if wanted.allSatisfy({ row.shows($0.value, in: $0.key) }) { return .made([.object(row)], .confirmed) }
            return unmade(
                row,
                isUntouched: before.map { before in
                    wanted.keys.allSatisfy { row.value(of: $0) == before.value(of: $0) }
                })
        case .argument(let name): return compare(row, name) { $0 == call.arguments?[name] }
        case .cleared(let name): return compare(row, name) { $0?.isNull ?? false }
        case .state, .status: return status(row)
        case .absence:
            guard let row else { return gone }
            guard isMoving(row) else { return .notMade }
            return row["status"] == "deleting" && before?["status"] != "deleting" ? .made([], .observed) : .cannotTell
        case .newRow(let fields): return created(rows, fields, window)
        case .uniqueRow(let fields):
            let key = Catalog.iwinv[witness.read]?.row?.key ?? ""
            let found = rows.first { row in
                !(row[key]?.identifierText.map(known.contains) ?? true)
                    && fields.allSatisfy { (row[$0] ?? .null) == (call.arguments?[$0] ?? .null) }
            }
            return found.map { .made([$0], .confirmed) } ?? .notMade
        case .listed(let name): return contains(rows, name) ? .made([], .confirmed) : .notMade
        case .notListed(let name): return contains(rows, name) ? .notMade : .gone
        }
    }

    /// Nothing is called gone that was not seen before: it may never have been there, or not be visible.
    private var gone: Verdict { before == nil ? .cannotTell : .gone }

    /// The row that stands in the place of the changed one, where a change gives rows new numbers (the older firewall
    /// family): the old one is gone, and one that is the old one with the change is there.
    private func replacement(in rows: [JSONValue], _ wanted: [String: JSONValue]) -> JSONValue? {
        guard call.operation.part != nil, let before, let key = call.target?.key else { return nil }
        // A row that a script was given says besides whose it is, as the cloud's own does not.
        let owner = call.operation.subject?.name
        func content(_ row: [String: JSONValue]) -> [String: JSONValue] {
            row.filter { $0.key != key && $0.key != owner && !$0.value.isNull }
        }
        let new = content(before.merging(wanted) { $1 })
        let found = rows.compactMap(\.objectValue)
        guard !found.contains(where: { content($0) == content(before) }) else { return nil }
        return found.first { content($0) == new }.map(JSONValue.object)
    }

    private func own(_ rows: [JSONValue]) -> [String: JSONValue]? {
        guard let target = call.target else { return nil }
        return rows.first { $0[target.key]?.identifierText == target.id }?.objectValue
    }

    private func compare(
        _ row: [String: JSONValue]?, _ name: String, _ isAsWanted: (JSONValue?) -> Bool
    ) -> Verdict {
        guard let row else { return .cannotTell }
        if isAsWanted(row[name]) { return .made([.object(row)], .confirmed) }
        return unmade(row, isUntouched: before?[name].map { (row[name] ?? .null) == $0 })
    }

    /// Of a row that is not as wanted. If it is not as before either, the change may have been made, and somebody else has made
    /// another since; or the cloud writes a text in another way.
    private func unmade(_ row: [String: JSONValue], isUntouched: Bool?) -> Verdict {
        isMoving(row) || isUntouched == false ? .cannotTell : .notMade
    }

    private func status(_ row: [String: JSONValue]?) -> Verdict {
        guard let row, let status = row["status"]?.stringValue, let ends = call.operation.endStates else {
            return .cannotTell
        }
        let old = before?["status"]?.stringValue
        if isMoving(row) {
            let wasMoving = old.map(Self.transitions.contains) ?? true
            return wasMoving ? .cannotTell : .made([.object(row)], .observed)
        }
        guard ends.contains(status) else { return .notMade }
        // A restarted server is what it was before, and so is one that was not.
        return witness.sign == .state ? .made([.object(row)], .confirmed) : .cannotTell
    }

    private func created(
        _ rows: [JSONValue], _ fields: [String], _ window: ClosedRange<Instant>?
    ) -> Verdict {
        let given = fields.filter { call.arguments?[$0] != nil }
        guard !given.isEmpty, let type = Catalog.iwinv[witness.read]?.row, let key = type.key else {
            return .cannotTell
        }
        let fresh = rows.filter { row in
            guard let id = row[key]?.identifierText, !known.contains(id) else { return false }
            return matches(row.objectValue ?? [:], given)
        }
        let count = call.arguments?["count"]?.integerValue.map { Int(clamping: $0) } ?? 1
        // A creation that does not show may still come, when something between here and the cloud delivers it late; made
        // again, it would be paid for twice.
        if fresh.isEmpty { return isLate ? .notMade : .cannotTell }
        // Fewer or more than were asked for: somebody else may have made some of them.
        guard fresh.count == count, fresh.allSatisfy({ isOurs($0, type, window) }) else { return .cannotTell }
        return .made(fresh, .confirmed)
    }

    /// Whether a row that bears the name is what this request made, and not what somebody else has made since.
    private func isOurs(_ row: JSONValue, _ type: RowType, _ window: ClosedRange<Instant>?) -> Bool {
        let members = row.objectValue ?? [:]
        let isAsked = (call.arguments?.values ?? [:]).allSatisfy { field, wanted in
            // A number behind the name is looked at where the name is.
            field == "name" || members.value(of: field).map { $0 == wanted || wanted == "" } ?? true
        }
        guard isAsked else { return false }
        // Undated rows that are read at once, after a reading that did not have them, are taken for ours; later ones may be
        // anybody's.
        guard type.field(Self.date) != nil else { return !isLate }
        guard let window, let made = members[Self.date]?.stringValue.flatMap(SeoulTime.instant) else { return false }
        return window.contains(made)
    }

    /// When the cloud made a thing (CONTRACT 1.13).
    static let date = "start_date"

    private func matches(_ row: [String: JSONValue], _ fields: [String]) -> Bool {
        fields.allSatisfy { field in
            guard let wanted = call.arguments?[field] else { return true }
            if row[field] == wanted { return true }
            // Several servers of one creation have numbers behind the name (CONTRACT U14).
            guard field == "name", call.arguments?["count"] != nil, let base = wanted.stringValue,
                let name = row[field]?.stringValue, name.hasPrefix(base + "-")
            else { return false }
            return name.dropFirst(base.count + 1).allSatisfy(\.isNumber)
        }
    }

    private func contains(_ rows: [JSONValue], _ name: String) -> Bool {
        rows.contains { $0[name] == call.arguments?[name] }
    }

    private func isMoving(_ row: [String: JSONValue]) -> Bool {
        row["status"]?.stringValue.map(Self.transitions.contains) ?? false
    }
}
