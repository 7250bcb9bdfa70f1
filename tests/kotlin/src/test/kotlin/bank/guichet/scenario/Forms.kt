package bank.guichet.scenario

import java.util.Base64

/** The forms in which a secret may be printed: as programs write bytes into texts. */
object Forms {
    /** Shorter ones are found anywhere, by chance. */
    private const val SHORTEST = 6

    /** Every form of [bytes], but for those that are too short to mean anything. */
    fun of(bytes: ByteArray): Set<String> {
        val hex = bytes.map { "%02x".format(it) }
        val forms = listOf(
            hex.joinToString(""),
            hex.joinToString("").uppercase(),
            hex.joinToString(", "),
            bytes.joinToString(", "),
            bytes.joinToString(", ") { it.toUByte().toString() },
        )
        return (forms + base64(bytes, Base64.getEncoder()) + base64(bytes, Base64.getUrlEncoder()))
            .filterTo(LinkedHashSet()) { it.length >= SHORTEST }
    }

    /** Wherever they begin within a group of three. A first and a last character that neighbours have a part in is left out. */
    private fun base64(bytes: ByteArray, encoder: Base64.Encoder) = (0..2).map { before ->
        val text = encoder.withoutPadding().encodeToString(ByteArray(before) + bytes)
        val shared = if ((before + bytes.size) % 3 == 0) 0 else 1
        text.drop((before * 8 + 5) / 6).dropLast(shared)
    }
}
