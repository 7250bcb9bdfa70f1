import Foundation
import GuichetCore

/// Remembers what would have been printed and what must not be, over a whole run.
final class Witness: @unchecked Sendable {
    private let lock = NSLock()
    private var printed: Set<String> = []
    private var plain: Set<String> = []
    private var quiet: Set<String> = []
    /// Of each phone, by area.
    private var revisions: [String: [String: UInt64]] = [:]
    private var keys: Set<String> = []
    private var revisionsOutOfOrder: [String] = []

    /// A value that a shell might log, in every way that Swift prints.
    func sees(_ value: Any) {
        var dumped = ""
        dump(value, to: &dumped)
        let all = [String(describing: value), String(reflecting: value), dumped]
        lock.withLock { printed.formUnion(all) }
    }

    /// The text, noted as one that must not be printed.
    func expose(_ text: PrivateText) -> String {
        let exposed = text.expose()
        keepsQuiet(exposed)
        return exposed
    }

    /// A label for everybody. An account may be called by the same word, which then says nothing about anybody.
    func label(_ text: String) -> String {
        lock.withLock { _ = plain.insert(text) }
        return text
    }

    /// Texts of one or two characters occur everywhere.
    func keepsQuiet(_ text: String) {
        guard text.count > 2 else { return }
        lock.withLock { _ = quiet.insert(text) }
    }

    /// Bytes that must be printed in no form: a key, for example.
    func keepsQuiet(_ secret: Data) {
        let forms = Forms.of(secret)
        lock.withLock { keys.formUnion(forms) }
    }

    /// A state of an area was told on `phone`, after those before it.
    func hears(_ phone: String, _ area: String, _ revision: UInt64) {
        lock.withLock {
            if let before = revisions[phone, default: [:]].updateValue(revision, forKey: area), revision <= before {
                revisionsOutOfOrder.append("\(area): \(revision) after \(before)")
            }
        }
    }

    /// A new app on `phone` counts anew.
    func startsAnew(_ phone: String) {
        lock.withLock { revisions[phone] = [:] }
    }

    /// What is private and was printed: as it is, in hex, in base64, or as numbers.
    func leaks() -> [String] {
        lock.withLock {
            let texts = quiet.subtracting(plain)
            let needles = Needles(texts.union(keys).union(texts.flatMap { Forms.of(Data($0.utf8)) }))
            return printed.flatMap { shown in needles.found(in: shown).map { "“\($0)” in \(shown)" } }
        }
    }

    func disorders() -> [String] {
        lock.withLock { revisionsOutOfOrder }
    }

    func counts() -> (printed: Int, quiet: Int) {
        lock.withLock { (printed.count, quiet.count) }
    }
}
