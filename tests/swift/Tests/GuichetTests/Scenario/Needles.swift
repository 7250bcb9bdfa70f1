/// Texts to look for, found in one pass over another: by their first bytes, then whole.
struct Needles {
    private static let start = 4
    private var byStart: [UInt32: [[UInt8]]] = [:]
    private var short: [String] = []

    init(_ texts: some Sequence<String>) {
        for text in texts {
            let bytes = Array(text.utf8)
            if bytes.count < Self.start {
                short.append(text)
            } else {
                byStart[Self.start(of: bytes, at: 0), default: []].append(bytes)
            }
        }
    }

    /// Those that stand in the text.
    func found(in text: String) -> Set<String> {
        let bytes = Array(text.utf8)
        var found = Set(short.filter { text.contains($0) })
        guard bytes.count >= Self.start else { return found }
        for at in 0...(bytes.count - Self.start) {
            for needle in byStart[Self.start(of: bytes, at: at)] ?? [] where bytes[at...].starts(with: needle) {
                found.insert(String(decoding: needle, as: UTF8.self))
            }
        }
        return found
    }

    private static func start(of bytes: [UInt8], at index: Int) -> UInt32 {
        bytes[index..<index + start].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
