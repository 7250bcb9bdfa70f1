/// Text of class C2 (names, numbers, amounts), for a screen. It prints, dumps and mirrors as dots, so that a log of what holds it
/// shows nothing; `expose()` is the one way to the text, and the call to look for in a review.
public struct PrivateText: Hashable, Sendable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The text, to be drawn or spoken.
    public func expose() -> String {
        text
    }
}

extension PrivateText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "••" }

    public var debugDescription: String { "••" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
