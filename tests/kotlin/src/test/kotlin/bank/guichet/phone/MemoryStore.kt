package bank.guichet.phone

import bank.guichet.core.SecureStore

/** A secure store in memory. Guarded items are released by a prompt only. */
class MemoryStore(private val prompts: Prompts) : SecureStore {
    private val items = HashMap<String, ByteArray>()
    private val guarded = HashMap<String, ByteArray>()

    @Synchronized
    override fun get(name: String): ByteArray? = items[name]?.copyOf()

    @Synchronized
    override fun put(name: String, value: ByteArray) {
        items[name] = value.copyOf()
    }

    @Synchronized
    override fun putGuarded(name: String, value: ByteArray) {
        guarded[name] = value.copyOf()
    }

    @Synchronized
    override fun remove(name: String) {
        items.remove(name)
        guarded.remove(name)
    }

    /** Fingers or faces have changed. */
    @Synchronized
    fun killGuarded() = guarded.clear()

    override fun askRelease(id: ULong, name: String, reason: String) =
        prompts.show(Prompt.Release(id, reason) { released(name) })

    @Synchronized
    private fun released(name: String): ByteArray? = guarded[name]?.copyOf()

    /** An item, guarded or not, for a search for what must not be printed. */
    @Synchronized
    fun item(name: String): ByteArray? = (items[name] ?: guarded[name])?.copyOf()
}
