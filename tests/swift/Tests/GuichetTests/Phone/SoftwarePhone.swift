import COpenSSL
import Foundation
import GuichetCore

/// A phone without hardware: every port, kept in memory, so that an app can be started on it again.
final class SoftwarePhone: Sendable {
    let prompts: Prompts
    let store: MemoryStore
    let network = Network()
    private let deviceKey = SoftwareKey()
    private let approvalKey = SoftwareKey()

    init(prompts: Prompts) {
        self.prompts = prompts
        store = MemoryStore(prompts: prompts)
    }

    /// In the phone's settings: another finger is enrolled, which kills what the old one guarded.
    func enrolOtherBiometrics() {
        approvalKey.kill()
        store.killGuarded()
    }

    func ports() -> Phone {
        Phone(
            secureStore: store,
            deviceSigner: SoftwareDeviceSigner(deviceKey),
            approvalSigner: SoftwareApprovalSigner(approvalKey, prompts),
            clock: SystemClock(),
            entropy: OpenSSLEntropy(),
            connectivity: network)
    }
}

/// A network that is there or not, as told.
final class Network: Connectivity, @unchecked Sendable {
    private let lock = NSLock()
    private var online = true

    func set(online: Bool) {
        lock.withLock { self.online = online }
    }

    func isOnline() -> Bool {
        lock.withLock { online }
    }
}

private final class SoftwareDeviceSigner: DeviceSigner {
    private let key: SoftwareKey

    init(_ key: SoftwareKey) {
        self.key = key
    }

    func create() throws -> Data {
        try key.create()
    }

    func publicKey() -> Data? {
        key.publicPoint()
    }

    func sign(message: Data) throws -> Data {
        guard let signature = try key.sign(message) else { throw SignerFailure.NoKey }
        return signature
    }

    func destroyKey() {
        key.destroy()
    }
}

private final class SoftwareApprovalSigner: ApprovalSigner {
    private let key: SoftwareKey
    private let prompts: Prompts

    init(_ key: SoftwareKey, _ prompts: Prompts) {
        self.key = key
        self.prompts = prompts
    }

    func create() throws -> Data {
        try key.create()
    }

    func publicKey() -> Data? {
        key.publicPoint()
    }

    func ask(id: UInt64, reason: String, message: Data) {
        prompts.show(Prompt(kind: .approval, id: id, reason: reason) { [key] in try key.sign(message) })
    }

    func destroyKey() {
        key.destroy()
    }
}

private final class SystemClock: GuichetCore.Clock {
    func unixSeconds() -> Int64 {
        Int64(Date().timeIntervalSince1970)
    }

    func uptimeMillis() -> UInt64 {
        UInt64(ProcessInfo.processInfo.systemUptime * 1_000)
    }
}

private final class OpenSSLEntropy: Entropy {
    func bytes(count: UInt32) throws -> Data {
        var bytes = [UInt8](repeating: 0, count: Int(count))
        guard RAND_bytes(&bytes, Int32(bytes.count)) == 1 else { throw OpenSSLFailed() }
        return Data(bytes)
    }
}
