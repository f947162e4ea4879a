import IwinvCatalog

// Looking at servers (CONTRACT 3.4, 3.6).

extension Cloud {
    /// - Throws: `CIDR_NOT_VALID` or `IPV6_NOT_SUPPORTED` for a bad `ip` filter.
    func listServers(_ call: Call) throws(Refusal) -> Answer {
        let ranges = try addressRanges(call.arguments.text("ip"))
        let found = servers.filter { passes($0, call) && ($0.isIn(ranges)) }
        return call.page(found) { row($0, call) }
    }

    /// - Throws: `ID_INVALID` for an unknown server, also one that is gone (CONTRACT U21).
    func getServer(_ call: Call) throws(Refusal) -> Answer {
        guard let server = call.arguments.text("instance_id").flatMap(server), server.status(at: call.instant) != nil
        else { throw Refusal(.invalidIdentifier) }
        return call.answer([row(server, call)])
    }

    /// - Throws: `ID_INVALID`; `DELETED_OR_WORKING_INSTANCE` unless it is on (CONTRACT U22) or in error.
    func getConsole(_ call: Call) throws(Refusal) -> Answer {
        let server = servers[try index(of: call)]
        switch server.status(at: call.instant) {
        case .active, .error: return call.answer([console(of: server, at: call.instant)])
        default: throw Refusal(.deletedOrWorkingInstance)
        }
    }

    /// The place of the server that a call is about, gone or not.
    ///
    /// - Throws: `ID_INVALID` for an identifier that never was one.
    func index(of call: Call) throws(Refusal) -> Int {
        guard let id = call.arguments.text("instance_id"), let index = servers.firstIndex(where: { $0.id == id }) else {
            throw Refusal(.invalidIdentifier)
        }
        return index
    }

    func row(_ server: Server, _ call: Call, default mask: Int64 = defaultServerFields) -> JSONValue {
        guard let type = call.operation.row else { return ["instance_id": .string(server.id)] }
        return row(server, mask: call.mask(default: mask), of: type, at: call.instant)
    }

    private func passes(_ server: Server, _ call: Call) -> Bool {
        let arguments = call.arguments
        guard let status = server.status(at: call.instant), call.passes(name: server.name),
            arguments.text("status").map({ $0 == status.rawValue }) ?? true,
            arguments.lets(server.zoneID, pass: "zone_id"), arguments.lets(server.imageID, pass: "image_id"),
            // The values of core types are not known, so no server has the one that is asked for.
            arguments.text("core_type") == nil
        else { return false }
        guard let flavor = flavor(server.flavorID) else { return true }
        return arguments.text("type").map { $0 == flavor.type } ?? true && flavor.passes(arguments)
    }

    private func addressRanges(_ text: String?) throws(Refusal) -> [IPv4Range]? {
        guard let text else { return nil }
        var ranges: [IPv4Range] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            do throws(IPv4Range.Problem) {
                ranges.append(try IPv4Range(part.drop { $0 == " " }))
            } catch {
                throw Refusal(error == .isVersion6 ? .ipv6NotSupported : .cidrNotValid)
            }
        }
        return ranges
    }
}

extension Cloud.Server {
    /// Whether its public or private address lies in one of the ranges.
    fileprivate func isIn(_ ranges: [IPv4Range]?) -> Bool {
        guard let ranges else { return true }
        return [publicAddress, privateAddress].compactMap { IPv4($0) }.contains { address in
            ranges.contains { $0.contains(address) }
        }
    }
}
