import Foundation
import GuichetCore

/// Plays a scenario against a bank, through what a shell gets.
final class Runner {
    /// Longer than anything takes; a wait ends as soon as what it waits for is there.
    private let patience: TimeInterval = 30

    let witness = Witness()
    private let scenario: Scenario
    private let bank: SandboxBank
    private let customer: SandboxBank.Customer
    private let views: Views
    private let signal = Signal()
    private let phone: SoftwarePhone
    private let folder: URL
    private var running: RunningApp?
    private var refused: [Refusal] = []
    private var found: TransactionPage?
    private var account: String?
    private var receipt: ReceiptView?

    init(_ scenario: Scenario, _ bank: SandboxBank) throws {
        self.scenario = scenario
        self.bank = bank
        customer = bank.announced.customers[scenario.customer]
        views = Views(witness: witness)
        phone = SoftwarePhone(prompts: Prompts { [signal] in signal.changed() })
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("guichet-swift-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        running = nil
        try? FileManager.default.removeItem(at: folder)
    }

    func run() throws {
        customer.name.values.forEach(witness.keepsQuiet)
        for step in scenario.steps {
            do {
                try play(step)
            } catch {
                throw Deviation("step \(step.number): \(step.members)\n\(error)")
            }
            lookAtSecrets()
        }
    }

    private func play(_ step: Step) throws {
        switch step.kind {
        case .act(let verb): try act(verb, step.members)
        case .expect(let wanted): try expect(wanted)
        case .wait(let wanted):
            let reached = try signal.wait(seconds: patience) { try wanted.allSatisfy { $1.holds(try look($0)) } }
            if !reached { try expect(wanted) }
        }
    }

    private func expect(_ wanted: [String: Wanted]) throws {
        let wrong = try wanted.filter { !$1.holds(try look($0)) }
        guard wrong.isEmpty else {
            let lines = try wrong.map { "  \($0): \($1) expected, shown is \(try look($0))" }
            throw Deviation(lines.joined(separator: "\n"))
        }
    }

    private func look(_ path: String) throws -> Json {
        var screens = try app().screens()
        screens["found"] = found.map(views.of) ?? .null
        screens["receipt"] = receipt.map(views.of) ?? .null
        screens["refused"] = .list(refused.map(views.of))
        let prompt = phone.prompts.oldest()
        screens["prompt"] = prompt.map { .text($0.kind.rawValue) } ?? .null
        if path == "prompt.reason" { return prompt.map { .text($0.reason) } ?? .null }
        return try Views.look(path, in: .object(screens))
    }

    private func app() throws -> RunningApp {
        guard let running else { throw Deviation("the app is not started") }
        return running
    }
}

// What the person does.
extension Runner {
    private func act(_ verb: String, _ step: Members) throws {
        try step.refuseBut(Self.members(of: verb).union(["do", "says"]))
        switch verb {
        case "start": try start()
        case "restart": try restart()
        case "sign_in": try signIn()
        case "cancel_sign_in": try app().welcome.browserClosed(id: try browser().id)
        case "enrol": try app().welcome.enrol()
        case "choose_pin": try refusable { try app().welcome.choosePin(digits: pin(step)) }
        case "use_biometrics": try app().welcome.useBiometrics()
        case "skip_biometrics": try app().welcome.skipBiometrics()
        case "answer": try answer(step.text("with"))
        case "lock": try app().lockScreen.lock()
        case "unlock_with_biometrics": try app().lockScreen.unlockWithBiometrics()
        case "unlock_with_pin": try app().lockScreen.unlockWithPin(digits: pin(step))
        case "network": try network(step.text("is"))
        case "refresh_home": try app().home.refresh()
        case "refresh_devices": try app().devices.refresh()
        case "open_account": try openAccount(step.number("account"))
        case "older": try older()
        case "search": finds(try app().history.search(query: PrivateText(step.text("for")), older: nil))
        case "draft": try draft(step)
        case "review": try app().pay.review(id: draftId())
        case "approve": try approve { $0 }
        case "approve_other_words":
            try approve { PrivateText(String(repeating: "A", count: $0.expose().count)) }
        case "discard": try refusable { try app().pay.discard(id: cardId()) }
        case "receipt": try openReceipt(step.number("payment"))
        case "sign_out": try app().devices.signOut()
        default: throw Deviation("unknown verb \(verb)")
        }
    }

    private static func members(of verb: String) -> Set<String> {
        switch verb {
        case "choose_pin", "unlock_with_pin": ["pin"]
        case "answer": ["with"]
        case "network": ["is"]
        case "open_account": ["account"]
        case "search": ["for"]
        case "draft": ["from", "to_name", "to_account", "amount", "note"]
        case "receipt": ["payment"]
        default: []
        }
    }

    private func start() throws {
        let config = AppConfig(
            folder: folder.path, language: scenario.language, deviceName: PrivateText("Swift 测试机"), platform: .other)
        witness.keepsQuiet(config.deviceName.expose())
        witness.sees(config)
        witness.startsAnew()
        running = try RunningApp(
            profile: bank.profile(), config: config, phone: phone.ports(), witness: witness, signal: signal)
    }

