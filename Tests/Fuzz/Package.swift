// swift-tools-version: 6.2
import PackageDescription

// The rooms that read what nobody is to be trusted with, without the cloud's client and its libraries: built again with
// sanitizers and with the counters of libFuzzer in minutes, where the whole package takes a quarter of an hour.
// `Sources` and `Tests` are links to the folders of the main package; the rooms' places in it are told in its manifest.
let package = Package(
    name: "iwlua-fuzz",
    targets: [
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp"),
        .target(name: "CLuaFence", dependencies: ["CLua"]),
        .target(name: "TextGuard"),
        .target(name: "LuaMachine", dependencies: ["CLuaFence", "TextGuard"]),
        .target(name: "CSpawn"),
        .target(name: "WorkerProtocol", dependencies: ["CLuaFence", "LuaMachine", "TextGuard"]),
        .target(name: "LuaRuntime", dependencies: ["CSpawn", "LuaMachine", "WorkerProtocol"]),
        .target(name: "CJail", dependencies: ["CSeccomp"]),
        .executableTarget(name: "iwlua-worker", dependencies: ["CJail", "LuaMachine", "WorkerProtocol"]),
        .target(name: "Clocks", dependencies: ["TextGuard"]),
        .target(name: "IwinvCatalog"),
        .target(name: "IwinvWire", dependencies: ["Clocks", "IwinvCatalog", "TextGuard", "CCrypto"]),
        // Of these three only what a script and its header are read with.
        .target(name: "Gate", dependencies: ["IwinvCatalog"], path: "Grant"),
        .target(name: "RunStore", path: "Owner"),
        .target(
            name: "ScriptHost", dependencies: ["Clocks", "Gate", "IwinvCatalog", "IwinvWire", "RunStore"],
            path: "Sources/ScriptHost/Script"),

        .testTarget(name: "LuaMachineTests", dependencies: ["LuaMachine"]),
        .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaMachine", "LuaRuntime", "iwlua-worker"]),
        .testTarget(name: "HostileTests", dependencies: ["LuaMachine", "LuaProbe", "LuaRuntime"]),
        .executableTarget(name: "LuaProbe", dependencies: ["LuaRuntime"], path: "Tests/LuaProbe"),
        .testTarget(
            name: "LuaLanguageTests", dependencies: ["CLuaFence", "LuaMachine", "LuaRuntime"], exclude: ["Programs"]),
        .testTarget(name: "WorkerProtocolTests", dependencies: ["LuaMachine", "WorkerProtocol"]),
        .executableTarget(name: "WorkerProbe", dependencies: ["CJail"], path: "Tests/WorkerProbe"),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "CSpawn", "LuaRuntime", "WorkerLies", "WorkerProbe", "WorkerProtocol", "iwlua-worker",
            ]),
        // A program that plays the worker and says what a test has written down, and the way to write it down.
        .executableTarget(name: "WorkerLiar", path: "Tests/WorkerLiar"),
        .target(
            name: "WorkerLies", dependencies: ["LuaRuntime", "WorkerLiar", "WorkerProtocol"], path: "Tests/WorkerLies"),
    ],
    swiftLanguageModes: [.v6]
)

// Its linker needs libFuzzer, which `scripts/fuzz` hands it.
if Context.environment["IWLUA_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["CFuzzer", "LuaRuntime", "ScriptHost", "WorkerProtocol"], path: "Fuzz"),
    ]
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
