// Servers (CONTRACT 3.4, 3.5, 3.6).

extension Catalog {
    /// instance_id, name, description, status, zone, flavor and image: all that is useful and not secret (CONTRACT 1.12).
    static let safeInstanceFields: Int64 = 3599

    static let instances: [CloudOperation] = instanceReads + instanceWrites + instancePower

    private static let instanceReads: [CloudOperation] = [
        CloudOperation(
            name: "instances.list", contractID: "list_instances", evidence: .live, method: .get, path: "/v1/instances",
            parameters: [
                .init(
                    "status", .choice(["pending", "active", "error", "work", "off"], isOpen: false), in: .query,
                    help: LocalizedText("Only servers in this state", "이 상태의 서버만")),
                .init(
                    "ip", .searchText, in: .query,
                    help: LocalizedText(
                        "Address or CIDR, public or private; several separated by commas",
                        "공인 또는 사설 IP 주소나 CIDR, 쉼표로 여러 개")),
                .init("name", .searchText, in: .query, help: .nameFilter),
                .init("zone_id", .identifierList, in: .query, help: .zoneFilter),
                .init("image_id", .identifierList, in: .query, help: .imageFilter),
                .init("type", .choice(["STORAGE", "GENERAL", "GPU"], isOpen: true), in: .query, help: .flavorType),
                .init(
                    "core_type", .choice([], isOpen: true), in: .query,
                    help: LocalizedText("Core type; its values are not documented", "코어 종류(값은 문서에 없음)")),
            ] + Parameter.sizeFilters + [.fields],
            body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.instance), paging: Paging(defaultSize: 10, hasTotal: false),
            defaultFields: safeInstanceFields,
            help: LocalizedText(
                "Servers in API-enabled zones. A server that is missing here may exist in another zone.",
                "API를 지원하는 존의 서버 목록입니다. 여기에 없어도 다른 존에 있을 수 있습니다.")),
        CloudOperation(
            name: "instances.get", contractID: "get_instance", evidence: .documented, method: .get,
            path: "/v1/instances/{instance_id}",
            parameters: [.instance, .fields], body: .none, effect: .read, costsMoney: false, undo: .notNeeded,
            retry: .read, absence: .invalidIdentifier, result: .single(.instance), defaultFields: safeInstanceFields,
            help: LocalizedText("One server.", "서버 하나를 조회합니다.")),
        CloudOperation(
            name: "instances.user_scripts", contractID: "list_user_scripts", evidence: .request, method: .get,
            path: "/v1/instance/script",
            parameters: [
                .init("name", .searchText, in: .query, help: .nameFilter),
                .init(
                    "missing_is_empty", .flag, in: .client,
                    help: LocalizedText("Take a 404 for an empty list", "404를 빈 목록으로 처리")),
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .notFound,
            result: .rows(.userScript),
            paging: Paging(defaultSize: 10, hasTotal: false),
            help: LocalizedText(
                "Start-up scripts of the account (the cloud may answer 404 when there are none).",
                "계정의 사용자 스크립트 목록입니다(없으면 404가 올 수 있습니다).")),
        CloudOperation(
            name: "instances.console", contractID: "get_remote_console", evidence: .request, method: .get,
            path: "/v1/instances/{instance_id}/remote-console", parameters: [.instance], body: .none, effect: .secret,
            costsMoney: false, undo: .notNeeded, retry: .read, absence: .invalidIdentifier,
            result: .single(.remoteConsole),
            help: LocalizedText("A link to the server's screen. The link is a secret.", "서버 화면 링크입니다. 링크는 비밀입니다.")),
    ]

