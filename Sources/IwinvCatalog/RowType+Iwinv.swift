// The rows of the iwinv API (CONTRACT 3.1 – 3.6, 3.9).

extension RowType {
    static let zone = RowType(
        name: "Zone", key: "zone_id",
        fields: [
            .init("zone_id", .string, LocalizedText("Zone code", "존 코드")),
            .init("zone_name", .string, LocalizedText("Display name", "표시 이름")),
            .init("status", .string, LocalizedText("available, …", "상태")),
            .init("content", .list(.string), optional: true, LocalizedText("Description lines", "설명")),
        ])

    static let flavor = RowType(
        name: "Flavor", key: "flavor_id",
        fields: [
            .init("flavor_id", .string, bit: 1, LocalizedText("ID", "사양 ID")),
            .init("name", .string, bit: 2, LocalizedText("Display name", "이름")),
            .init("provide", .string, optional: true, bit: 4, LocalizedText("dedicated, …", "제공 방식")),
            .init("status", .string, bit: 8, LocalizedText("available, …", "상태")),
            .init("spec", .object(flavorSpec), bit: 16, LocalizedText("Size", "사양")),
            .init(
                "supporting_images", .list(.string), bit: 32, LocalizedText("Image types it boots", "지원 이미지")),
            .init("zone", .list(.string), bit: 64, LocalizedText("Zone codes", "존 코드")),
            .init(
                "price", .object([price("full", "Per month", "월"), price("partial", "Per day", "일")]), bit: 128,
                LocalizedText("Prices without VAT", "가격(부가세 별도)")),
        ])

    static let image = RowType(
        name: "Image", key: "image_id",
        fields: [
            .init("image_id", .string, LocalizedText("ID", "이미지 ID")),
            .init("visibility", .string, optional: true, LocalizedText("public or private", "공개 여부")),
            .init("name", .string, optional: true, LocalizedText("Name; private images only", "이름(개인 이미지)")),
            .init("os", .object(operatingSystem), optional: true, LocalizedText("Operating system", "운영체제")),
            .init("image_type", .string, optional: true, LocalizedText("os_linux, …", "이미지 종류")),
            .init("zone", .list(.string), optional: true, LocalizedText("Zone codes", "존 코드")),
        ])

    static let instance = RowType(
        name: "Instance", key: "instance_id",
        fields: [
            .init("instance_id", .string, bit: 1, LocalizedText("ID", "서버 ID")),
            .init("name", .string, bit: 2, LocalizedText("Name", "이름")),
            .init("description", .string, optional: true, bit: 4, LocalizedText("Description", "설명")),
            .init(
                "status", .string, bit: 8,
                LocalizedText("pending, active, error, work, off, building, deleting", "상태")),
            .init("provide", .string, bit: 16, LocalizedText("dedicated, …", "제공 방식")),
            .init("start_date", .string, bit: 32, LocalizedText("Created, local to the cloud", "생성 일시")),
            .init("stop_date", .string, optional: true, bit: 64, LocalizedText("Deleted", "삭제 일시")),
            .init(
                "default_account",
                .object([
                    .init("username", .string, LocalizedText("User", "계정")),
                    .init("password", .string, secret: true, LocalizedText("Password", "비밀번호")),
                ]), optional: true, secret: true, bit: 128, LocalizedText("First account", "기본 계정")),
            .init("ip", .list(.object(addresses)), optional: true, bit: 256, LocalizedText("Addresses", "IP 주소")),
            .init(
                "zone",
                .object([
                    .init("zone_id", .string, LocalizedText("Zone code", "존 코드")),
                    .init("name", .string, LocalizedText("Display name", "이름")),
                ]), bit: 512, LocalizedText("Zone", "존")),
            .init(
                "flavor",
                .object(
                    [
                        .init("flavor_id", .string, LocalizedText("ID", "사양 ID")),
                        .init("name", .string, LocalizedText("Display name", "이름")),
                    ] + flavorSpec), bit: 1024, LocalizedText("Size", "사양")),
            .init("image", .object(image.fields), bit: 2048, LocalizedText("Image", "이미지")),
            .init(
                "monitoring",
                .object([
                    .init("port", .string, LocalizedText("ON or OFF", "포트 감시")),
                    .init("resource", .string, LocalizedText("ON or OFF", "자원 감시")),
                ]), bit: 4096, LocalizedText("Monitoring", "모니터링")),
            .init("block_storage", .list(.string), bit: 8192, LocalizedText("Attached volumes", "연결된 블록 스토리지")),
            .init(
                "vnc", .object(console), optional: true, secret: true, bit: 16384,
                LocalizedText("Console link", "콘솔 링크")),
            .init(
                "connection_limit",
                .object([
                    .init("block_storage", .integer, LocalizedText("Volumes", "블록 스토리지 수")),
                    .init("ip", .integer, LocalizedText("Addresses", "IP 수")),
                ]), bit: 32768, LocalizedText("How much can be attached", "연결 한도")),
            .init(
                "traffic",
                .object([
                    .init("default", .integer, LocalizedText("Included, GB", "기본 제공량(GB)")),
                    .init("period", .string, LocalizedText("DAYMONTH, …", "기간")),
                    .init("limit", .any, optional: true, LocalizedText("Limit", "제한")),
                    .init("reset_allow_count", .any, optional: true, LocalizedText("Resets", "초기화 횟수")),
                ]), bit: 65536, LocalizedText("Traffic", "트래픽")),
        ], states: ["pending", "active", "error", "work", "off"], passing: ["building", "deleting"])

