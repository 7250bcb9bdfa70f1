import Foundation
import GuichetCore

/// An app with a listener on every screen, as a shell has one.
final class RunningApp {
    let app: GuichetApp
    let welcome: Welcome
    let lockScreen: LockScreen
    let home: Home
    let history: History
    let pay: Pay
    let securityCentre: SecurityCentre
    let stepUp: StepUp
    let lockSettings: LockSettings
    let approval: Approval
    private let views: Views
    private var subscriptions: [Subscription] = []

    init(profile: String, config: AppConfig, phone: Phone, witness: Witness, signal: Signal) throws {
        views = Views(witness: witness)
        app = try GuichetApp.start(bankProfile: profile, config: config, phone: phone)
        welcome = app.welcome()
        lockScreen = app.lockScreen()
        home = app.home()
        history = app.history()
        pay = app.pay()
        securityCentre = app.securityCentre()
        stepUp = app.stepUp()
        lockSettings = app.lockSettings()
        approval = app.approval()
        let listener = Listener(phone: config.deviceName.expose(), witness: witness, signal: signal, views: views)
        subscriptions = [
            app.observe(listener: listener),
            welcome.observe(listener: listener),
            lockScreen.observe(listener: listener),
            home.observe(listener: listener),
            pay.observe(listener: listener),
            securityCentre.observe(listener: listener),
            stepUp.observe(listener: listener),
            lockSettings.observe(listener: listener),
            approval.observe(listener: listener),
        ]
    }

    deinit {
        subscriptions.forEach { $0.end() }
    }

    /// Every screen, as the paths name them.
    func screens() -> [String: Json] {
        [
            "place": word(app.state().place),
            "welcome": views.of(welcome.state()),
            "lock": views.of(lockScreen.state()),
            "home": views.of(home.state()),
            "pay": views.of(pay.state()),
            "security": views.of(securityCentre.state()),
            "step_up": views.of(stepUp.state()),
            "lock_settings": views.of(lockSettings.state()),
            "approval": views.of(approval.state()),
        ]
    }
}

private final class Listener: Sendable {
    let phone: String
    let witness: Witness
    let signal: Signal
    let views: Views

    init(phone: String, witness: Witness, signal: Signal, views: Views) {
        self.phone = phone
        self.witness = witness
        self.signal = signal
        self.views = views
    }

    func hears(_ area: String, _ revision: UInt64, _ state: Any, _ view: Json = .null) {
        witness.hears(phone, area, revision)
        witness.sees(state)
        signal.changed()
    }
}

extension Listener: AppListener, WelcomeListener, LockListener, HomeListener, PayListener, SecurityListener,
    StepUpListener, LockSettingsListener, ApprovalListener
{
    func onState(state: AppState) { hears("app", state.revision, state) }

    func onState(state: WelcomeState) { hears("welcome", state.revision, state, views.of(state)) }

    func onState(state: LockState) { hears("lock", state.revision, state, views.of(state)) }

    func onState(state: HomeState) { hears("home", state.revision, state, views.of(state)) }

    func onState(state: PayState) { hears("pay", state.revision, state, views.of(state)) }

    func onState(state: SecurityState) { hears("security", state.revision, state, views.of(state)) }

    func onState(state: StepUpState) { hears("step_up", state.revision, state, views.of(state)) }

    func onState(state: LockSettingsState) { hears("lock_settings", state.revision, state, views.of(state)) }

    func onState(state: ApprovalState) { hears("approval", state.revision, state, views.of(state)) }
}
