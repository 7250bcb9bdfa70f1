import Foundation

/// The forms in which a secret may be printed: as programs write bytes into texts.
enum Forms {
    /// Shorter ones are found anywhere, by chance.
    private static let shortest = 6

    /// Every form of the bytes, but for those that are too short to mean anything.
    static func of(_ bytes: Data) -> Set<String> {
        let hex = bytes.map { String(format: "%02x", $0) }
        let listed = [
            hex.joined(), hex.joined().uppercased(), hex.joined(separator: ", "),
            bytes.map { String($0) }.joined(separator: ", "),
            bytes.map { String(Int8(bitPattern: $0)) }.joined(separator: ", "),
        ]
        let forms = listed + (0..<3).flatMap { base64(bytes, after: $0) }
        return Set(forms.filter { $0.count >= shortest })
    }

    /// In both alphabets, where the bytes begin so many bytes after a group of three. A first and a last character that neighbours
    /// have a part in is left out.
    private static func base64(_ bytes: Data, after before: Int) -> [String] {
        let whole = (Data(count: before) + bytes).base64EncodedString().replacing("=", with: "")
        let shared = (before + bytes.count).isMultiple(of: 3) ? 0 : 1
        let text = String(whole.dropFirst((before * 8 + 5) / 6).dropLast(shared))
        return [text, text.replacing("+", with: "-").replacing("/", with: "_")]
    }
}
