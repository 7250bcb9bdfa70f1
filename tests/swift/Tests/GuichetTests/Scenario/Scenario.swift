import Foundation
import GuichetCore

/// A run went otherwise than its scenario says.
struct Deviation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A file of tests/scenarios; its README is the language's definition.
struct Scenario {
    let name: String
    let language: Language
    let customer: Int
    let steps: [Step]

    init(_ file: URL) throws {
        let json = try Members(JSONDecoder().decode(Json.self, from: Data(contentsOf: file)))
        try json.refuseBut(["scenario", "language", "customer", "steps"])
        name = try json.text("scenario")
        language = try Scenario.language(json.text("language"))
        customer = try json.number("customer")
        guard case .list(let steps) = json["steps"] else { throw Deviation("a scenario has steps") }
        self.steps = try steps.enumerated().map { try Step(number: $0 + 1, Members($1)) }
    }

    /// The language as browsers write it.
    var languageTag: String {
        switch language {
        case .en: "en"
        case .zhCn: "zh-CN"
        }
    }

    private static func language(_ tag: String) throws -> Language {
        switch tag {
        case "en": .en
        case "zh-CN": .zhCn
        default: throw Deviation("unknown language \(tag)")
        }
    }
}

/// The members of a JSON object, each of which has to be known.
struct Members: CustomStringConvertible {
    let values: [String: Json]

    init(_ json: Json) throws {
        guard case .object(let values) = json else { throw Deviation("\(json) is no object") }
        self.values = values
    }

    subscript(name: String) -> Json? { values[name] }

    var description: String { "\(values)" }

    func text(_ name: String) throws -> String {
        guard case .text(let text) = values[name] else { throw Deviation("\(self) needs the text \(name)") }
        return text
    }

    func number(_ name: String) throws -> Int {
        guard case .number(let number) = values[name] else { throw Deviation("\(self) needs the number \(name)") }
        return number
    }

    func texts(_ name: String) throws -> [String] {
        guard case .list(let list) = values[name] else { throw Deviation("\(self) needs the list \(name)") }
        return try list.map {
            guard case .text(let text) = $0 else { throw Deviation("\($0) is no text") }
            return text
        }
    }

    /// An object, as JSON text.
    func json(_ name: String) throws -> String {
        guard case .object(let object) = values[name] else { throw Deviation("\(self) needs the object \(name)") }
        return String(decoding: try JSONEncoder().encode(Json.object(object)), as: UTF8.self)
    }

    func refuseBut(_ names: Set<String>) throws {
        let strange = Set(values.keys).subtracting(names)
        guard strange.isEmpty else { throw Deviation("unknown members \(strange) in \(self)") }
    }
}

/// One step: something the person does, or something the app shows.
struct Step {
    enum Kind {
        case act(verb: String)
        case expect([String: Wanted])
        case wait([String: Wanted])
    }

    let number: Int
    let members: Members
    let kind: Kind

    init(number: Int, _ members: Members) throws {
        self.number = number
        self.members = members
        let kinds = ["do", "expect", "wait"].filter { members[$0] != nil }
        guard let name = kinds.first, kinds.count == 1, let value = members[name] else {
            throw Deviation("step \(number) has to have one of do, expect, wait")
        }
        guard name != "do" else {
            kind = .act(verb: try members.text("do"))
            return
        }
        try members.refuseBut([name, "says"])
        let wanted = try Members(value).values.mapValues(Wanted.init)
        kind = name == "wait" ? .wait(wanted) : .expect(wanted)
    }
}

/// What a path has to show.
enum Wanted {
    case equal(Json)
    case has(String)
    case atLeast(Int)
    case there

    init(_ json: Json) throws {
        guard case .object(let condition) = json else {
            self = .equal(json)
            return
        }
        switch (condition.count, condition.first?.key, condition.first?.value) {
        case (1, "has", .text(let part)): self = .has(part)
        case (1, "at_least", .number(let least)): self = .atLeast(least)
        case (1, "is", .text("there")): self = .there
        default: throw Deviation("unknown condition \(condition)")
        }
    }

    func holds(_ shown: Json) -> Bool {
        switch (self, shown) {
        case (.equal(let wanted), _): wanted == shown
        case (.has(let part), .text(let text)): text.contains(part)
        case (.atLeast(let least), .number(let number)): number >= least
        case (.there, _): shown != .null
        default: false
        }
    }
}
