import Foundation

/// A program in a process of its own, with its output.
final class Program {
    private let process = Process()
    private let output = Pipe()

    /// Starts it. A thread that tests run on blocks signals, and its children would inherit that: none could be asked to end.
    init(_ file: URL, _ arguments: [String]) throws {
        process.executableURL = file
        process.arguments = arguments
        process.standardOutput = output
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// Up to a line's end, or the end of all.
    func line() -> Data {
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
            line.append(byte)
        }
        return line
    }

    /// All it says until it ends by itself; nothing if it ends badly.
    func outcome() -> String? {
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: said, as: UTF8.self) : nil
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
