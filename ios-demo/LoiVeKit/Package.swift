// swift-tools-version: 6.0

import PackageDescription

// The generated bindings: a package of its own, made by `cargo xtask bindings`.
let bindings = Context.environment["LOIVE_BINDINGS"] ?? "../../target/bindings"

let package = Package(
    name: "LoiVeKit",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "LoiVeKit", targets: ["LoiVeKit"])],
    dependencies: [.package(name: "LoiVe", path: "\(bindings)/swift")],
    targets: [
        .target(name: "LoiVeKit", dependencies: [.product(name: "LoiVe", package: "LoiVe")]),
        // Started by the tests: another process with the same store.
        .executableTarget(
            name: "phone-process", dependencies: [.product(name: "LoiVe", package: "LoiVe")],
            path: "Sources/PhoneProcess"),
        .testTarget(name: "LoiVeKitTests", dependencies: ["LoiVeKit", "phone-process"]),
    ],
    swiftLanguageModes: [.v6]
)
