package bank.guichet.scenario

import bank.guichet.core.PrivateText
import java.util.Collections

/** Remembers what would have been printed and what must not be, over a whole run. */
class Witness {
    private val printed = Collections.synchronizedSet(LinkedHashSet<String>())
    private val plain = Collections.synchronizedSet(HashSet<String>())
    private val private = Collections.synchronizedSet(LinkedHashSet<String>())
    private val keys = Collections.synchronizedSet(LinkedHashSet<String>())
    private val revisions = HashMap<Pair<String, String>, ULong>()
    private val disorders = Collections.synchronizedList(ArrayList<String>())

    /** A value that a shell might log. */
    fun sees(value: Any) {
        printed += value.toString()
    }

    /** The text, noted as one that must not be printed. Texts of one or two characters occur everywhere. */
    fun expose(text: PrivateText): String = text.expose().also(::keepsQuiet)

    /** A label for everybody. An account may be called by the same word, which then says nothing about anybody. */
    fun label(text: String): String = text.also(plain::add)

    fun keepsQuiet(text: String) {
        if (text.length > 2) private += text
    }

    /** Bytes that must be printed in no form: a key, for example. */
    fun keepsQuiet(secret: ByteArray) {
        keys += Forms.of(secret)
    }

    /** A state of an area was told on [phone], after those before it. */
    @Synchronized
    fun hears(phone: String, area: String, revision: ULong) {
        val before = revisions.put(phone to area, revision)
        if (before != null && revision <= before) disorders += "$area: $revision after $before"
    }

    /** A new app on [phone] counts anew. */
    @Synchronized
    fun startsAnew(phone: String) {
        revisions.keys.removeIf { it.first == phone }
    }

    /** What is private and was printed: as it is, in hex, in base64, or as numbers. */
    fun leaks(): List<String> = synchronized(printed) {
        val forms = (private - plain).flatMap { Forms.of(it.toByteArray()) + it } + keys
        forms.flatMap { form -> printed.filter { form in it }.map { "“$form” in $it" } }
    }

    fun disorders(): List<String> = disorders.toList()

    fun counts(): Pair<Int, Int> = printed.size to private.size
}
