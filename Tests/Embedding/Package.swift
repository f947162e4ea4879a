// swift-tools-version: 6.2
import PackageDescription

// A program that embeds the host, as its author would write it: from another package, through the products.
let package = Package(
    name: "embedding",
    dependencies: [.package(name: "iwlua", path: "../..")],
    targets: [
        .executableTarget(
            name: "embedding",
            dependencies: [
                .product(name: "RunEngine", package: "iwlua"),
                .product(name: "IwinvClient", package: "iwlua"),
                .product(name: "IwinvTesting", package: "iwlua"),
                // The jailed process that runs scripts: built with the program, beside it.
                .product(name: "iwlua-worker", package: "iwlua"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
