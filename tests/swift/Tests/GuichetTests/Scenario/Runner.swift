import Foundation
import GuichetCore

/// A phone of the scenario, and its app once it is started.
private final class Handset {
    let name: String
    let phone: SoftwarePhone
    let folder: URL
    var running: RunningApp?

    init(_ name: String, _ signal: Signal) throws {
        self.name = name
        phone = SoftwarePhone(prompts: Prompts { signal.changed() })
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("guichet-swift-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        running = nil
        try? FileManager.default.removeItem(at: folder)
    }
}

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
    private var handsets: [String: Handset] = [:]
    private var inHand: Handset
    private var refused: [Refusal] = []
    private var found: TransactionPage?
    private var account: String?
    private var receipt: ReceiptView?

    init(_ scenario: Scenario, _ bank: SandboxBank) throws {
        self.scenario = scenario
        self.bank = bank
        customer = bank.announced.customers[scenario.customer]
        views = Views(witness: witness)
        inHand = try Handset("Swift 测试机", signal)
        handsets[inHand.name] = inHand
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
        let prompt = inHand.phone.prompts.oldest()
        screens["prompt"] = prompt.map { .text($0.kind.rawValue) } ?? .null
        if path == "prompt.reason" { return prompt.map { .text($0.reason) } ?? .null }
        return try Views.look(path, in: .object(screens))
    }

