package bank.guichet.scenario

import bank.guichet.core.AppConfig
import bank.guichet.core.HomeContent
import bank.guichet.core.PayCard
import bank.guichet.core.PayForm
import bank.guichet.core.Platform
import bank.guichet.core.PrivateText
import bank.guichet.core.PromptFailure
import bank.guichet.core.ReceiptView
import bank.guichet.core.Refusal
import bank.guichet.core.Refused
import bank.guichet.core.TransactionPage
import bank.guichet.phone.Prompt
import bank.guichet.phone.Prompts
import bank.guichet.phone.SoftwarePhone
import bank.guichet.phone.lend
import bank.guichet.sandbox.Browser
import bank.guichet.sandbox.SandboxBank
import java.nio.ByteBuffer
import java.nio.file.Files
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively

/** Longer than anything takes; a wait ends as soon as what it waits for is there. */
private const val PATIENCE_SECONDS = 30L

/** Plays a scenario against a bank, through what a shell gets. */
class Runner(private val scenario: Scenario, private val bank: SandboxBank) : AutoCloseable {
    val witness = Witness()
    private val signal = Signal()
    private val views = Views(witness)
    private val folder = Files.createTempDirectory("guichet-kotlin")
    private val customer = bank.customers[scenario.customer]
    val phone = SoftwarePhone(Prompts(signal::changed))
    private var running: RunningApp? = null
    private var refused = emptyList<Refusal>()
    private var found: TransactionPage? = null
    private var asked: Asked? = null
    private var receipt: ReceiptView? = null

    /** The account whose page was opened. */
    private class Asked(val account: String)

    fun run() {
        customer.names.forEach(witness::keepsQuiet)
        scenario.steps.forEach { step ->
            try {
                play(step)
            } catch (failure: Exception) {
                throw AssertionError("${step.source}\n${failure.message}", failure)
            }
            lookAtSecrets()
        }
    }

    @OptIn(ExperimentalPathApi::class)
    override fun close() {
        running?.close()
        folder.deleteRecursively()
    }

    private fun play(step: Step) = when (step) {
        is Step.Do -> act(step)
        is Step.Expect -> expect(step.values)
        is Step.Wait -> {
            val reached = signal.await(PATIENCE_SECONDS) { step.values.all { (path, value) -> value.holds(look(path)) } }
            if (!reached) expect(step.values)
            Unit
        }
    }

    private fun expect(values: Map<String, Value>) {
        val wrong = values.filterNot { (path, value) -> value.holds(look(path)) }
        check(wrong.isEmpty()) {
            wrong.entries.joinToString("\n") { (path, value) -> "  $path: $value expected, shown is ${look(path)}" }
        }
    }

    private fun look(path: String): Any? = Views.look(
        path,
        app().screens() + mapOf(
            "found" to found?.let(views::of),
            "receipt" to receipt?.let(views::of),
            "prompt" to phone.prompts.oldest()?.let(::promptView),
            "refused" to refused.map(views::of),
        ),
    ).let { if (path == "prompt" && it is Map<*, *>) it["kind"] else it }

    private fun promptView(prompt: Prompt) = mapOf(
        "kind" to if (prompt is Prompt.Approval) "approval" else "release",
        "reason" to prompt.reason,
    )

    private fun act(step: Step.Do) {
        when (step.verb) {
            "start" -> step.plain { start() }
            "restart" -> step.plain { restart() }
            "sign_in" -> step.plain { signIn() }
            "cancel_sign_in" -> step.plain { browser { id, _ -> app().welcome.browserClosed(id) } }
            "enrol" -> step.plain { app().welcome.enrol() }
            "choose_pin" -> step.with("pin") { withPin(step.text("pin")) { refusable { app().welcome.choosePin(it) } } }
            "use_biometrics" -> step.plain { app().welcome.useBiometrics() }
            "skip_biometrics" -> step.plain { app().welcome.skipBiometrics() }
            "answer" -> step.with("with") { answer(step.text("with")) }
            "lock" -> step.plain { app().lockScreen.lock() }
            "unlock_with_biometrics" -> step.plain { app().lockScreen.unlockWithBiometrics() }
            "unlock_with_pin" -> step.with("pin") { withPin(step.text("pin"), app().lockScreen::unlockWithPin) }
            "network" -> step.with("is") { network(step.text("is")) }
            "refresh_home" -> step.plain { app().home.refresh() }
            "refresh_devices" -> step.plain { app().devices.refresh() }
            "open_account" -> step.with("account") { openAccount(step.number("account")) }
            "older" -> step.plain { older() }
            "search" -> step.with("for") { finds(app().history.search(PrivateText(step.text("for")), null)) }
            "draft" -> step.with("from", "to_name", "to_account", "amount", "note") { draft(step) }
            "review" -> step.plain { app().pay.review(draftId()) }
            "approve" -> step.plain { approve { it } }
            "approve_other_words" -> step.plain { approve { PrivateText("A".repeat(it.expose().length)) } }
            "discard" -> step.plain { refusable { app().pay.discard(cardId()) } }
            "receipt" -> step.with("payment") { openReceipt(step.number("payment")) }
            "sign_out" -> step.plain { app().devices.signOut() }
            else -> error("unknown verb ${step.verb}")
        }
    }

