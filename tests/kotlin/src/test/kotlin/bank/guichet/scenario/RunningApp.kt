package bank.guichet.scenario

import bank.guichet.core.GuichetApp
import bank.guichet.core.AppConfig
import bank.guichet.core.AppListener
import bank.guichet.core.AppState
import bank.guichet.core.ApprovalListener
import bank.guichet.core.ApprovalState
import bank.guichet.core.HomeListener
import bank.guichet.core.HomeState
import bank.guichet.core.LockListener
import bank.guichet.core.LockSettingsListener
import bank.guichet.core.LockSettingsState
import bank.guichet.core.LockState
import bank.guichet.core.PayListener
import bank.guichet.core.PayState
import bank.guichet.core.Phone
import bank.guichet.core.SecurityListener
import bank.guichet.core.SecurityState
import bank.guichet.core.StepUpListener
import bank.guichet.core.StepUpState
import bank.guichet.core.WelcomeListener
import bank.guichet.core.WelcomeState

/** An app with a listener on every screen, as a shell has one. */
class RunningApp(profile: String, config: AppConfig, phone: Phone, private val witness: Witness, private val signal: Signal) :
    AutoCloseable {
    private val name = config.deviceName.expose()
    private val views = Views(witness)
    val app = GuichetApp.start(profile, config, phone)
    val welcome = app.welcome()
    val lockScreen = app.lockScreen()
    val home = app.home()
    val history = app.history()
    val pay = app.pay()
    val securityCentre = app.securityCentre()
    val stepUp = app.stepUp()
    val lockSettings = app.lockSettings()
    val approval = app.approval()

    private val subscriptions = listOf(
        app.observe(object : AppListener {
            override fun onState(state: AppState) = hears("app", state.revision, state) {}
        }),
        welcome.observe(object : WelcomeListener {
            override fun onState(state: WelcomeState) = hears("welcome", state.revision, state) { views.of(state) }
        }),
        lockScreen.observe(object : LockListener {
            override fun onState(state: LockState) = hears("lock", state.revision, state) { views.of(state) }
        }),
        home.observe(object : HomeListener {
            override fun onState(state: HomeState) = hears("home", state.revision, state) { views.of(state) }
        }),
        pay.observe(object : PayListener {
            override fun onState(state: PayState) = hears("pay", state.revision, state) { views.of(state) }
        }),
        securityCentre.observe(object : SecurityListener {
            override fun onState(state: SecurityState) = hears("security", state.revision, state) { views.of(state) }
        }),
        stepUp.observe(object : StepUpListener {
            override fun onState(state: StepUpState) = hears("step_up", state.revision, state) { views.of(state) }
        }),
        lockSettings.observe(object : LockSettingsListener {
            override fun onState(state: LockSettingsState) = hears("lock_settings", state.revision, state) { views.of(state) }
        }),
        approval.observe(object : ApprovalListener {
            override fun onState(state: ApprovalState) = hears("approval", state.revision, state) { views.of(state) }
        }),
    )

    /** Every screen, as the paths name them. */
    fun screens(): Map<String, Any?> = mapOf(
        "place" to Views.word(app.state().place),
        "welcome" to views.of(welcome.state()),
        "lock" to views.of(lockScreen.state()),
        "home" to views.of(home.state()),
        "pay" to views.of(pay.state()),
        "security" to views.of(securityCentre.state()),
        "step_up" to views.of(stepUp.state()),
        "lock_settings" to views.of(lockSettings.state()),
        "approval" to views.of(approval.state()),
    )

    override fun close() {
        subscriptions.forEach {
            it.end()
            it.close()
        }
        listOf(welcome, lockScreen, home, history, pay, securityCentre, stepUp, lockSettings, approval, app).forEach(AutoCloseable::close)
    }

    private fun hears(area: String, revision: ULong, state: Any, view: () -> Unit) {
        witness.hears(name, area, revision)
        witness.sees(state)
        view()
        signal.changed()
    }
}
