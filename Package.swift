// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house; imports point up this list only (README, "The map").
let package = Package(
    name: "iwlua",
    products: [
        .executable(name: "iwlua", targets: ["iwlua"]),
        // The jailed process that runs a script; it lies beside the program that starts it.
        .executable(name: "iwlua-worker", targets: ["iwlua-worker"]),
        // Run scripts against the cloud from your own program.
        .library(name: "ScriptHost", targets: ["ScriptHost", "Gate", "Clocks", "IwinvCatalog"]),
        // Runs, plans, applies, takes back and resumes, with one policy; what the command line is made of.
        .library(
            name: "RunEngine", targets: ["RunEngine", "ScriptHost", "Gate", "RunStore", "Clocks", "IwinvCatalog"]),
        // Only the Lua runtime; needs nothing but the system's liblua5.4.
        .library(name: "LuaRuntime", targets: ["LuaRuntime"]),
        // Only the client.
        .library(name: "IwinvClient", targets: ["IwinvClient", "IwinvCatalog", "IwinvWire", "Clocks"]),
        // A simulated cloud and a virtual clock for your tests.
        .library(name: "IwinvTesting", targets: ["IwinvTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Only tests: their servers speak TLS.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries. OpenSSL's libcrypto signs; a Swift package for it would compile BoringSSL a second time.
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),

        // Lua
        // Texts that would take time out of proportion. No Foundation: the worker has it, too.
        .target(name: "TextGuard"),
        .target(name: "CLuaFence", dependencies: ["CLua"]),
        .target(name: "LuaMachine", dependencies: ["CLuaFence", "TextGuard"]),
        .target(name: "CSpawn"),
        .target(name: "WorkerProtocol", dependencies: ["CLuaFence", "LuaMachine", "TextGuard"]),
        .target(name: "LuaRuntime", dependencies: ["CSpawn", "LuaMachine", "WorkerProtocol"]),
        // The jail is the worker's alone, so that an embedder's program does not link libseccomp.
        .target(name: "CJail", dependencies: ["CSeccomp"]),
        .executableTarget(name: "iwlua-worker", dependencies: ["CJail", "LuaMachine", "WorkerProtocol"]),
        // A parser of the language with positions, for tools; liblua gives no tree.
        .target(name: "LuaSyntax"),

        // The cloud
        .target(name: "Clocks", dependencies: ["TextGuard"]),
        .target(name: "IwinvCatalog"),
        .target(name: "IwinvWire", dependencies: ["Clocks", "IwinvCatalog", "TextGuard", "CCrypto"]),
        .target(name: "IwinvModel", dependencies: ["Clocks", "IwinvCatalog"]),
        // The system's libcurl, loaded for the first request and not linked: a program that sends none starts without it.
        .target(name: "CCurl"),
        .target(name: "IwinvClient", dependencies: ["CCrypto", "CCurl", "Clocks", "IwinvCatalog", "IwinvWire"]),
        .target(
            name: "IwinvSimulator",
            dependencies: [
                "Clocks", "IwinvCatalog", "IwinvModel", "IwinvWire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),

        // What outlives a process, in SQLite; needs the system's libsqlite3.
        .target(
            name: "RunStore",
            dependencies: ["Clocks", "IwinvCatalog", "IwinvWire", .product(name: "GRDB", package: "GRDB.swift")]),

        // Scripts
        .target(
            name: "Gate",
            dependencies: ["Clocks", "IwinvCatalog", "IwinvClient", "IwinvModel", "IwinvWire", "RunStore"]),
        .target(
            name: "ScriptHost",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvWire", "LuaRuntime", "RunStore", "TextGuard",
            ]),
        // Whatever starts a run goes through it: sessions, policies, limits; run, plan, apply, undo, resume.
        .target(
            name: "RunEngine",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvWire", "LuaRuntime", "RunStore", "ScriptHost",
            ]),
        // When scripts run without anybody who starts them.
        .target(name: "Scheduler", dependencies: ["Clocks", "IwinvCatalog", "RunStore"]),
        // The daemon's pages.
        .target(
            name: "DaemonWeb",
            dependencies: [
                "Clocks", "IwinvCatalog", "IwinvWire", "RunStore", "Scheduler",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .target(
            name: "IwinvTesting", dependencies: ["Clocks", "IwinvClient", "IwinvModel", "IwinvSimulator", "IwinvWire"]),
        // A line editor for terminals; knows nothing of Lua or the cloud.
        .target(name: "LineEditor", dependencies: ["Clocks"]),
        // Edits of a YAML file that a person keeps; knows nothing of what is set there.
        .target(name: "SettingsEditing", dependencies: [.product(name: "Yams", package: "Yams")]),
        // What authors of scripts use: checks, tests, types, the reference, and new scripts.
        .target(
            name: "ScriptTools",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvModel", "IwinvSimulator", "IwinvTesting",
                "IwinvWire", "LuaRuntime", "LuaSyntax", "RunStore", "ScriptHost",
            ]),
        .executableTarget(
            name: "iwlua",
            dependencies: [
                "CSpawn", "Clocks", "DaemonWeb", "Gate", "IwinvCatalog", "IwinvClient", "IwinvModel",
                "IwinvSimulator", "IwinvWire", "LineEditor", "LuaRuntime", "LuaSyntax", "RunEngine", "RunStore",
                "Scheduler",
                "ScriptHost", "ScriptTools", "SettingsEditing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "iwlua-bench",
            dependencies: [
                "CCurl", "CLuaFence", "Clocks", "IwinvCatalog", "IwinvClient", "IwinvModel", "IwinvSimulator",
                "IwinvWire", "LuaRuntime", "RunStore",
            ]),

        // Tests; those of the command line run the built binary.
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvModel", "IwinvSimulator", "IwinvWire",
                "RunStore",
                "Scheduler", "TestSupport",
                "iwlua",
                "iwlua-worker",
                "WorkerProbe",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "TestSupport",
            dependencies: [
                "IwinvCatalog", "IwinvWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], path: "Tests/TestSupport", resources: [.copy("examples"), .copy("encoded"), .copy("tls")]),
        .testTarget(
            name: "DaemonWebTests",
            dependencies: [
                "Clocks", "DaemonWeb", "IwinvCatalog", "RunStore", "Scheduler",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .testTarget(name: "IwinvWireTests", dependencies: ["Clocks", "IwinvCatalog", "IwinvWire", "TestSupport"]),
        .testTarget(
            name: "IwinvClientTests",
            dependencies: ["CCurl", "Clocks", "IwinvCatalog", "IwinvClient", "IwinvWire", "TestSupport"]),
        .testTarget(name: "LuaMachineTests", dependencies: ["LuaMachine"]),
        .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaMachine", "LuaRuntime", "iwlua-worker"]),
        // Adversarial scripts are in Tests/Hostile, the language's own tests in Tests/Official.
        .testTarget(name: "HostileTests", dependencies: ["LuaMachine", "LuaProbe", "LuaRuntime"]),
        // A process that runs a script without a jail, for the tests of faults that would end it.
        .executableTarget(name: "LuaProbe", dependencies: ["LuaRuntime"], path: "Tests/LuaProbe"),
        .testTarget(
            name: "LuaLanguageTests", dependencies: ["CLuaFence", "LuaMachine", "LuaRuntime"], exclude: ["Programs"]),
        .testTarget(name: "LuaSyntaxTests", dependencies: ["LuaMachine", "LuaSyntax"]),
        .testTarget(name: "WorkerProtocolTests", dependencies: ["LuaMachine", "WorkerProtocol"]),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "CSpawn", "LuaRuntime", "WorkerLies", "WorkerProbe", "WorkerProtocol", "iwlua-worker",
            ]),
        // A program that plays the worker and says what a test has written down, and the way to write it down.
        .executableTarget(name: "WorkerLiar", path: "Tests/WorkerLiar"),
        .target(
            name: "WorkerLies", dependencies: ["LuaRuntime", "WorkerLiar", "WorkerProtocol"], path: "Tests/WorkerLies"),
        .executableTarget(
            name: "WorkerBench", dependencies: ["LuaRuntime", "iwlua-worker"], path: "Tests/WorkerBench"),
        // A program that tries to get out of the jail.
        .executableTarget(name: "WorkerProbe", dependencies: ["CJail"], path: "Tests/WorkerProbe"),
        .testTarget(name: "IwinvModelTests", dependencies: ["Clocks", "IwinvCatalog", "IwinvModel"]),
        .testTarget(
            name: "IwinvSimulatorTests",
            dependencies: [
                "Clocks", "IwinvCatalog", "IwinvModel", "IwinvSimulator", "IwinvTesting", "IwinvWire", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(name: "ClocksTests", dependencies: ["Clocks", "TextGuard"]),
        .testTarget(name: "LineEditorTests", dependencies: ["LineEditor", "LineEditorProbe", "TestSupport"]),
        .testTarget(
            name: "SettingsEditingTests",
            dependencies: ["SettingsEditing", "TestSupport", .product(name: "Yams", package: "Yams")]),
        // A program that reads lines with the editor, for the tests that sit at its terminal.
        .executableTarget(name: "LineEditorProbe", dependencies: ["LineEditor"], path: "Tests/LineEditorProbe"),
        .testTarget(name: "IwinvCatalogTests", dependencies: ["IwinvCatalog"]),
        .testTarget(
            name: "GateTests",
            dependencies: [
                "BudgetProbe", "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvSimulator", "IwinvTesting",
                "IwinvWire", "RunStore",
            ]),
        // A process that takes its share of a budget, for the tests of many processes.
        .executableTarget(
            name: "BudgetProbe", dependencies: ["Clocks", "Gate", "IwinvClient"], path: "Tests/BudgetProbe"),
        .testTarget(
            name: "RunStoreTests",
            dependencies: [
                "Clocks", "IwinvCatalog", "IwinvWire", "JournalProbe", "RunStore", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], resources: [.copy("schemas")]),
        // A process that keeps a journal until it is killed.
        .executableTarget(
            name: "JournalProbe", dependencies: ["Clocks", "IwinvCatalog", "RunStore"], path: "Tests/JournalProbe"),
        .testTarget(
            name: "SchedulerTests",
            dependencies: ["Clocks", "IwinvCatalog", "RunStore", "Scheduler", "TestSupport"],
            exclude: ["instants.py"]),
        .testTarget(
            name: "ScriptHostTests",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvModel", "IwinvSimulator", "IwinvTesting",
                "IwinvWire", "LuaRuntime", "ScriptHost", "TestSupport", "WorkerLies", "WorkerProtocol",
            ]),
        .testTarget(
            name: "RunEngineTests",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvSimulator", "IwinvTesting", "LuaRuntime",
                "RunEngine",
                "RunStore", "ScriptHost", "iwlua-worker",
            ]),
        .testTarget(
            name: "ScriptToolsTests",
            dependencies: [
                "Clocks", "Gate", "IwinvCatalog", "IwinvClient", "IwinvTesting", "IwinvWire", "LuaRuntime", "LuaSyntax",
                "RunStore", "ScriptHost", "ScriptTools",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
