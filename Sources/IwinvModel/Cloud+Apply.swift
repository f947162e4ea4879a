public import Clocks
public import IwinvCatalog

extension Cloud {
    /// Carries out one call and answers as the cloud would.
    ///
    /// Without `fields` a row has the keys that the *server* chooses (639 for servers; all 17 after an edit). A client asks
    /// for `CloudOperation.defaultFields` by itself, so whoever stands in for the cloud behind a client adds them first.
    ///
    /// A refused call changes nothing. Times do not have to ascend, but a cloud in which they do is easier to believe.
    ///
    /// - Parameters:
    ///   - operation: a name of ``Catalog/iwinv``.
    ///   - arguments: arguments that were checked for this operation.
    ///   - page: the slice of a paged list; nil for its first page in the default size (CONTRACT 1.11).
    ///   - instant: when the cloud gets the call.
    public mutating func apply(
        _ operation: OperationName, _ arguments: Arguments, page: Page? = nil, at instant: Instant
    ) -> Answer {
        guard let entry = Catalog.iwinv[operation] else { return .cannotTell("the model has no \(operation)") }
        let call = Call(operation: entry, arguments: arguments, page: page, instant: instant)
        do throws(Refusal) {
            switch operation {
            case "zones.list": return call.page(zones, row: \.row)
            case "flavors.list": return listFlavors(call)
            case "flavors.get": return getFlavor(call)
            case "images.list": return try listImages(call)
            case "images.get": return try getImage(call)
            case "ssh_keys.list": return call.page(sshKeys.filter { call.passes(name: $0.name) }, row: \.row)
            case "instances.user_scripts": return try listUserScripts(call)
            case "instances.list": return try listServers(call)
            case "instances.get": return try getServer(call)
            case "instances.console": return try getConsole(call)
            case "instances.create": return try createServers(call)
            case "instances.edit": return try editServer(call)
            case "instances.delete": return try deleteServer(call)
            case "instances.start", "instances.shutdown", "instances.reboot": return try switchServer(call)
            case "instances.rebuild": return try rebuildServer(call)
            case "instances.resize": return try resizeServer(call)
            default: return .cannotTell("the model has no \(operation)")
            }
        } catch {
            return .refused(error)
        }
    }
}

/// One call, as the parts of the model see it.
struct Call {
    var operation: CloudOperation
    var arguments: Arguments
    var page: Page?
    var instant: Instant

    /// The mask of an operation that has one.
    func mask(default mask: Int64) -> Int64 { arguments.integer("fields") ?? mask }

    func passes(name: String) -> Bool { arguments.lets(text: name, pass: "name") }

    /// A yes with all of these rows.
    func answer(_ rows: [JSONValue]) -> Answer {
        .rows(rows, total: nil, status: SuccessStatus.documented(operation))
    }

    /// A yes with one page of these records. Only the records on it become rows.
    func page<Record>(_ records: [Record], row: (Record) -> JSONValue) -> Answer {
        guard let paging = operation.paging else { return answer(records.map(row)) }
        let page = page ?? Page(number: 1, size: paging.defaultSize)
        return .rows(
            page.slice(records).map(row), total: paging.hasTotal ? records.count : nil,
            status: SuccessStatus.documented(operation))
    }
}
