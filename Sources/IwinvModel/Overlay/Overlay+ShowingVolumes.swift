import Clocks
import IwinvCatalog

extension Overlay {
    /// A volume's row in the planned world.
    func row(
        of volume: Cloud.Volume, live: [String: JSONValue]?, at instant: Instant
    ) -> (JSONValue, [Unknown]) {
        let planned = cloud.row(volume, at: instant)
        guard let before = base.volume(volume.id) else {
            guard unnamed.contains(volume.id) else { return (planned, []) }
            return (planned.without("name"), [Unknown(field: "name", of: volume.id)])
        }
        var row = live ?? tables[.volumes]?.rows[volume.id]?.values ?? [:]
        if volume.timeline != before.timeline { row["status"] = planned["status"] }
        if volume.instanceID != before.instanceID { row["instance_id"] = planned["instance_id"] }
        if volume.stopDate != before.stopDate { row["stop_date"] = planned["stop_date"] }
        return (.object(row), [])
    }

    /// The list of volumes. No change of a plan makes a volume of the cloud pass a filter or not.
    func volumes(
        _ live: [JSONValue], _ operation: CloudOperation, _ arguments: Arguments, at instant: Instant
    ) -> ([JSONValue], [Unknown]) {
        var rows: [JSONValue] = []
        var unknown: [Unknown] = []
        for row in live {
            guard let volume = row["block_storage_id"]?.stringValue.flatMap(cloud.volume) else {
                rows.append(row)
                continue
            }
            if volume.status(at: instant) == nil { continue }
            rows.append(self.row(of: volume, live: row.objectValue, at: instant).0)
        }
        for volume in cloud.volumes(at: instant) where Placeholder.isOne(volume.id) {
            guard arguments.text("type").map({ $0 == volume.type }) ?? true,
                arguments.text("zone_id").map({ $0 == volume.zoneID }) ?? true
            else { continue }
            if arguments["name"] != nil, unnamed.contains(volume.id) {
                unknown.append(Unknown(passingFiltersOf: volume.id))
            } else if arguments.lets(text: volume.name, pass: "name") {
                let (row, fields) = self.row(of: volume, live: nil, at: instant)
                rows.append(row)
                unknown += fields
            }
        }
        return (rows, unknown)
    }
}
