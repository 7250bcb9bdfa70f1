import Foundation
import GuichetCore

/// A biometric prompt on the screen.
struct Prompt: Sendable {
    enum Kind: String {
        case approval
        case release
    }

    let kind: Kind
    let id: UInt64
    let reason: String
    /// What the person's right finger leads to: a signature, or the released item.
    let right: @Sendable () throws -> Data?

    func answerRight(_ app: GuichetApp) throws {
        guard let bytes = try right() else { return fail(app, .keyInvalidated) }
        switch kind {
        case .approval: app.approvalSigned(id: id, signature: bytes)
        case .release: app.itemReleased(id: id, item: bytes)
        }
    }

    func fail(_ app: GuichetApp, _ failure: PromptFailure) {
        switch kind {
        case .approval: app.approvalFailed(id: id, failure: failure)
        case .release: app.releaseFailed(id: id, failure: failure)
        }
    }
}

/// The prompts that wait for the person, oldest first.
final class Prompts: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [Prompt] = []
    private let changed: @Sendable () -> Void

    init(changed: @escaping @Sendable () -> Void) {
        self.changed = changed
    }

    func show(_ prompt: Prompt) {
        lock.withLock { waiting.append(prompt) }
        changed()
    }

    func oldest() -> Prompt? {
        lock.withLock { waiting.first }
    }

    func take() -> Prompt? {
        lock.withLock { waiting.isEmpty ? nil : waiting.removeFirst() }
    }

    func clear() {
        lock.withLock { waiting.removeAll() }
    }
}
