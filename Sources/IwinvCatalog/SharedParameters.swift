// Parameters and texts that several operations share.

extension Parameter {
    static let instance = Parameter(
        "instance_id", .identifier, in: .path, required: true,
        help: LocalizedText("The server, INSTANCE-…", "서버 ID, INSTANCE-…"))

    static let instanceName = Parameter(
        "name", .text(length: 4...32, characters: .resourceName), in: .body, percentEncoded: true,
        help: LocalizedText(
            "4–32 characters: English, Korean, digits, common punctuation", "4~32자: 한글, 영문, 숫자, 일부 특수문자"))

    static let description = Parameter(
        "description", .text(length: 0...50, characters: .printable), in: .body, percentEncoded: true,
        help: LocalizedText("At most 50 characters", "최대 50자"))

    static let fields = Parameter(
        "fields", .fields, in: .query,
        help: LocalizedText("The keys each row shall have", "각 행에 포함할 항목"))

    /// `min_vcpu` … `max_gpu`.
    static let sizeFilters: [Parameter] = [
        ("vcpu", nil, "vCPUs"), ("memory", "MB", "memory"), ("disk", "GB", "disk"), ("gpu", nil, "GPUs"),
    ].flatMap { (key: String, unit: String?, noun: String) in
        [("min", "At least so much", "최소"), ("max", "At most so much", "최대")].map { bound, english, korean in
            Parameter(
                "\(bound)_\(key)", .integer(0...Int64(Int32.max)), in: .query, unit: unit,
                help: LocalizedText("\(english) \(noun)", "\(korean) \(key)"))
        }
    }
}

extension ParameterType {
    static let searchText = ParameterType.text(length: 1...255, characters: .printable)
}

extension LocalizedText {
    static let zoneFilter = LocalizedText("Zones", "존")
    static let imageFilter = LocalizedText("Images", "이미지")
    static let nameFilter = LocalizedText("Part of the name", "이름의 일부")
    static let flavorType = LocalizedText("Flavor family", "사양 계열")
}