    private static let instanceWrites: [CloudOperation] = [
        CloudOperation(
            name: "instances.create", contractID: "create_instance", evidence: .documented, method: .post,
            path: "/v1/instances",
            parameters: [
                .init(
                    "zone_id", .identifier, in: .body, required: true,
                    help: LocalizedText("Zone, from zones.list", "존 ID")),
                .init(
                    "image_id", .identifier, in: .body, required: true,
                    help: LocalizedText("Image, from images.list", "이미지 ID")),
                .init(
                    "flavor_id", .identifier, in: .body, required: true,
                    help: LocalizedText("Flavor, from flavors.list", "사양 ID")),
                .instanceName, .description,
                .init(
                    "count", .integer(1...10), in: .body,
                    help: LocalizedText("How many servers; 1 if not given", "서버 수(기본 1)")),
                .init(
                    "ssh_key_id", .identifierList, in: .body,
                    help: LocalizedText("SSH keys; without one a password is set", "SSH 키(없으면 비밀번호 사용)")),
                .init(
                    "user_script_id", .identifier, in: .body,
                    help: LocalizedText("Start-up script, from instances.user_scripts", "사용자 스크립트 ID")),
                .init(
                    "block_storage",
                    .records(
                        [
                            .init(
                                "size", .multiple(of: 10, in: 10...20000), in: .body, required: true, unit: "GB",
                                help: LocalizedText("Size, a multiple of 10", "크기(10의 배수)")),
                            .init(
                                "name", .text(length: 4...32, characters: .resourceName), in: .body,
                                percentEncoded: true, help: LocalizedText("Name", "이름")),
                        ], count: 1...3), in: .body,
                    help: LocalizedText("Volumes to make with the server", "함께 만들 블록 스토리지")),
            ], body: .multipart, effect: .create, costsMoney: true, undo: .by("instances.delete"), retry: .once,
            absence: .none, result: .rows(.createdInstance),
            witness: Witness("instances.list", shows: .newRow(["name"])),
            help: LocalizedText("Makes servers. They cost money from now on.", "서버를 만듭니다. 바로 과금됩니다.")),
        CloudOperation(
            name: "instances.edit", contractID: "edit_instance", evidence: .documented, method: .put,
            path: "/v1/instances/{instance_id}",
            parameters: [.instance, .instanceName, .description, .fields], body: .multipart, effect: .edit,
            costsMoney: false, undo: .restoring, retry: .once, absence: .invalidIdentifier, result: .single(.instance),
            defaultFields: safeInstanceFields, witness: Witness("instances.get", shows: .fields),
            help: LocalizedText("Changes a server's name or description.", "서버의 이름이나 설명을 바꿉니다.")),
        CloudOperation(
            name: "instances.delete", contractID: "delete_instance", evidence: .documented, method: .delete,
            path: "/v1/instances/{instance_id}", parameters: [.instance], body: .none, effect: .destroy,
            costsMoney: false, undo: .impossible, retry: .once, absence: .invalidIdentifier,
            result: .acknowledgement(.deletedInstance),
            // One absence proves nothing, so a deletion is never seen to end; `deleting` shows that it began.
            endStates: [], witness: Witness("instances.get", shows: .absence),
            help: LocalizedText(
                "Deletes a server for good. Its volumes are kept and stay charged.",
                "서버를 영구 삭제합니다. 블록 스토리지는 남고 계속 과금됩니다.")),
    ]

    private static let instancePower: [CloudOperation] = [
        power(
            "start", .power, undo: .by("instances.shutdown"), endStates: ["active"], shows: .state,
            LocalizedText("Switches a server on.", "서버를 켭니다.")),
        power(
            "shutdown", .power, undo: .by("instances.start"), endStates: ["off"], shows: .state,
            LocalizedText(
                "Cuts a server's power, as the physical switch would: shut down inside it first. The fee continues.",
                "전원을 차단합니다(물리 스위치와 같음). 먼저 서버 안에서 종료하세요. 요금은 계속 부과됩니다.")),
        power(
            "reboot", .power, undo: .notNeeded, endStates: ["active"],
            LocalizedText("Restarts a server.", "서버를 재부팅합니다.")),
        power(
            "rebuild", .destroy, undo: .impossible, body: .multipart,
            parameters: [
                .init(
                    "image_id", .identifier, in: .body,
                    help: LocalizedText("New image; the current one if not given", "새 이미지(기본: 현재 이미지)"))
            ], endStates: ["active"],
            LocalizedText(
                "Installs a server anew. Everything on its system disk is lost.", "서버를 재설치합니다. 시스템 디스크의 데이터가 모두 사라집니다.")
        ),
        power(
            "resize", .create, costsMoney: true, undo: .restoring, body: .multipart,
            parameters: [
                .init(
                    "flavor_id", .identifier, in: .body, required: true,
                    help: LocalizedText("New flavor", "새 사양"))
            ], endStates: ["active", "off"], shows: .fields,
            LocalizedText("Changes a server's size and price.", "서버 사양과 가격을 바꿉니다.")),
    ]

    private static func power(
        _ verb: String, _ effect: Effect, costsMoney: Bool = false, undo: Undo, body: BodyEncoding = .none,
        parameters: [Parameter] = [], endStates: Set<String>, shows sign: Witness.Sign = .status,
        _ help: LocalizedText
    ) -> CloudOperation {
        CloudOperation(
            name: OperationName(resource: "instances", verb: verb), contractID: "\(verb)_instance", evidence: .request,
            method: .post,
            path: PathTemplate(stringLiteral: "/v1/instances/{instance_id}/\(verb)"),
            parameters: [.instance] + parameters, body: body, effect: effect, costsMoney: costsMoney, undo: undo,
            retry: .once, absence: .invalidIdentifier, result: .acknowledgement(.instanceStatus), endStates: endStates,
            witness: Witness("instances.get", shows: sign), help: help)
    }
}
