import Foundation
import GuichetCore
import Testing

/// What a shell gets wrong: the core refuses or carries on, and never repeats what the platform said.
@Suite(.timeLimit(.minutes(5))) struct PortsTests {
    private let bank: SandboxBank
    private let phone = SoftwarePhone(prompts: Prompts {})
    private let folder: URL

    init() throws {
        bank = try SandboxBank()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("guichet-swift-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func start(profile: String? = nil, ports: Phone? = nil) throws -> GuichetApp {
        let config = AppConfig(folder: folder.path, language: .en, deviceName: PrivateText("Test"), platform: .other)
        return try GuichetApp.start(
            bankProfile: try profile ?? bank.profile(), config: config, phone: ports ?? phone.ports())
    }

    @Test func aBankProfileThatIsNoneIsRefused() throws {
        let good = try bank.profile()
        let bad = ["", "{}", good.replacingOccurrences(of: "P-256", with: "P-384")]
        for profile in bad {
            #expect(throws: StartRefusal.BadProfile) { try start(profile: profile) }
        }
    }

    @Test("invariant 07 silent: an error out of a port loses its text on the way")
    func anErrorLosesItsText() throws {
        let ports = phone.ports()
        let broken = Phone(
            secureStore: BrokenStore(), deviceSigner: ports.deviceSigner, approvalSigner: ports.approvalSigner,
            clock: ports.clock, entropy: ports.entropy, connectivity: ports.connectivity)
        do {
            _ = try start(ports: broken)
            Issue.record("a broken store was good enough")
        } catch {
            #expect(error as? StartRefusal == .PhoneNotReady)
            #expect(!String(reflecting: error).contains("eyJ"))
        }
    }

    @Test func aListenerThatThrowsIsNotTheEnd() throws {
        let app = try start()
        let listener = ThrowingListener()
        app.observe(listener: listener).end()
        #expect(listener.count() == 1)
        #expect(app.traffic().requests == 0)
    }

    @Test func lateStrangeAndRepeatedAnswersChangeNothing() throws {
        let app = try start()
        let before = app.state()
        for _ in 1...2 {
            app.approvalSigned(id: 7, signature: Data(count: 64))
            app.itemReleased(id: 8, item: Data())
        }
        try app.lockScreen().unlockWithPin(digits: Data([0xFF]))
        app.pay().open(id: "no such payment")
        app.securityCentre().signOutDevice(id: "no/such/device")
        app.securityCentre().thisWasNotMe(id: "no/such/notice")
        #expect(app.pay().receipt(id: "no such payment") == nil)
        #expect(app.history().page(account: "no such account", older: 3).rows.isEmpty)
        #expect(app.state() == before)
    }
}

private struct PlatformError: Error {
    let text = "token eyJhbGciOi"
}

private final class BrokenStore: SecureStore {
    func get(name: String) throws -> Data? { throw PlatformError() }

    func put(name: String, value: Data) throws { throw PlatformError() }

    func putGuarded(name: String, value: Data) throws { throw PlatformError() }

    func remove(name: String) throws { throw PlatformError() }

    func askRelease(id: UInt64, name: String, reason: String) throws { throw PlatformError() }
}

private final class ThrowingListener: AppListener, @unchecked Sendable {
    private let lock = NSLock()
    private var told = 0

    func onState(state: AppState) throws {
        lock.withLock { told += 1 }
        throw PlatformError()
    }

    func count() -> Int {
        lock.withLock { told }
    }
}