    private fun Step.Do.plain(verb: () -> Unit) = with { verb() }

    private fun Step.Do.with(vararg members: String, verb: () -> Unit) {
        refuseBut(*members)
        verb()
    }

    private fun app() = running ?: error("the app is not started")

    private fun start() {
        val config = AppConfig(folder.toString(), scenario.language, PrivateText("Kotlin 测试机"), Platform.OTHER)
        witness.keepsQuiet(config.deviceName.expose())
        witness.sees(config)
        witness.startsAnew()
        running = RunningApp(bank.profile, config, phone.ports(), witness, signal)
    }

    private fun restart() {
        app().close()
        phone.prompts.clear()
        start()
    }

    private fun browser(play: (ULong, String) -> Unit) {
        app().welcome.begin()
        check(signal.await(PATIENCE_SECONDS) { app().welcome.state().browser != null }) { "no browser was asked for" }
        val request = checkNotNull(app().welcome.state().browser)
        witness.sees(request)
        play(request.id, request.url.expose())
    }

    private fun signIn() = browser { id, url ->
        lookAtSecrets()
        val redirect = Browser.signIn(url, bank, customer)
        keepQuiet(redirect)
        app().welcome.browserReturned(id, redirect)
    }

    private fun withPin(pin: String, verb: (ByteBuffer) -> Unit) {
        witness.keepsQuiet(pin)
        lend(pin.toByteArray(), verb)
    }

    private fun answer(with: String) {
        check(signal.await(PATIENCE_SECONDS) { phone.prompts.oldest() != null }) { "no prompt is open" }
        val prompt = phone.prompts.take()
        when (with) {
            "right" -> prompt.answerRight(app().app)
            "wrong" -> prompt.fail(app().app, PromptFailure.NOT_RECOGNISED)
            "cancel" -> prompt.fail(app().app, PromptFailure.CANCELLED)
            "late" -> Unit
            else -> error("unknown answer $with")
        }
    }

    private fun network(state: String) {
        phone.online.set(state == "on" || state != "off" && error("on or off, not $state"))
        app().app.connectivityChanged()
    }

    private fun home(): HomeContent = app().home.state().content ?: error("there is no home screen")

    private fun openAccount(index: Int) {
        val account = home().accounts[index].id
        asked = Asked(account)
        finds(app().history.page(account, null))
    }

    private fun older() {
        val account = checkNotNull(asked) { "no account was opened" }.account
        val mark = checkNotNull(found?.older) { "there is no older page" }
        finds(app().history.page(account, mark))
    }

    private fun finds(page: TransactionPage) {
        witness.sees(page)
        found = page
    }

    private fun draft(step: Step.Do) {
        val from = home().accounts[step.number("from")].id
        fun typed(name: String) = PrivateText(step.text(name)).also(witness::expose)
        val form = PayForm(from, typed("to_name"), typed("to_account"), typed("amount"), typed("note"))
        witness.sees(form)
        refusable { app().pay.draft(form) }
    }

    private fun card(): PayCard = app().pay.state().content?.card ?: error("there is no card")

    private fun draftId() = (card() as? PayCard.Draft ?: error("the card is no draft")).draft.id

    private fun cardId() = when (val card = card()) {
        is PayCard.Draft -> card.draft.id
        is PayCard.Review -> card.review.id
    }

    private fun approve(shown: (PrivateText) -> PrivateText) {
        val review = (card() as? PayCard.Review ?: error("there are no words to approve")).review
        refusable { app().pay.approve(review.id, shown(review.digest)) }
    }

    private fun openReceipt(index: Int) {
        val row = checkNotNull(app().pay.state().content).activity[index]
        receipt = app().pay.receipt(row.id)?.also(witness::sees)
    }

    private fun refusable(verb: () -> Unit) {
        refused = try {
            verb()
            emptyList()
        } catch (refused: Refused.AtTheDoor) {
            witness.sees(refused)
            witness.sees(refused.message)
            refused.refusals
        }
    }

    /** Tokens, the `state` and verifier of a sign-in, the pepper, and the root key after its version. */
    private fun lookAtSecrets() {
        for (name in listOf("guichet.tokens", "guichet.sign-in")) {
            phone.store.item(name)?.let { keepQuiet(it.toString(Charsets.UTF_8)) }
        }
        phone.store.item("guichet.pin-pepper")?.let(witness::keepsQuiet)
        phone.store.item("guichet.vault-root.biometric")?.let { witness.keepsQuiet(it.drop(1).toByteArray()) }
    }

    /** Whatever looks drawn at random in [text]. */
    private fun keepQuiet(text: String) =
        Regex("[A-Za-z0-9_-]{20,}").findAll(text).forEach { witness.keepsQuiet(it.value) }
}
