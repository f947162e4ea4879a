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
    ///   - operation: an entry of ``Catalog/iwinv``; of firewalls, in either path family.
    ///   - arguments: arguments that were checked for this operation.
    ///   - page: the slice of a paged list; nil for its first page in the default size (CONTRACT 1.11).
    ///   - instant: when the cloud gets the call.
    public mutating func apply(
        _ operation: CloudOperation, _ arguments: Arguments, page: Page? = nil, at instant: Instant
    ) -> Answer {
        let call = Call(
            operation: operation, arguments: arguments, page: page, instant: instant,
            success: SuccessStatus.of(operation, in: switches.statuses))
        do throws(Refusal) {
            return try perform(call)
        } catch {
            return .refused(error)
        }
    }

    /// Carries out the call of a name; of firewalls, in the newer path family.
    public mutating func apply(
        _ operation: OperationName, _ arguments: Arguments, page: Page? = nil, at instant: Instant
    ) -> Answer {
        guard let entry = Catalog.iwinv[operation] else { return .cannotTell("the model has no \(operation)") }
        return apply(entry, arguments, page: page, at: instant)
    }

    private mutating func perform(_ call: Call) throws(Refusal) -> Answer {
        let name = call.operation.name.description
        switch name {
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
        case "storage.types": return try listVolumeTypes(call)
        case "storage.list": return try listVolumes(call)
        case "storage.get": return try getVolume(call)
        case "storage.create": return try createVolume(call)
        case "storage.delete": return try deleteVolume(call)
        case "storage.attach": return try attachVolume(call)
        case "storage.detach": return try detachVolume(call)
        case "bill.live": return getLiveBill(call)
        case "bill.list": return try listBills(call)
        case "bill.get": return try getBill(call)
        case "firewall.list": return call.page(firewalls) { row($0, call) }
        case "firewall.get": return getFirewall(call)
        case "firewall.create": return try createFirewall(call)
        case "firewall.edit": return try editFirewall(call)
        case "firewall.delete": return try deleteFirewall(call)
        case "firewall.instances": return try listFirewallMembers(call)
        case "firewall.attach": return try attachFirewall(call)
        case "firewall.detach": return try detachFirewall(call)
        case "firewall.rules.list": return try listRules(call)
        case "firewall.rules.add": return try addRule(call)
        case "firewall.rules.edit": return try editRule(call)
        case "firewall.rules.remove": return try removeRule(call)
        default: return .cannotTell("the model has no \(name)")
        }
    }
}
