package bank.guichet.phone

import bank.guichet.core.GuichetApp
import bank.guichet.core.PromptFailure

/** A biometric prompt on the screen. */
sealed class Prompt(val id: ULong, val reason: String, val right: () -> ByteArray?) {
    class Approval(id: ULong, reason: String, signature: () -> ByteArray?) : Prompt(id, reason, signature)

    class Release(id: ULong, reason: String, item: () -> ByteArray?) : Prompt(id, reason, item)

    /** What the person's right finger leads to. */
    fun answerRight(app: GuichetApp) {
        val bytes = right() ?: return fail(app, PromptFailure.KEY_INVALIDATED)
        lend(bytes) {
            when (this) {
                is Approval -> app.approvalSigned(id, it)
                is Release -> app.itemReleased(id, it)
            }
        }
    }

    fun fail(app: GuichetApp, failure: PromptFailure) = when (this) {
        is Approval -> app.approvalFailed(id, failure)
        is Release -> app.releaseFailed(id, failure)
    }
}

/** The prompts that wait for the person, oldest first. */
class Prompts(private val changed: () -> Unit) {
    private val waiting = ArrayDeque<Prompt>()

    /** The platform throws instead of showing anything. */
    @Volatile
    var broken = false

    fun show(prompt: Prompt) {
        check(!broken) { "no window for token eyJhbGciOi" }
        synchronized(waiting) { waiting.addLast(prompt) }
        changed()
    }

    fun oldest(): Prompt? = synchronized(waiting) { waiting.firstOrNull() }

    fun take(): Prompt = synchronized(waiting) { waiting.removeFirst() }

    fun clear() = synchronized(waiting) { waiting.clear() }
}