    private func restart() throws {
        running = nil
        phone.prompts.clear()
        try start()
    }

    private func browser() throws -> BrowserRequest {
        let screen = try app().welcome
        screen.begin()
        _ = signal.wait(seconds: patience) { screen.state().browser != nil }
        guard let request = screen.state().browser else { throw Deviation("no browser was asked for") }
        witness.sees(request)
        return request
    }

    private func signIn() throws {
        let request = try browser()
        lookAtSecrets()
        let redirect = try Browser.signIn(url: request.url.expose(), bank: bank, customer: customer)
        keepQuiet(redirect)
        try app().welcome.browserReturned(id: request.id, url: redirect)
    }

    private func pin(_ step: Members) throws -> Data {
        let pin = try step.text("pin")
        witness.keepsQuiet(pin)
        return Data(pin.utf8)
    }

    private func answer(_ with: String) throws {
        _ = signal.wait(seconds: patience) { phone.prompts.oldest() != nil }
        guard let prompt = phone.prompts.take() else { throw Deviation("no prompt is open") }
        let app = try app().app
        switch with {
        case "right": try prompt.answerRight(app)
        case "wrong": prompt.fail(app, .notRecognised)
        case "cancel": prompt.fail(app, .cancelled)
        case "late": break
        default: throw Deviation("unknown answer \(with)")
        }
    }

    private func network(_ state: String) throws {
        guard ["on", "off"].contains(state) else { throw Deviation("on or off, not \(state)") }
        phone.network.set(online: state == "on")
        try app().app.connectivityChanged()
    }

    private func accountRow(_ index: Int) throws -> AccountRow {
        guard let rows = try app().home.state().content?.accounts, rows.indices.contains(index) else {
            throw Deviation("there is no account \(index) on the home screen")
        }
        return rows[index]
    }

    private func openAccount(_ index: Int) throws {
        let id = try accountRow(index).id
        account = id
        finds(try app().history.page(account: id, older: nil))
    }

    private func older() throws {
        guard let account, let mark = found?.older else { throw Deviation("there is no older page") }
        finds(try app().history.page(account: account, older: mark))
    }

    private func finds(_ page: TransactionPage) {
        witness.sees(page)
        found = page
    }

    private func draft(_ step: Members) throws {
        func typed(_ name: String) throws -> PrivateText {
            let text = try step.text(name)
            witness.keepsQuiet(text)
            return PrivateText(text)
        }
        let form = PayForm(
            from: try accountRow(step.number("from")).id, toName: try typed("to_name"),
            toAccount: try typed("to_account"), amount: try typed("amount"), note: try typed("note"))
        witness.sees(form)
        try refusable { try app().pay.draft(form: form) }
    }

    private func card() throws -> PayCard {
        guard let card = try app().pay.state().content?.card else { throw Deviation("there is no card") }
        return card
    }

    private func draftId() throws -> String {
        guard case .draft(let draft) = try card() else { throw Deviation("the card is no draft") }
        return draft.id
    }

    private func cardId() throws -> String {
        switch try card() {
        case .draft(let draft): draft.id
        case .review(let review): review.id
        }
    }

    private func approve(_ shown: (PrivateText) -> PrivateText) throws {
        guard case .review(let review) = try card() else { throw Deviation("there are no words to approve") }
        try refusable { try app().pay.approve(id: review.id, digestShown: shown(review.digest)) }
    }

    private func openReceipt(_ index: Int) throws {
        guard let rows = try app().pay.state().content?.activity, rows.indices.contains(index) else {
            throw Deviation("there is no payment \(index)")
        }
        receipt = try app().pay.receipt(id: rows[index].id)
        if let receipt { witness.sees(receipt) }
    }

    private func refusable(_ verb: () throws -> Void) throws {
        refused = []
        do {
            try verb()
        } catch let refusal as Refused {
            witness.sees(refusal)
            guard case .AtTheDoor(let refusals) = refusal else { return }
            refused = refusals
        }
    }

    /// Tokens, the `state` and verifier of a sign-in, the pepper, and the root key after its version.
    private func lookAtSecrets() {
        for name in ["guichet.tokens", "guichet.sign-in"] {
            if let item = phone.store.item(name) { keepQuiet(String(decoding: item, as: UTF8.self)) }
        }
        if let pepper = phone.store.item("guichet.pin-pepper") { witness.keepsQuiet(pepper) }
        if let root = phone.store.item("guichet.vault-root.biometric") { witness.keepsQuiet(Data(root.dropFirst())) }
    }

    /// Whatever looks drawn at random in a text.
    private func keepQuiet(_ text: String) {
        for match in text.matches(of: /[A-Za-z0-9_-]{20,}/) {
            witness.keepsQuiet(String(match.output))
        }
    }
}
