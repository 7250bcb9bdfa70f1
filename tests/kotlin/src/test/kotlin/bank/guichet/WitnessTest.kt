package bank.guichet

import bank.guichet.core.PrivateText
import bank.guichet.scenario.Witness
import org.junit.jupiter.api.Test
import java.util.Base64
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class WitnessTest {
    private data class Row(val name: String)

    @Test
    fun `a witness that sees a leak says so`() {
        val witness = Witness()
        witness.expose(PrivateText("李明的账户"))
        witness.sees(Row("李明的账户"))
        assertTrue(witness.leaks().single().contains("李明"))
    }

    @Test
    fun `a leak is seen in hex, in base64 and as numbers, wherever it begins`() {
        val secret = "tok-739184"
        for (before in listOf("", "x", "xy")) {
            val around = (before + secret + "z").toByteArray()
            val forms = listOf(
                around.joinToString("") { "%02x".format(it) },
                around.joinToString("") { "%02X".format(it) },
                around.contentToString(),
                Base64.getEncoder().encodeToString(around),
                Base64.getUrlEncoder().withoutPadding().encodeToString(around),
            )
            for (form in forms) {
                val witness = Witness()
                witness.keepsQuiet(secret.toByteArray())
                witness.sees(Row("nothing"))
                assertEquals(emptyList(), witness.leaks())
                witness.sees(Row(form))
                assertTrue(witness.leaks().isNotEmpty(), form)
            }
        }
    }

    @Test
    fun `a revision that does not grow is a disorder`() {
        val witness = Witness()
        listOf(1uL, 2uL, 2uL).forEach { witness.hears("a phone", "home", it) }
        witness.hears("another phone", "home", 1uL)
        assertEquals(listOf("home: 2 after 2"), witness.disorders())
    }
}