    private func app() throws -> RunningApp {
        guard let running = inHand.running else { throw Deviation("the app is not started") }
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
        case "pick_up": try pickUp(step.text("phone"))
        case "sign_in": try signIn()
        case "cancel_sign_in": try app().welcome.browserClosed(id: try browser().id)
        case "enrol": try app().welcome.enrol()
        case "choose_pin": try refusable { try app().welcome.choosePin(digits: pin(step)) }
        case "use_biometrics": try app().welcome.useBiometrics()
        case "skip_biometrics": try app().welcome.skipBiometrics()
        case "answer": try answer(step.text("with"))
        case "lock": try app().lockScreen.lock()
        case "unlock_with_biometrics": try app().lockScreen.unlockWithBiometrics()
        case "unlock_with_pin": try refusable { try app().lockScreen.unlockWithPin(digits: pin(step)) }
        case "network": try network(step.text("is"))
        case "refresh_home": try app().home.refresh()
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
        case "bank": try bank.set(switches: step.json("switches"))
        case "at_bank_page":
            try Browser.press(step.texts("press"), language: scenario.languageTag, bank: bank, customer: customer)
        case "background": try app().app.backgrounded()
        case "foreground": try app().app.foregrounded()
        case "new_biometrics": inHand.phone.enrolOtherBiometrics()
        case let verb where verb.contains("step_up"): try stepUp(verb, step)
        case "choose_lock_delay", "turn_biometrics", "change_pin", "renew_approval": try setUp(verb, step)
        default: try secure(verb, step)
        }
    }

    private func secure(_ verb: String, _ step: Members) throws {
        let centre = try app().securityCentre
        switch verb {
        case "refresh_security": centre.refresh()
        case "freeze": centre.freeze()
        case "unfreeze": centre.unfreeze()
        case "this_was_me": centre.thisWasMe(id: try question())
        case "this_was_not_me": centre.thisWasNotMe(id: try question())
        case "sign_out_device": centre.signOutDevice(id: try device(step.number("device")))
        case "sign_out_old_phone": centre.signOutDevice(id: try oldPhone())
        case "sign_out_others": centre.signOutOthers()
        case "keep_phones": centre.keepPhones()
        case "sign_out": centre.signOut()
        default: throw Deviation("unknown verb \(verb)")
        }
    }

    private func security() throws -> SecurityContent {
        guard let content = try app().securityCentre.state().content else {
            throw Deviation("the security centre is empty")
        }
        return content
    }

    private func question() throws -> String {
        guard let question = try security().question else { throw Deviation("nothing is asked") }
        return question.id
    }

    private func device(_ index: Int) throws -> String {
        let devices = try security().devices
        guard devices.indices.contains(index) else { throw Deviation("there is no phone \(index) on the list") }
        return devices[index].id
    }

    private func oldPhone() throws -> String {
        guard let device = try security().moving?.device else {
            throw Deviation("nothing is asked about one old phone")
        }
        return device
    }

    private func setUp(_ verb: String, _ step: Members) throws {
        let settings = try app().lockSettings
        switch verb {
        case "choose_lock_delay":
            let after = try lockAfter(step.text("after"))
            try refusable { try settings.chooseDelay(after: after) }
        case "turn_biometrics":
            switch try step.text("to") {
            case "on": settings.turnBiometricsOn()
            case "off": settings.turnBiometricsOff()
            case let other: throw Deviation("on or off, not \(other)")
            }
        case "change_pin":
            let (old, new) = (try pin(step, "old"), try pin(step, "new"))
            try refusable { try settings.changePin(old: old, new: new) }
        case "renew_approval": try refusable { try app().approval.renew(digits: pin(step)) }
        default: throw Deviation("unknown verb \(verb)")
        }
    }

    private func lockAfter(_ name: String) throws -> LockAfter {
        switch name {
        case "at_once": .atOnce
        case "one_minute": .oneMinute
        case "five_minutes": .fiveMinutes
        default: throw Deviation("unknown delay \(name)")
        }
    }

    private func stepUp(_ verb: String, _ step: Members) throws {
        let card = try app().stepUp
        switch verb {
        case "step_up_with_biometrics": card.withBiometrics()
        case "step_up_with_pin": try refusable { try card.withPin(digits: pin(step)) }
        case "step_up_at_bank":
            let request = try bankPage()
            let redirect = try Browser.signIn(url: request.url.expose(), bank: bank, customer: customer)
            card.browserReturned(id: request.id, url: redirect)
        case "leave_step_up_at_bank": card.browserClosed(id: try bankPage().id)
        case "cancel_step_up": card.cancel()
        default: throw Deviation("unknown verb \(verb)")
        }
    }

    private static func members(of verb: String) -> Set<String> {
        switch verb {
        case "choose_pin", "unlock_with_pin", "step_up_with_pin", "renew_approval": ["pin"]
        case "change_pin": ["old", "new"]
        case "choose_lock_delay": ["after"]
        case "turn_biometrics": ["to"]
        case "bank": ["switches"]
        case "pick_up": ["phone"]
        case "at_bank_page": ["press"]
        case "sign_out_device": ["device"]
        case "answer": ["with"]
        case "network": ["is"]
        case "open_account": ["account"]
        case "search": ["for"]
        case "draft": ["from", "to_name", "to_account", "amount", "note"]
        case "receipt": ["payment"]
        default: []
        }
    }

    /// From here on everything is about this phone. One that was never picked up is new.
    private func pickUp(_ name: String) throws {
        inHand = try handsets[name] ?? Handset(name, signal)
        handsets[name] = inHand
    }

    private func start() throws {
        let config = AppConfig(
            folder: inHand.folder.path, language: scenario.language, deviceName: PrivateText(inHand.name),
            platform: .other)
        witness.keepsQuiet(inHand.name)
        witness.sees(config)
        witness.startsAnew(inHand.name)
        inHand.running = try RunningApp(
            profile: bank.profile(), config: config, phone: inHand.phone.ports(), witness: witness, signal: signal)
    }

    private func restart() throws {
        inHand.running = nil
        inHand.phone.prompts.clear()
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

    private func bankPage() throws -> BrowserRequest {
        let screen = try app().stepUp
        screen.atBank()
        _ = signal.wait(seconds: patience) { screen.state().card?.browser != nil }
        guard let request = screen.state().card?.browser else { throw Deviation("no browser was asked for") }
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

    private func pin(_ step: Members, _ member: String = "pin") throws -> Data {
        let pin = try step.text(member)
        witness.keepsQuiet(pin)
        return Data(pin.utf8)
    }

    private func answer(_ with: String) throws {
        _ = signal.wait(seconds: patience) { inHand.phone.prompts.oldest() != nil }
        guard let prompt = inHand.phone.prompts.take() else { throw Deviation("no prompt is open") }
        let app = try app().app
        switch with {
        case "right": try prompt.answerRight(app)
        case "wrong": prompt.fail(app, .notRecognised)
        case "cancel": prompt.fail(app, .cancelled)
        case "locked_out": prompt.fail(app, .lockedOut)
        case "no_hardware": prompt.fail(app, .noHardware)
        case "not_enrolled": prompt.fail(app, .notEnrolled)
        case "invalidated": prompt.fail(app, .keyInvalidated)
        case "broken": prompt.fail(app, .platform)
        case "late": break
        default: throw Deviation("unknown answer \(with)")
        }
    }

    private func network(_ state: String) throws {
        guard ["on", "off"].contains(state) else { throw Deviation("on or off, not \(state)") }
        inHand.phone.network.set(online: state == "on")
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

    /// Of every phone: tokens, the `state` and verifier of a sign-in, the pepper, and the root key after its version.
    private func lookAtSecrets() {
        for store in handsets.values.map(\.phone.store) {
            for name in ["guichet.tokens", "guichet.sign-in", "guichet.registration-access"] {
                if let item = store.item(name) { keepQuiet(String(decoding: item, as: UTF8.self)) }
            }
            if let pepper = store.item("guichet.pin-pepper") { witness.keepsQuiet(pepper) }
            if let root = store.item("guichet.vault-root.biometric") { witness.keepsQuiet(Data(root.dropFirst())) }
        }
    }

    /// Whatever looks drawn at random in a text.
    private func keepQuiet(_ text: String) {
        for match in text.matches(of: /[A-Za-z0-9_-]{20,}/) {
            witness.keepsQuiet(String(match.output))
        }
    }
}
