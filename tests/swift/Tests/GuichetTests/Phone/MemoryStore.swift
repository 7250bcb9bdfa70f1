import Foundation
import GuichetCore

/// A secure store in memory. Guarded items are released by a prompt only.
final class MemoryStore: SecureStore, @unchecked Sendable {
    private let lock = NSLock()
    private var items: [String: Data] = [:]
    private var guarded: [String: Data] = [:]
    private let prompts: Prompts

    init(prompts: Prompts) {
        self.prompts = prompts
    }

    func get(name: String) -> Data? {
        lock.withLock { items[name] }
    }

    func put(name: String, value: Data) {
        lock.withLock { items[name] = value }
    }

    func putGuarded(name: String, value: Data) {
        lock.withLock { guarded[name] = value }
    }

    func remove(name: String) {
        lock.withLock {
            items[name] = nil
            guarded[name] = nil
        }
    }

    /// Fingers or faces have changed.
    func killGuarded() {
        lock.withLock { guarded.removeAll() }
    }

    func askRelease(id: UInt64, name: String, reason: String) {
        prompts.show(
            Prompt(kind: .release, id: id, reason: reason) { [weak self] in
                self?.lock.withLock { self?.guarded[name] }
            })
    }

    /// An item, guarded or not, for a search for what must not be printed.
    func item(_ name: String) -> Data? {
        lock.withLock { items[name] ?? guarded[name] }
    }
}
