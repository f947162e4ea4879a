import IwinvCatalog

extension Cloud {
    /// A server size on offer (CONTRACT 3.2).
    public struct Flavor: Sendable, Hashable, Codable {
        /// The name-like identifier: `soi_2.8_s`.
        public var id: String
        /// `STORAGE`, `GENERAL`, `GPU`
        public var type: String
        public var vcpu: Int64
        /// MB
        public var memory: Int64
        /// GB
        public var disk: Int64
        /// Gbps
        public var network: Int64 = 10
        public var gpuCount: Int64 = 0
        /// The image types it boots.
        public var supportingImages: [String]
        /// Zone codes.
        public var zones: [String]
        /// KRW a month, without VAT.
        public var monthlyPrice: Int64
        public var provide = "dedicated"
        public var status = "available"

        /// KRW a day: a thirtieth, rounded up to hundreds, as in the examples.
        var dailyPrice: Int64 { (monthlyPrice + 2999) / 3000 * 100 }

        /// Null or text (CONTRACT U11).
        private var gpu: JSONValue { gpuCount == 0 ? .null : .string("\(gpuCount)") }

        private var spec: [String: JSONValue] {
            [
                "type": .string(type), "vcpu": .integer(vcpu), "memory": .integer(memory), "disk": .integer(disk),
                "network": .integer(network), "gpu": gpu,
            ]
        }

        /// A row of the flavor list: the size is nested.
        var row: [String: JSONValue] {
            [
                "flavor_id": .string(id), "name": .string(id), "provide": .string(provide), "status": .string(status),
                "spec": .object(spec), "supporting_images": .array(supportingImages.map(JSONValue.string)),
                "zone": .array(zones.map(JSONValue.string)),
                "price": [
                    "full": ["type": "month", "KRW": .integer(monthlyPrice)],
                    "partial": ["type": "day", "KRW": .integer(dailyPrice)],
                ],
            ]
        }

        /// As a server shows it: flat (CONTRACT, gotcha 7).
        var insideServer: JSONValue {
            .object(spec.merging(["flavor_id": .string(id), "name": .string(id)]) { mine, _ in mine })
        }

        /// Whether the bounds `min_vcpu` … `max_gpu` of a list let it pass; inclusive (CONTRACT 3.2).
        func passes(_ arguments: Arguments) -> Bool {
            [("vcpu", vcpu), ("memory", memory), ("disk", disk), ("gpu", gpuCount)].allSatisfy { key, size in
                size >= arguments.integer("min_" + key) ?? .min && size <= arguments.integer("max_" + key) ?? .max
            }
        }
    }
}