    /// The answer to a creation: only the first two keys may be relied on (CONTRACT 3.5).
    static let createdInstance = RowType(
        name: "CreatedInstance", key: "instance_id",
        fields: [
            .init("instance_id", .string, LocalizedText("ID", "서버 ID")),
            .init("status", .string, LocalizedText("building", "상태")),
            .init("name", .string, optional: true, LocalizedText("Name", "이름")),
            .init("description", .string, optional: true, LocalizedText("Description", "설명")),
            .init("zone_id", .string, optional: true, LocalizedText("Zone code", "존 코드")),
            .init("flavor_id", .string, optional: true, LocalizedText("Flavor", "사양 ID")),
            .init("image_id", .string, optional: true, LocalizedText("Image", "이미지 ID")),
            .init("ssh_key", .any, optional: true, LocalizedText("SSH keys", "SSH 키")),
            .init("user_script_id", .any, optional: true, LocalizedText("Script", "사용자 스크립트 ID")),
        ])

    static let instanceStatus = RowType(
        name: "InstanceStatus", key: "instance_id",
        fields: [
            .init("instance_id", .string, optional: true, LocalizedText("ID", "서버 ID")),
            .init("status", .string, optional: true, LocalizedText("work, …", "상태")),
        ])

    static let deletedInstance = RowType(
        name: "DeletedInstance", key: nil,
        fields: [
            .init("status", .string, optional: true, LocalizedText("deleting", "상태")),
            .init(
                "block_storage", .list(.string), optional: true,
                LocalizedText("Volumes that are kept and stay charged", "남아서 계속 과금되는 블록 스토리지")),
        ])

    static let remoteConsole = RowType(name: "RemoteConsole", key: nil, fields: console)

    static let userScript = RowType(
        name: "UserScript", key: "user_script_id",
        fields: [
            .init("user_script_id", .string, LocalizedText("ID", "사용자 스크립트 ID")),
            .init("name", .string, LocalizedText("Name", "이름")),
            .init("start_date", .string, optional: true, LocalizedText("Created", "생성 일시")),
        ])

    static let sshKey = RowType(
        name: "SSHKey", key: "ssh_key_id",
        fields: [
            .init("ssh_key_id", .string, LocalizedText("ID", "SSH 키 ID")),
            .init("name", .string, LocalizedText("Name; need not be unique", "이름(중복 가능)")),
            .init("start_date", .string, LocalizedText("Created", "생성 일시")),
        ])

    static let volumeType = RowType(
        name: "VolumeType", key: "type",
        fields: [
            .init("type", .string, LocalizedText("ssd, sata", "종류")),
            .init("min", .integer, LocalizedText("Smallest size, GB", "최소 크기(GB)")),
            .init("max", .integer, LocalizedText("Largest size, GB", "최대 크기(GB)")),
            .init(
                "zones", .list(.string), optional: true,
                LocalizedText("Zones; null says nothing", "존(null이면 알 수 없음)")),
        ])

