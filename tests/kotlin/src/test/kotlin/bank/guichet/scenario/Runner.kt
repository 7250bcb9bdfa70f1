package bank.guichet.scenario

import bank.guichet.core.AppConfig
import bank.guichet.core.HomeContent
import bank.guichet.core.LockAfter
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
import java.nio.file.Path

/** Longer than anything takes; a wait ends as soon as what it waits for is there. */
private const val PATIENCE_SECONDS = 30L

/** Plays a scenario against a bank, through what a shell gets. */
class Runner(private val scenario: Scenario, private val bank: SandboxBank) : AutoCloseable {
    val witness = Witness()
    private val signal = Signal()
    private val views = Views(witness)
    private val customer = bank.customers[scenario.customer]
    private val handsets = LinkedHashMap<String, Handset>()
    private var inHand = pickUp("Kotlin 测试机")
    val phone get() = inHand.phone
    private var refused = emptyList<Refusal>()
    private var found: TransactionPage? = null
    private var asked: Asked? = null
    private var receipt: ReceiptView? = null

    /** A phone of the scenario, and its app once it is started. */
    private class Handset(val name: String, val phone: SoftwarePhone) {
        val folder: Path = Files.createTempDirectory("guichet-kotlin")
        var running: RunningApp? = null
    }

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

