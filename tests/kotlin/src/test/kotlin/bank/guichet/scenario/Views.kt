package bank.guichet.scenario

import bank.guichet.core.AccountRow
import bank.guichet.core.ActivityRow
import bank.guichet.core.ApprovalState
import bank.guichet.core.DeviceRow
import bank.guichet.core.DraftCard
import bank.guichet.core.HomeState
import bank.guichet.core.LockDelay
import bank.guichet.core.LockSettingsState
import bank.guichet.core.LockState
import bank.guichet.core.MovingCard
import bank.guichet.core.PayCard
import bank.guichet.core.PayState
import bank.guichet.core.PaymentsCard
import bank.guichet.core.QuestionCard
import bank.guichet.core.ReceiptView
import bank.guichet.core.Refusal
import bank.guichet.core.ReviewCard
import bank.guichet.core.SecurityState
import bank.guichet.core.StepUpState
import bank.guichet.core.TransactionPage
import bank.guichet.core.TransactionRow
import bank.guichet.core.WelcomeState

private typealias View = Map<String, Any?>

/** The states as the scenarios' paths name them. Every private text is shown to the witness on the way. */
class Views(private val witness: Witness) {
    fun of(state: WelcomeState): View = mapOf(
        "step" to word(state.step),
        "title" to state.title,
        "message" to state.message,
        "action" to state.action,
        "skip" to state.skip,
        "notice" to state.notice?.text?.expose(),
        "busy" to state.busy,
    ).also { state.browser?.url?.let(witness::expose) }

    fun of(state: LockState): View = mapOf(
        "locked" to state.locked,
        "title" to state.title,
        "message" to state.message,
        "biometric" to state.biometric,
        "pin" to state.pin,
        "notice" to state.notice?.text?.expose(),
        "busy" to state.busy,
    )

    fun of(state: HomeState): View? = state.content?.run {
        mapOf(
            "title" to title,
            "greeting" to greeting?.let(witness::expose),
            "recent_title" to recentTitle,
            "as_of" to asOf,
            "offline" to offline,
            "progress" to progress,
            "attention" to attention,
            "security" to security?.let { mapOf("text" to it.text, "action" to it.action) },
            "sign_in" to signIn,
            "empty" to empty,
            "notice" to notice?.text?.expose(),
            "accounts" to accounts.map(::of),
            "recent" to recent.map(::of),
        )
    }

    fun of(page: TransactionPage): View = mapOf(
        "heading" to page.heading?.expose(),
        "rows" to page.rows.map(::of),
        "older" to (page.older != null),
    )

    fun of(state: PayState): View? = state.content?.run {
        val draft = (card as? PayCard.Draft)?.draft
        val review = (card as? PayCard.Review)?.review
        mapOf(
            "title" to title,
            "busy" to busy,
            "notice" to notice?.text?.expose(),
            "card" to if (draft != null) "draft" else review?.let { "review" },
            "draft" to draft?.let(::of),
            "review" to review?.let(::of),
            "frozen" to frozen,
            "activity" to activity.map(::of),
        )
    }

    fun of(receipt: ReceiptView): View = mapOf(
        "text" to witness.expose(receipt.text),
        "signed" to (witness.expose(receipt.signed).split('.').size == 3),
    )

    fun of(state: SecurityState): View? = state.content?.run {
        mapOf(
            "title" to title,
            "busy" to busy,
            "notice" to notice?.text?.expose(),
            "question" to question?.let(::of),
            "payments" to of(payments),
            "moving" to moving?.let(::of),
            "devices_title" to devicesTitle,
            "devices" to devices.map(::of),
            "sign_out_others" to signOutOthers,
            "sign_out" to signOut,
        )
    }

    fun of(state: StepUpState): View? = state.card?.run {
        browser?.url?.let(witness::expose)
        mapOf(
            "title" to title,
            "message" to message,
            "biometric" to biometric,
            "pin" to pin,
            "bank" to bank,
            "cancel" to cancel,
            "busy" to busy,
            "notice" to notice?.text?.expose(),
        )
    }

