import IwinvCatalog

/// Why a row does not do as a record of the model.
struct UnclearRow: Error {
    var description: String
}

/// A row of the cloud, read for a record of the model.
///
/// What a row does not tell gets a filler in the record if no change depends on it: fillers are never shown, since fields
/// that a plan did not change are shown as the cloud shows them.
struct RowReader {
    var values: [String: JSONValue]
    /// What the row is about, for messages.
    var name: String

    func unclear(_ field: String) -> UnclearRow {
        let value =
            values[field]?.stringValue.map { " as anything but `\($0)`, which this version does not know" } ?? ""
        return UnclearRow(description: "the cloud does not tell `\(field)` of \(name)\(value)")
    }

    func text(_ field: String) -> String? { values[field]?.stringValue }

    func need(_ field: String) throws(UnclearRow) -> String {
        guard let text = text(field) else { throw unclear(field) }
        return text
    }

    func number(_ field: String) throws(UnclearRow) -> Int64 {
        guard let number = values[field]?.lenientIntegerValue else { throw unclear(field) }
        return number
    }

    func texts(_ field: String) -> [String]? { values[field]?.arrayValue?.compactMap(\.stringValue) }

    func word<Word: RawRepresentable<String>>(_ field: String) throws(UnclearRow) -> Word {
        guard let word = Word(rawValue: try need(field)) else { throw unclear(field) }
        return word
    }
}

extension Cloud.Server {
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        let addresses = row.values["ip"]?.arrayValue?.first
        self.init(
            id: id, name: row.text("name") ?? "", description: row.text("description"),
            timeline: .steady(try row.word("status")), startDate: row.text("start_date") ?? "",
            stopDate: row.text("stop_date"), zoneID: row.values["zone"]?["zone_id"]?.stringValue ?? "",
            flavorID: row.values["flavor"]?["flavor_id"]?.stringValue ?? "",
            imageID: row.values["image"]?["image_id"]?.stringValue ?? "", password: "",
            publicAddress: addresses?["public"]?["address"]?.stringValue ?? "",
            privateAddress: addresses?["private"]?["address"]?.stringValue ?? "", privateNetwork: "")
        let limit = row.values["connection_limit"]?["block_storage"]?.lenientIntegerValue ?? 0
        volumeLimit = limit > 0 ? Int(clamping: limit) : nil
    }
}

extension Cloud.Server {
    /// This server of a plan, when the cloud's own row has been read anew: what the plan has not changed is as it is there.
    func rebased(from old: Cloud.Server, onto new: Cloud.Server) -> Cloud.Server {
        var server = self
        func take<Value: Equatable>(_ field: WritableKeyPath<Cloud.Server, Value>) {
            if server[keyPath: field] == old[keyPath: field] { server[keyPath: field] = new[keyPath: field] }
        }
        take(\.name)
        take(\.description)
        take(\.timeline)
        take(\.startDate)
        take(\.stopDate)
        take(\.zoneID)
        take(\.flavorID)
        take(\.imageID)
        take(\.publicAddress)
        take(\.privateAddress)
        take(\.volumeLimit)
        return server
    }
}

extension Cloud.Volume {
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        let status: VolumeStatus = try row.word("status")
        // Every key is assumed (CONTRACT 3.7): one that is attached somewhere must tell where.
        if status == .active, row.text("instance_id") == nil { throw row.unclear("instance_id") }
        guard let zone = row.values["zone"]?["zone_id"]?.stringValue else { throw row.unclear("zone") }
        self.init(
            id: id, name: row.text("name") ?? "", description: row.text("description"), type: row.text("type") ?? "",
            size: row.values["size"]?.lenientIntegerValue ?? 0, timeline: .steady(status), zoneID: zone,
            instanceID: row.text("instance_id"), startDate: row.text("start_date") ?? "",
            stopDate: row.text("stop_date"))
    }
}

extension Cloud.Firewall {
    /// Without its rules and servers.
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        self.init(
            id: id, title: try row.need("title"), content: row.text("content"), allowsICMP: row.text("icmp") == "Y",
            rules: [], instanceIDs: [])
    }
}

extension Cloud.Firewall.Rule {
    init(_ row: RowReader) throws(UnclearRow) {
        let port = row.values["port"]?.identifierText
        guard let port else { throw row.unclear("port") }
        let content = row.text("content")
        self.init(
            id: try row.number("rule_id"), bound: try row.need("bound"), protocolName: try row.need("protocol"),
            port: port, ip: try row.need("ip"), title: row.text("title") ?? "",
            content: content?.isEmpty == true ? nil : content)
    }
}

extension Cloud.Flavor {
    /// A flavor of the provider's list.
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        guard let images = row.texts("supporting_images") else { throw row.unclear("supporting_images") }
        guard let zones = row.texts("zone") else { throw row.unclear("zone") }
        let spec = RowReader(values: row.values["spec"]?.objectValue ?? [:], name: row.name)
        try self.init(spec: spec, id: id, images: images, zones: zones)
        status = try row.need("status")
        provide = row.text("provide") ?? provide
    }

    /// As a server shows the one that it has: no more than its size is known, which is what filters look at.
    init(insideServer row: RowReader, id: String) throws(UnclearRow) {
        try self.init(spec: row, id: id, images: [], zones: [])
    }

    private init(spec: RowReader, id: String, images: [String], zones: [String]) throws(UnclearRow) {
        self.init(
            id: id, type: try spec.need("type"), vcpu: try spec.number("vcpu"), memory: try spec.number("memory"),
            disk: try spec.number("disk"), gpuCount: spec.values["gpu"]?.lenientIntegerValue ?? 0,
            supportingImages: images, zones: zones, monthlyPrice: 0)
    }
}

extension Cloud.Image {
    /// Of the provider's list, or as a server shows it.
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        self.init(
            id: id, name: row.text("name"), visibility: row.text("visibility") ?? "", family: "", os: nil,
            imageType: try row.need("image_type"), zones: row.texts("zone") ?? [])
    }
}

extension Cloud.VolumeType {
    init(_ row: RowReader, id: String) throws(UnclearRow) {
        self.init(
            name: id, smallest: try row.number("min"), largest: try row.number("max"), zones: row.texts("zones"),
            monthlyPrice: 0)
    }
}
