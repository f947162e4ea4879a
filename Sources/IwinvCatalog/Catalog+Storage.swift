// Block storage (CONTRACT 3.7).

extension Catalog {
    /// The types that were seen live; the list of types may know more.
    private static let volumeTypes = ParameterType.choice(["ssd", "sata"], isOpen: true)

    static let storage: [CloudOperation] = [
        CloudOperation(
            name: "storage.types", contractID: "list_block_storage_types", evidence: .live, method: .get,
            path: "/v1/block-storages/types", parameters: [.init("type", volumeTypes, in: .query, help: .volumeType)],
            body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.volumeType),
            help: LocalizedText(
                "Kinds of volume with their smallest and largest size.", "블록 스토리지 종류와 최소·최대 크기입니다.")),
        CloudOperation(
            name: "storage.list", contractID: "list_block_storages", evidence: .request, method: .get,
            path: "/v1/block-storages",
            parameters: [
                .init("zone_id", .identifier, in: .query, help: .zoneFilter),
                .init("name", .searchText, in: .query, help: .nameFilter),
                .init("type", volumeTypes, in: .query, help: .volumeType),
            ], body: .none, effect: .read, costsMoney: false, undo: .notNeeded, retry: .read, absence: .none,
            result: .rows(.volume),
            help: LocalizedText(
                "Volumes. One that is missing here may exist all the same.", "블록 스토리지 목록입니다. 여기에 없어도 존재할 수 있습니다.")),
        CloudOperation(
            name: "storage.get", contractID: "get_block_storage", evidence: .request, method: .get,
            path: "/v1/block-storages/{block_storage_id}", parameters: [.volume], body: .none, effect: .read,
            costsMoney: false, undo: .notNeeded, retry: .read, absence: .invalidIdentifier, result: .single(.volume),
            help: LocalizedText("One volume.", "블록 스토리지 하나를 조회합니다.")),
        CloudOperation(
            name: "storage.create", contractID: "create_block_storage", evidence: .request, method: .post,
            path: "/v1/block-storages",
            parameters: [
                .init(
                    "instance_id", .identifier, in: .body, required: true,
                    help: LocalizedText("The server it is made for and attached to", "연결할 서버 ID")),
                .init("type", volumeTypes, in: .body, required: true, help: .volumeType),
                .init(
                    "size", .multiple(of: 10, in: 10...20000), in: .body, required: true, unit: "GB",
                    help: LocalizedText(
                        "Size, a multiple of 10 within the type's limits", "크기(10의 배수, 종류별 한도 이내)")),
                .instanceName, .description,
            ], body: .multipart, effect: .create, costsMoney: true, undo: .by("storage.delete"), retry: .once,
            absence: .none, result: .acknowledgement(.volume),
            witness: Witness("storage.list", shows: .newRow(["name", "instance_id", "size"])),
            liveChecks: [.volumeSize, .volumeLimit],
            help: LocalizedText(
                "Makes a volume and attaches it. It costs money from now on.", "블록 스토리지를 만들어 연결합니다. 바로 과금됩니다.")),
        CloudOperation(
            name: "storage.delete", contractID: "delete_block_storage", evidence: .request, method: .delete,
            path: "/v1/block-storages/{block_storage_id}", parameters: [.volume], body: .none, effect: .destroy,
            costsMoney: false, undo: .impossible, retry: .once, absence: .invalidIdentifier,
            result: .acknowledgement(.volumeReply), endStates: [],
            witness: Witness("storage.get", shows: .absence),
            help: LocalizedText(
                "Deletes a volume and all its data for good. Detach it first.",
                "블록 스토리지와 데이터를 영구 삭제합니다. 먼저 분리하세요.")),
        CloudOperation(
            name: "storage.attach", contractID: "attach_block_storage", evidence: .request, method: .post,
            path: "/v1/block-storages/{block_storage_id}/attach/{instance_id}", parameters: [.volume, .instance],
            body: .none, effect: .edit, costsMoney: false, undo: .by("storage.detach"), retry: .once,
            absence: .invalidIdentifier, result: .acknowledgement(.volumeReply), endStates: ["active"],
            witness: Witness("storage.get", shows: .argument("instance_id")), liveChecks: [.volumeLimit],
            partner: "instance_id",
            help: LocalizedText("Attaches a volume to a server.", "블록 스토리지를 서버에 연결합니다.")),
        CloudOperation(
            name: "storage.detach", contractID: "detach_block_storage", evidence: .request, method: .post,
            path: "/v1/block-storages/{block_storage_id}/detach", parameters: [.volume], body: .none, effect: .edit,
            costsMoney: false, undo: .by("storage.attach"), retry: .once, absence: .invalidIdentifier,
            result: .acknowledgement(.volumeReply), endStates: ["off"],
            witness: Witness("storage.get", shows: .cleared("instance_id")),
            help: LocalizedText(
                "Detaches a volume: unmount it inside the server first. It stays charged.",
                "블록 스토리지를 분리합니다. 먼저 서버 안에서 마운트를 해제하세요. 계속 과금됩니다.")),
    ]
}

extension Parameter {
    fileprivate static let volume = Parameter(
        "block_storage_id", .identifier, in: .path, required: true,
        help: LocalizedText("The volume, BLOCK-…", "블록 스토리지 ID, BLOCK-…"))
}

extension LocalizedText {
    fileprivate static let volumeType = LocalizedText("Kind of volume", "블록 스토리지 종류")
}