    /// All keys but the identifier are assumed (CONTRACT 3.7).
    static let volume = RowType(
        name: "Volume", key: "block_storage_id",
        fields: [
            .init("block_storage_id", .string, LocalizedText("ID", "블록 스토리지 ID")),
            .init("name", .string, optional: true, LocalizedText("Name", "이름")),
            .init("description", .string, optional: true, LocalizedText("Description", "설명")),
            .init("type", .string, optional: true, LocalizedText("ssd, sata", "종류")),
            .init("size", .integer, optional: true, LocalizedText("GB", "크기(GB)")),
            .init(
                "status", .string, optional: true,
                LocalizedText("active (attached), off (free), work, deleting, error", "상태")),
            .init(
                "zone",
                .object([
                    .init("zone_id", .string, LocalizedText("Zone code", "존 코드")),
                    .init("name", .string, LocalizedText("Display name", "이름")),
                ]), optional: true, LocalizedText("Zone", "존")),
            .init(
                "instance_id", .string, optional: true,
                LocalizedText("The server it is attached to", "연결된 서버 ID")),
            .init("start_date", .string, optional: true, LocalizedText("Created, local to the cloud", "생성 일시")),
            .init("stop_date", .string, optional: true, LocalizedText("Deleted", "삭제 일시")),
        ], states: ["active", "off", "work", "deleting", "error"])

    static let volumeReply = RowType(
        name: "VolumeStatus", key: "block_storage_id",
        fields: [
            .init("block_storage_id", .string, optional: true, LocalizedText("ID", "블록 스토리지 ID")),
            .init("instance_id", .string, optional: true, LocalizedText("Server", "서버 ID")),
            .init("status", .string, optional: true, LocalizedText("work, …", "상태")),
        ])

    static let liveBill = RowType(
        name: "LiveBill", key: "bill_id",
        fields: [
            .init("bill_id", .string, LocalizedText("BILL-live", "BILL-live")),
            .init("start_date", .string, LocalizedText("First day of the month", "월 시작일")),
            .init("end_date", .string, LocalizedText("Until now", "현재까지")),
            .init("price", .integer, LocalizedText("Without VAT", "금액(부가세 별도)")),
            .init("currency", .string, LocalizedText("KRW", "통화")),
        ])

    static let bill = RowType(name: "Bill", key: "bill_id", fields: billHead + billListOnly)

    /// 14 keys: those of the list without two, and the items (CONTRACT 3.8).
    static let billDetail = RowType(
        name: "BillDetail", key: "bill_id",
        fields: billHead + [
            .init(
                "group",
                .list(
                    .object([
                        .init("type", .string, LocalizedText("서버, …", "구분")),
                        .init("count", .integer, LocalizedText("Number", "수량")),
                        .init("sub_total", .integer, LocalizedText("Without VAT", "소계(부가세 별도)")),
                        .init(
                            "item",
                            .list(
                                .object([
                                    .init("service_id", .string, LocalizedText("What was charged", "서비스 ID")),
                                    .init("name", .string, LocalizedText("Its name", "이름")),
                                ])), LocalizedText("Items", "항목")),
                    ])), optional: true, LocalizedText("Charges by kind", "구분별 내역"))
        ])

    static let securityGroup = RowType(name: "Firewall", key: "firewall_id", fields: firewallFields)

    static let firewall = RowType(
        name: "Firewall", key: "firewall_id",
        fields: firewallFields + [
            .init(
                "rules", .list(.object(firewallRule.fields)), optional: true, LocalizedText("Rules", "규칙"))
        ])

    static let firewallRule = RowType(
        name: "FirewallRule", key: "rule_id",
        fields: [
            .init("rule_id", .integer, LocalizedText("Number", "규칙 번호")),
            .init(
                // The cloud does not send it; it is put in by whoever knows from which firewall the rule was read.
                "firewall_id", .string, optional: true, LocalizedText("Its firewall", "방화벽 ID")),
            .init("bound", .string, LocalizedText("IN or OUT", "방향")),
            .init("protocol", .string, LocalizedText("TCP or UDP", "프로토콜")),
            .init("port", .string, LocalizedText("8080 or 8000-8010", "포트")),
            .init("ip", .string, LocalizedText("IPv4 range", "IPv4 대역")),
            .init("title", .string, LocalizedText("Title", "제목")),
            .init("content", .string, optional: true, LocalizedText("Text", "설명")),
        ])

    static let firewallInstance = RowType(
        name: "FirewallInstance", key: "instance_id",
        fields: [
            .init("instance_id", .string, LocalizedText("ID", "서버 ID")),
            .init("name", .string, optional: true, LocalizedText("Name", "이름")),
        ])

    static let firewallReply = RowType(
        name: "FirewallReply", key: "firewall_id",
        fields: [
            .init("firewall_id", .string, optional: true, LocalizedText("ID", "방화벽 ID")),
            .init("instance_id", .string, optional: true, LocalizedText("Server", "서버 ID")),
        ])

