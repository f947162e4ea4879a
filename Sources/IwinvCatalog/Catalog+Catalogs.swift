// Zones, flavors, images and SSH keys: what a server can be made of (CONTRACT 3.1, 3.2, 3.3, 3.9).

extension Catalog {
    static let zones: [CloudOperation] = [
        CloudOperation(
            name: "zones.list", contractID: "list_zones", evidence: .live, method: .get, path: "/v1/zones",
            parameters: [], body: .none,
            effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none, result: .rows(.zone),
            help: LocalizedText(
                "All zones. A zone in this list is no proof that you may create in it.",
                "존 목록입니다. 목록에 있어도 생성 권한이 있다는 뜻은 아닙니다."))
    ]

    static let flavors: [CloudOperation] = [
        CloudOperation(
            name: "flavors.list", contractID: "list_flavors", evidence: .live, method: .get, path: "/v1/flavors",
            parameters: [
                .init("zone_id", .identifierList, in: .query, help: .zoneFilter),
                .init("image_id", .identifierList, in: .query, help: .imageFilter),
                .init("type", .choiceList(["STORAGE", "GENERAL", "GPU"], isOpen: true), in: .query, help: .flavorType),
                .init(
                    "image_type", .choice(["os_linux", "os_windows"], isOpen: true), in: .query,
                    help: LocalizedText("What the flavor can boot", "부팅할 수 있는 이미지 종류")),
            ] + Parameter.sizeFilters + [.fields],
            body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.flavor), paging: Paging(defaultSize: 10, hasTotal: true),
            help: LocalizedText("Server sizes on offer, with prices.", "서버 사양과 가격 목록입니다.")),
        CloudOperation(
            name: "flavors.get", contractID: "get_flavor", evidence: .live, method: .get,
            path: "/v1/flavors/{flavor_id}",
            parameters: [
                .init(
                    "flavor_id", .identifier, in: .path, required: true,
                    help: LocalizedText("The flavor, e.g. soi_2.8_s", "사양 ID, 예: soi_2.8_s")), .fields,
            ],
            body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .emptyResult,
            result: .single(.flavor), help: LocalizedText("One server size.", "서버 사양 하나를 조회합니다.")),
    ]

    static let images: [CloudOperation] = [
        CloudOperation(
            name: "images.list", contractID: "list_images", evidence: .live, method: .get, path: "/v1/images",
            parameters: [
                .init("zone_id", .identifierList, in: .query, help: .zoneFilter),
                .init("name", .searchText, in: .query, help: .nameFilter),
                .init(
                    "os",
                    .choiceList(
                        [
                            "windows", "windows_core", "windows_sql", "ubuntu", "rocky", "cent", "fedora", "freebsd",
                            "opensuse", "coreos", "oracle", "debian", "alma", "almalinux",
                        ], isOpen: true), in: .query,
                    help: LocalizedText("Operating systems", "운영체제")),
                .init(
                    "type", .choice(["os_linux", "os_windows"], isOpen: true), in: .query,
                    help: LocalizedText("Image type", "이미지 종류")),
                .init(
                    "visibility", .choice(["public", "private"], isOpen: true), in: .query,
                    help: LocalizedText("Whose images", "공개 여부")),
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.image), paging: Paging(defaultSize: 10, hasTotal: false),
            help: LocalizedText("Images that a server can be made from.", "서버를 만들 수 있는 이미지 목록입니다.")),
        CloudOperation(
            name: "images.get", contractID: "get_image", evidence: .live, method: .get, path: "/v1/images/{image_id}",
            parameters: [
                .init(
                    "image_id", .identifier, in: .path, required: true,
                    help: LocalizedText("The image, e.g. PIMAGE-…", "이미지 ID, 예: PIMAGE-…"))
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read,
            absence: .invalidIdentifier, result: .single(.image),
            help: LocalizedText("One image.", "이미지 하나를 조회합니다.")),
    ]

    static let sshKeys: [CloudOperation] = [
        CloudOperation(
            name: "ssh_keys.list", contractID: "list_ssh_keys", evidence: .live, method: .get, path: "/v1/auth/ssh_key",
            parameters: [.init("name", .searchText, in: .query, help: .nameFilter)], body: .none, effect: .read,
            costsMoney: false, undo: .notNeeded, retry: .read, absence: .none, result: .rows(.sshKey),
            paging: Paging(defaultSize: 10, hasTotal: false),
            help: LocalizedText(
                "SSH keys of the account. They are made and removed in the web console only.",
                "계정의 SSH 키 목록입니다. 생성과 삭제는 웹 콘솔에서만 할 수 있습니다."))
    ]
}
