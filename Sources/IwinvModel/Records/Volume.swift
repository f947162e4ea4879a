public import Clocks
import IwinvCatalog

extension Cloud {
    /// A block storage volume (CONTRACT 3.7).
    public struct Volume: Sendable, Hashable, Codable {
        /// `BLOCK-…` (CONTRACT U24)
        public var id: String
        public var name: String
        public var description: String?
        /// `ssd` or `sata`
        public var type: String
        /// GB
        public var size: Int64
        /// Its status, now and later.
        public var timeline: StatusTimeline<VolumeStatus>
        public var zoneID: String
        /// The server it is attached to, from the moment that the cloud says yes.
        public var instanceID: String?
        /// `YYYY-MM-DD HH:MM:SS`
        public var startDate: String
        /// `YYYY-MM-DD HH:MM:SS`
        public var stopDate: String?

        /// Its status at an instant; nil when it is gone.
        public func status(at instant: Instant) -> VolumeStatus? { timeline.status(at: instant) }

        /// Takes it from its server, which is deleted: what it was busy with goes on.
        mutating func free() {
            instanceID = nil
            timeline.settled = .off
        }
    }
}

extension Cloud.Volume {
    /// Reads a volume. One without a timeline is of a time when volumes were never at work.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        name = try values.decode(String.self, forKey: .name)
        description = try values.decodeIfPresent(String.self, forKey: .description)
        type = try values.decode(String.self, forKey: .type)
        size = try values.decode(Int64.self, forKey: .size)
        zoneID = try values.decode(String.self, forKey: .zoneID)
        instanceID = try values.decodeIfPresent(String.self, forKey: .instanceID)
        startDate = try values.decode(String.self, forKey: .startDate)
        stopDate = try values.decodeIfPresent(String.self, forKey: .stopDate)
        timeline = try values.value(.timeline, or: .steady(instanceID == nil ? .off : .active))
    }
}

extension Cloud {
    /// A kind of volume on offer (CONTRACT 3.7).
    public struct VolumeType: Sendable, Hashable, Codable {
        /// `ssd` or `sata`
        public var name: String
        /// Smallest and largest size, GB.
        public var smallest: Int64
        public var largest: Int64
        /// Zone codes; nil where the provider tells none.
        public var zones: [String]?
        /// KRW a month for a GB, without VAT; synthetic.
        public var monthlyPrice: Int64

        /// Within the bounds, and in steps of ten (CONTRACT U25).
        func offers(size: Int64) -> Bool { size % 10 == 0 && smallest <= size && size <= largest }

        /// Null says nothing about zones (CONTRACT 3.7), so it keeps nobody out.
        func isOffered(in zone: String) -> Bool { zones?.contains(zone) ?? true }

        var row: JSONValue {
            [
                "type": .string(name), "min": .integer(smallest), "max": .integer(largest),
                "zones": zones.map { .array($0.map(JSONValue.string)) } ?? .null,
            ]
        }
    }

    /// The row of a volume (CONTRACT 3.7, all keys [assumed]).
    func row(_ volume: Volume, at instant: Instant) -> JSONValue {
        [
            "block_storage_id": .string(volume.id), "name": .string(volume.name),
            "description": volume.description.map(JSONValue.string) ?? .null, "type": .string(volume.type),
            "size": .integer(volume.size),
            "status": .string((volume.status(at: instant) ?? .deleting).rawValue),
            "zone": zone(volume.zoneID)?.insideServer ?? ["zone_id": .string(volume.zoneID)],
            "instance_id": volume.instanceID.map(JSONValue.string) ?? .null,
            "start_date": .string(volume.startDate), "stop_date": volume.stopDate.map(JSONValue.string) ?? .null,
        ]
    }
}