    private static let firewallFields: [RowField] = [
        .init("firewall_id", .string, LocalizedText("ID", "방화벽 ID")),
        .init("title", .string, LocalizedText("Title", "제목")),
        .init("content", .string, optional: true, escaped: true, LocalizedText("Text", "설명")),
        .init("icmp", .string, LocalizedText("Y or N", "ICMP 허용")),
    ]

    private static let billHead: [RowField] = [
        .init("bill_id", .string, LocalizedText("ID", "청구서 ID")),
        .init("usage_start", .string, LocalizedText("First day", "이용 시작일")),
        .init("usage_end", .string, LocalizedText("Last day", "이용 종료일")),
        .init("bill_date", .string, LocalizedText("Day of the bill", "청구일")),
        .init("payment_status", .string, LocalizedText("paid, …", "결제 상태")),
        .init("name", .string, LocalizedText("Name", "이름")),
        .init("price", .integer, LocalizedText("Without VAT", "금액(부가세 별도)")),
        .init("vat", .integer, LocalizedText("VAT", "부가세")),
        .init("payment_price", .integer, LocalizedText("To pay", "결제 금액")),
        .init("currency", .string, LocalizedText("KRW", "통화")),
        .init("date_paid", .string, optional: true, LocalizedText("Day of the payment", "결제일")),
        .init("invoice", .list(.string), optional: true, secret: true, LocalizedText("Links, private", "링크(비공개)")),
        .init("tax", .list(.string), optional: true, secret: true, LocalizedText("Links, private", "링크(비공개)")),
    ]

    private static let billListOnly: [RowField] = [
        .init("type", .string, LocalizedText("regular or prepaid", "종류")),
        .init(
            "payment_info", .any, optional: true, secret: true,
            LocalizedText("Payment instrument, private", "결제 수단(비공개)")),
    ]

    private static let flavorSpec: [RowField] = [
        .init("type", .string, LocalizedText("Family", "계열")),
        .init("vcpu", .integer, LocalizedText("vCPUs", "vCPU 수")),
        .init("memory", .integer, LocalizedText("MB", "메모리(MB)")),
        .init("disk", .integer, LocalizedText("GB", "디스크(GB)")),
        .init("network", .integer, LocalizedText("Gbps", "네트워크(Gbps)")),
        .init("gpu", .any, optional: true, LocalizedText("GPU", "GPU")),
    ]

    private static func price(_ name: String, _ english: String, _ korean: String) -> RowField {
        .init(
            name,
            .object([
                .init("type", .string, LocalizedText("month or day", "단위")),
                .init("KRW", .any, LocalizedText("Won", "원")),
            ]), LocalizedText(english, korean))
    }

    private static let operatingSystem: [RowField] = [
        .init("type", .string, LocalizedText("Type", "유형")),
        .init("name", .string, LocalizedText("Name", "이름")),
        .init("status", .string, LocalizedText("available, …", "상태")),
        .init("content", .list(.string), LocalizedText("Notes", "안내")),
        .init("os_type", .string, LocalizedText("ROCKYLINUX, …", "OS 종류")),
        .init("version", .string, LocalizedText("Version", "버전")),
        .init("oid", .string, LocalizedText("UUID", "UUID")),
    ]

    private static let addresses: [RowField] = [
        .init(
            "public",
            .object([
                .init("address", .string, LocalizedText("Address", "주소")),
                .init("attached", .boolean, LocalizedText("In use", "연결 여부")),
            ]), optional: true, LocalizedText("Public address", "공인 IP")),
        .init(
            "private",
            .object([
                .init("address", .string, LocalizedText("Address", "주소")),
                .init("netmask", .string, LocalizedText("Mask", "넷마스크")),
                .init("network", .string, LocalizedText("Network", "네트워크")),
                .init("broadcast", .string, LocalizedText("Broadcast", "브로드캐스트")),
                .init("gateway", .string, LocalizedText("Gateway", "게이트웨이")),
            ]), optional: true, LocalizedText("Private address", "사설 IP")),
        .init("type", .string, LocalizedText("default, …", "유형")),
    ]

    private static let console: [RowField] = [
        .init("link", .string, secret: true, LocalizedText("Link that holds a token", "토큰이 든 링크")),
        .init("type", .string, LocalizedText("novnc", "종류")),
    ]
}
