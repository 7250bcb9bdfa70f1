import Foundation

/// Where the tests find what Cargo built: `cargo xtask swift` says, and without it a debug build of this repository.
enum Places {
    static let bank = program("GUICHET_BANK", "bank")
    static let demo = program("GUICHET_DEMO", "demo")

    static func scenarios() throws -> [URL] {
        let folder = root.appendingPathComponent("tests/scenarios")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }

    private static let environment = ProcessInfo.processInfo.environment

    private static let root =
        environment["GUICHET_ROOT"].map { URL(fileURLWithPath: $0) }
        ?? URL(fileURLWithPath: "\(#filePath)/../../../../../..").standardizedFileURL

    private static func program(_ variable: String, _ name: String) -> URL {
        environment[variable].map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("target/debug/\(name)")
    }
}