    fun of(state: LockSettingsState): View? = state.content?.run {
        mapOf(
            "title" to title,
            "delay_title" to delayTitle,
            "delays" to delays.map(::of),
            "biometric" to biometric,
            "is_biometric_on" to isBiometricOn,
            "pin_title" to pinTitle,
            "old_pin" to oldPin,
            "new_pin" to newPin,
            "change_pin" to changePin,
            "busy" to busy,
            "notice" to notice?.text?.expose(),
        )
    }

    fun of(state: ApprovalState): View? = state.card?.run {
        mapOf(
            "title" to title,
            "message" to message,
            "pin" to pin,
            "renew" to renew,
            "busy" to busy,
            "notice" to notice?.text?.expose(),
        )
    }

    fun of(refusal: Refusal): View = mapOf(
        "reason" to word(refusal.reason),
        "field" to refusal.field?.let(::word),
        "text" to refusal.text.expose(),
    )

    private fun of(delay: LockDelay): View = mapOf(
        "after" to word(delay.after),
        "label" to delay.label,
        "is_chosen" to delay.isChosen,
    )

    private fun of(row: AccountRow): View = mapOf(
        "name" to witness.expose(row.name),
        "number" to witness.expose(row.number),
        "kind" to witness.label(row.kind),
        "balance" to witness.expose(row.balance),
        "available" to row.available?.let(witness::expose),
        "can_pay" to row.canPay,
    ).also { witness.expose(row.spoken) }

    private fun of(row: TransactionRow): View = mapOf(
        "title" to witness.expose(row.title),
        "detail" to witness.expose(row.detail),
        "amount" to witness.expose(row.amount),
        "pending" to row.pending,
        "incoming" to row.incoming,
    ).also { witness.expose(row.spoken) }

    private fun of(card: DraftCard): View = mapOf(
        "line" to witness.expose(card.line),
        "hint" to card.hint,
        "review" to card.review,
        "discard" to card.discard,
    )

    private fun of(card: ReviewCard): View = mapOf(
        "title" to card.title,
        "text" to witness.expose(card.text),
        "digest" to witness.expose(card.digest),
        "expires" to card.expires,
        "approve" to witness.expose(card.approve),
        "discard" to card.discard,
    )

    private fun of(row: ActivityRow): View = mapOf(
        "stage" to word(row.stage),
        "title" to witness.expose(row.title),
        "amount" to witness.expose(row.amount),
        "status" to row.status,
        "has_receipt" to row.hasReceipt,
    ).also { witness.expose(row.spoken) }

    private fun of(card: QuestionCard): View = mapOf(
        "title" to witness.expose(card.title),
        "detail" to card.detail,
        "time" to card.time,
        "question" to card.question,
        "mine" to card.mine,
        "not_mine" to card.notMine,
        "hint" to card.hint,
        "more" to card.more,
    ).also { witness.expose(card.spoken) }

    private fun of(card: PaymentsCard): View = mapOf(
        "title" to card.title,
        "frozen" to card.frozen,
        "message" to card.message,
        "freeze" to card.freeze,
        "unfreeze" to card.unfreeze,
        "busy" to card.busy,
    )

    private fun of(card: MovingCard): View = mapOf(
        "title" to card.title,
        "message" to witness.expose(card.message),
        "sign_out" to card.signOut,
        "keep" to card.keep,
    )

    private fun of(row: DeviceRow): View = mapOf(
        "name" to witness.expose(row.name),
        "platform" to row.platform,
        "detail" to row.detail,
        "trust" to row.trust,
        "current" to row.current,
        "sign_out" to row.signOut,
    ).also { witness.expose(row.spoken) }

    companion object {
        fun word(name: Enum<*>): String = name.name.lowercase()

        /** What [path] shows in [view]: a list counts its rows, and what is not there is null. */
        fun look(path: String, view: View): Any? {
            val shown = path.split('.').fold(view as Any?) { at, name ->
                when (at) {
                    null -> null
                    is Map<*, *> -> if (at.containsKey(name)) at[name] else error("unknown path $path")
                    is List<*> -> at.getOrNull(name.toIntOrNull() ?: error("unknown path $path"))
                    else -> error("unknown path $path")
                }
            }
            return if (shown is List<*>) shown.size.toLong() else shown
        }
    }
}
