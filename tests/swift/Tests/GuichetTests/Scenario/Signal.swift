import Foundation

/// Wakes whoever waits for something to have changed.
final class Signal: @unchecked Sendable {
    private let condition = NSCondition()

    func changed() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Whether `reached` became true in time. It is looked at again after every change.
    func wait(seconds: TimeInterval, until reached: () throws -> Bool) rethrows -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while try !reached() {
            guard condition.wait(until: end) else { return false }
        }
        return true
    }
}