    override fun close() = handsets.values.forEach {
        it.running?.close()
        // A wipe may still be at it: what is gone already is as wanted.
        it.folder.toFile().deleteRecursively()
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
            "pick_up" -> step.with("phone") { inHand = pickUp(step.text("phone")) }
            "sign_in" -> step.plain { signIn() }
            "cancel_sign_in" -> step.plain { browser { id, _ -> app().welcome.browserClosed(id) } }
            "enrol" -> step.plain { app().welcome.enrol() }
            "choose_pin" -> step.with("pin") { withPin(step.text("pin")) { refusable { app().welcome.choosePin(it) } } }
            "use_biometrics" -> step.plain { app().welcome.useBiometrics() }
            "skip_biometrics" -> step.plain { app().welcome.skipBiometrics() }
            "answer" -> step.with("with") { answer(step.text("with")) }
            "lock" -> step.plain { app().lockScreen.lock() }
            "unlock_with_biometrics" -> step.plain { app().lockScreen.unlockWithBiometrics() }
            "unlock_with_pin" -> step.with("pin") { withPin(step.text("pin")) { refusable { app().lockScreen.unlockWithPin(it) } } }
            "network" -> step.with("is") { network(step.text("is")) }
            "refresh_home" -> step.plain { app().home.refresh() }
            "open_account" -> step.with("account") { openAccount(step.number("account")) }
            "older" -> step.plain { older() }
            "search" -> step.with("for") { finds(app().history.search(PrivateText(step.text("for")), null)) }
            "draft" -> step.with("from", "to_name", "to_account", "amount", "note") { draft(step) }
            "review" -> step.plain { app().pay.review(draftId()) }
            "approve" -> step.plain { approve { it } }
            "approve_other_words" -> step.plain { approve { PrivateText("A".repeat(it.expose().length)) } }
            "discard" -> step.plain { refusable { app().pay.discard(cardId()) } }
            "receipt" -> step.with("payment") { openReceipt(step.number("payment")) }
            "step_up_with_biometrics" -> step.plain { app().stepUp.withBiometrics() }
            "step_up_with_pin" -> step.with("pin") { withPin(step.text("pin")) { refusable { app().stepUp.withPin(it) } } }
            "step_up_at_bank" -> step.plain { stepUpAtBank() }
            "leave_step_up_at_bank" -> step.plain { bankPage { id, _ -> app().stepUp.browserClosed(id) } }
            "cancel_step_up" -> step.plain { app().stepUp.cancel() }
            "background" -> step.plain { app().app.backgrounded() }
            "foreground" -> step.plain { app().app.foregrounded() }
            "new_biometrics" -> step.plain { phone.enrolOtherBiometrics() }
            "choose_lock_delay" -> step.with("after") {
                refusable { app().lockSettings.chooseDelay(LockAfter.valueOf(step.text("after").uppercase())) }
            }
            "turn_biometrics" -> step.with("to") { turnBiometrics(step.text("to")) }
            "change_pin" -> step.with("old", "new") { changePin(step.text("old"), step.text("new")) }
            "renew_approval" -> step.with("pin") { withPin(step.text("pin")) { refusable { app().approval.renew(it) } } }
            "bank" -> step.with("switches") { bank.switch(step.json("switches")) }
            "at_bank_page" -> step.with("press") { Browser.press(step.texts("press"), scenario.languageTag, bank, customer) }
            else -> secure(step)
        }
    }

    private fun secure(step: Step.Do) {
        val centre = app().securityCentre
        when (step.verb) {
            "refresh_security" -> step.plain { centre.refresh() }
            "freeze" -> step.plain { centre.freeze() }
            "unfreeze" -> step.plain { centre.unfreeze() }
            "this_was_me" -> step.plain { centre.thisWasMe(question()) }
            "this_was_not_me" -> step.plain { centre.thisWasNotMe(question()) }
            "sign_out_device" -> step.with("device") { centre.signOutDevice(security().devices[step.number("device")].id) }
            "sign_out_old_phone" -> step.plain { centre.signOutDevice(oldPhone()) }
            "sign_out_others" -> step.plain { centre.signOutOthers() }
            "keep_phones" -> step.plain { centre.keepPhones() }
            "sign_out" -> step.plain { centre.signOut() }
            else -> error("unknown verb ${step.verb}")
        }
    }

    private fun security() = app().securityCentre.state().content ?: error("the security centre is empty")

    private fun question() = (security().question ?: error("nothing is asked")).id

    private fun oldPhone() = security().moving?.device ?: error("nothing is asked about one old phone")

    private fun Step.Do.plain(verb: () -> Unit) = with { verb() }

    private fun Step.Do.with(vararg members: String, verb: () -> Unit) {
        refuseBut(*members)
        verb()
    }

    /** The phone of this name; a new one where it was never picked up. */
    private fun pickUp(name: String): Handset =
        handsets.getOrPut(name) { Handset(name, SoftwarePhone(Prompts(signal::changed))) }

    private fun app() = inHand.running ?: error("the app is not started")

    private fun start() {
        val config = AppConfig(inHand.folder.toString(), scenario.language, PrivateText(inHand.name), Platform.OTHER)
        witness.keepsQuiet(inHand.name)
        witness.sees(config)
        witness.startsAnew(inHand.name)
        inHand.running = RunningApp(bank.profile, config, phone.ports(), witness, signal)
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

    private fun bankPage(play: (ULong, String) -> Unit) {
        app().stepUp.atBank()
        check(signal.await(PATIENCE_SECONDS) { app().stepUp.state().card?.browser != null }) { "no browser was asked for" }
        val request = checkNotNull(app().stepUp.state().card?.browser)
        witness.sees(request)
        play(request.id, request.url.expose())
    }

    private fun stepUpAtBank() = bankPage { id, url ->
        app().stepUp.browserReturned(id, Browser.signIn(url, bank, customer))
    }

    private fun withPin(pin: String, verb: (ByteBuffer) -> Unit) {
        witness.keepsQuiet(pin)
        lend(pin.toByteArray(), verb)
    }

    private fun changePin(old: String, new: String) =
        withPin(old) { oldDigits -> withPin(new) { refusable { app().lockSettings.changePin(oldDigits, it) } } }

    private fun turnBiometrics(to: String) = when (to) {
        "on" -> app().lockSettings.turnBiometricsOn()
        "off" -> app().lockSettings.turnBiometricsOff()
        else -> error("on or off, not $to")
    }

    private fun answer(with: String) {
        check(signal.await(PATIENCE_SECONDS) { phone.prompts.oldest() != null }) { "no prompt is open" }
        val prompt = phone.prompts.take()
        when (with) {
            "right" -> prompt.answerRight(app().app)
            "wrong" -> prompt.fail(app().app, PromptFailure.NOT_RECOGNISED)
            "cancel" -> prompt.fail(app().app, PromptFailure.CANCELLED)
            "locked_out" -> prompt.fail(app().app, PromptFailure.LOCKED_OUT)
            "no_hardware" -> prompt.fail(app().app, PromptFailure.NO_HARDWARE)
            "not_enrolled" -> prompt.fail(app().app, PromptFailure.NOT_ENROLLED)
            "invalidated" -> prompt.fail(app().app, PromptFailure.KEY_INVALIDATED)
            "broken" -> prompt.fail(app().app, PromptFailure.PLATFORM)
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

    /** Of every phone: tokens, the `state` and verifier of a sign-in, the pepper, and the root key after its version. */
    private fun lookAtSecrets() = handsets.values.map { it.phone.store }.forEach { store ->
        for (name in listOf("guichet.tokens", "guichet.sign-in", "guichet.registration-access")) {
            store.item(name)?.let { keepQuiet(it.toString(Charsets.UTF_8)) }
        }
        store.item("guichet.pin-pepper")?.let(witness::keepsQuiet)
        store.item("guichet.vault-root.biometric")?.let { witness.keepsQuiet(it.drop(1).toByteArray()) }
    }

    /** Whatever looks drawn at random in [text]. */
    private fun keepQuiet(text: String) =
        Regex("[A-Za-z0-9_-]{20,}").findAll(text).forEach { witness.keepsQuiet(it.value) }
}
