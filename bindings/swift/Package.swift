// swift-tools-version: 6.0
//
// `cargo xtask bindings` copies this beside the sources that it generated. Where an
// `LoiVeFFI.xcframework` lies here too (only a Mac can make one), that is linked;
// on Linux `libloive` is, from the folder that the linker is told of.

import Foundation
import PackageDescription

let framework = "LoiVeFFI.xcframework"
let hasFramework = FileManager.default.fileExists(
    atPath: "\(Context.packageDirectory)/\(framework)")

let package = Package(
    name: "LoiVe",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "LoiVe", targets: ["LoiVe"])],
    targets: [
        hasFramework
            ? .binaryTarget(name: "LoiVeFFI", path: framework)
            : .systemLibrary(name: "LoiVeFFI"),
        .target(
            name: "LoiVe", dependencies: ["LoiVeFFI"],
            linkerSettings: [.linkedLibrary("loive", .when(platforms: [.linux]))]),
    ],
    swiftLanguageModes: [.v6]
)
