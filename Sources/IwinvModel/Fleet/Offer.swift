/// What the simulated provider offers: synthetic, but of the shapes and in about the numbers that were seen live.
///
/// Flavors are 33, so that their list comes in pages of 10, 10, 10 and 3 (CONTRACT 1.11).
enum Offer {
    static let seoul = Cloud.Zone(id: "kr1_z09", name: "KR1-Z09")
    static let beta = Cloud.Zone(id: "kr2-z01", name: "KR2-Z01 API Beta")
    static let zones = [seoul, beta]

    private static let both = zones.map(\.id)

    // MARK: Flavors

    static let small = general(2, memory: 2048, disk: 25)
    static let medium = general(4, memory: 8192, disk: 50)
    static let storage = storage(2, memory: 8)

    static let flavors: [Cloud.Flavor] = storages + generals + memories + graphics

    private static let storages: [Cloud.Flavor] = [
        storage, storage(2, memory: 4), storage(4, memory: 8), storage(4, memory: 16), storage(8, memory: 16),
        storage(8, memory: 32), storage(12, memory: 24), storage(12, memory: 48), storage(16, memory: 32),
        storage(16, memory: 64),
    ]

    private static let generals: [Cloud.Flavor] = [
        general(1, memory: 1024, disk: 25), small, medium, general(6, memory: 12_288, disk: 50),
        general(8, memory: 16_384, disk: 100), general(12, memory: 24_576, disk: 100),
        general(16, memory: 32_768, disk: 100), general(20, memory: 40_960, disk: 100),
        general(24, memory: 49_152, disk: 100), general(32, memory: 65_536, disk: 100),
    ]

    private static let memories: [Cloud.Flavor] = [2, 4, 6, 8, 12, 16, 24, 32].map { (vcpu: Int64) -> Cloud.Flavor in
        flavor("vmem_\(vcpu)_m", "GENERAL", vcpu, memory: vcpu * 8192, disk: 100, price: vcpu * 24_000)
    }

    private static let graphics: [Cloud.Flavor] = [(1, 4), (1, 8), (2, 16), (4, 32), (8, 64)].map {
        (gpus: Int64, vcpu: Int64) -> Cloud.Flavor in
        flavor(
            "vgpu_\(vcpu).\(gpus)_g", "GPU", vcpu, memory: vcpu * 8192, disk: 200, gpus: gpus, price: gpus * 900_000,
            images: ["os_linux"], zones: [seoul.id])
    }

    private static func general(_ vcpu: Int64, memory: Int64, disk: Int64) -> Cloud.Flavor {
        flavor("vgna_\(vcpu)_n", "GENERAL", vcpu, memory: memory, disk: disk, price: vcpu * 10_000)
    }

    private static func storage(_ vcpu: Int64, memory gigabytes: Int64) -> Cloud.Flavor {
        flavor(
            "soi_\(vcpu).\(gigabytes)_s", "STORAGE", vcpu, memory: gigabytes * 1024, disk: 200,
            price: gigabytes * 7500, images: ["os_linux"])
    }

    private static func flavor(
        _ id: String, _ type: String, _ vcpu: Int64, memory: Int64, disk: Int64, gpus: Int64 = 0, price: Int64,
        images: [String] = ["os_linux", "os_windows"], zones: [String] = both
    ) -> Cloud.Flavor {
        Cloud.Flavor(
            id: id, type: type, vcpu: vcpu, memory: memory, disk: disk, gpuCount: gpus, supportingImages: images,
            zones: zones, monthlyPrice: price)
    }

    // MARK: Volumes

    /// As seen live: no zones for ssd, one for sata (CONTRACT 3.7).
    static func volumeTypes(in zones: [Cloud.Zone]) -> [Cloud.VolumeType] {
        [
            .init(name: "ssd", smallest: 10, largest: 2000, zones: nil, monthlyPrice: 120),
            .init(name: "sata", smallest: 10, largest: 20_000, zones: zones.prefix(1).map(\.id), monthlyPrice: 60),
        ]
    }

    // MARK: Images

    static let rocky = image(
        "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "rocky", "Rocky Linux release 9.0 (Blue Onyx)", "ROCKYLINUX", "9.X",
        oid: "0e46f055-b19b-4ae2-bcdb-ca34f79058f4",
        content: [
            "[NEW]*EOL 2032 05.31", "Kernel : 5.14.0-362.18.1.el9_3.x86_64", "[ 주의 사항 ] 패키지 삭제 금지",
        ])
    static let ubuntu = image(
        "PIMAGE-2Qpt4T9WbKYr4xhD9d5CNj", "ubuntu", "Ubuntu 24.04 LTS", "UBUNTU", "24.04",
        oid: "5a0f3c1e-6d2b-4c57-9e8a-1b7d4f20c3a1")
    static let windows = image(
        "PIMAGE-3Rqu5UAXcLZs5yiEAe6DOk", "windows", "Windows Server 2022 Standard", "WINDOWS", "2022",
        oid: "7c9d2b4f-83e1-4a06-b5d7-2e6f10a9c8b4", type: "os_windows")

    static let images: [Cloud.Image] = [
        rocky, ubuntu,
        image(
            "PIMAGE-4Srv6VBYdMat6zjFBf7EPl", "ubuntu", "Ubuntu 22.04 LTS", "UBUNTU", "22.04",
            oid: "1f6e8d3a-0b5c-4927-8a4d-9c3e7f51b260"),
        image(
            "PIMAGE-5Tsw7WCZeNbu7AkGCg8FQm", "debian", "Debian GNU/Linux 12 (bookworm)", "DEBIAN", "12.X",
            oid: "b2a7c4d9-5e10-4f83-9b6c-0d8e2a7f4163"),
        image(
            "PIMAGE-6Utx8XDafOcv8BlHDh9GRn", "alma", "AlmaLinux 9.4 (Seafoam Ocelot)", "ALMALINUX", "9.X",
            oid: "e4d1f8b6-2c37-4d95-a0b8-6f9c3e52d704", zones: [beta.id]),
        image(
            "PIMAGE-7Vuy9YEbgPdw9CmIEiAHSo", "oracle", "Oracle Linux Server 9.3", "ORACLELINUX", "9.X",
            oid: "93c5a0e7-4b18-4e62-8d7f-a1b6c2d40f85", zones: [seoul.id]),
        windows,
        Cloud.Image(
            id: "IMAGE-8WvzAZFchQexADnJFjBITp", name: "골든-이미지-web", visibility: "private", family: "rocky", os: nil,
            imageType: "os_linux", zones: [seoul.id]),
    ]

    private static func image(
        _ id: String, _ family: String, _ name: String, _ osType: String, _ version: String, oid: String,
        content: [String] = [], type: String = "os_linux", zones: [String] = both
    ) -> Cloud.Image {
        Cloud.Image(
            id: id, name: nil, visibility: "public", family: family,
            os: .init(name: name, osType: osType, version: version, oid: oid, content: content), imageType: type,
            zones: zones)
    }
}
