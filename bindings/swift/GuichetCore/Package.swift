// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The Rust core as a Swift module. On Apple's platforms it comes as an XCFramework, put into Frameworks/ by the app's build;
// elsewhere, and as long as there is none, as a library that the depending package's linker finds.
let framework = "Frameworks/GuichetCoreFFI.xcframework"
let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
let hasFramework = FileManager.default.fileExists(atPath: "\(here)/\(framework)")

let package = Package(
    name: "GuichetCore",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "GuichetCore", targets: ["GuichetCore"])],
    targets: [
        hasFramework
            ? .binaryTarget(name: "GuichetCoreFFI", path: framework)
            : .systemLibrary(name: "GuichetCoreFFI"),
        // Generated code is not written for Swift 6's checks.
        .target(
            name: "GuichetCore", dependencies: ["GuichetCoreFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)]),
    ]
)
