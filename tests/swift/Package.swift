// swift-tools-version: 6.0
import Foundation
import PackageDescription

// Where Cargo has built the core: `cargo xtask swift` says; without it, a debug build of this repository.
let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
let library = ProcessInfo.processInfo.environment["GUICHET_LIBRARY_DIR"] ?? "\(here)/../../target/debug"

// On Linux OpenSSL's headers lie where the compiler looks by itself.
#if os(Linux)
let openSSL: Target = .systemLibrary(name: "COpenSSL")
#else
let openSSL: Target = .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.brew(["openssl@3"])])
#endif

let package = Package(
    name: "GuichetSwiftTests",
    platforms: [.macOS(.v14)],
    dependencies: [.package(path: "../../bindings/swift/GuichetCore")],
    targets: [
        openSSL,
        .testTarget(
            name: "GuichetTests",
            dependencies: ["COpenSSL", "GuichetCore"],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .unsafeFlags(["-warnings-as-errors"]),
            ],
            linkerSettings: [.unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library])]
        ),
    ]
)
