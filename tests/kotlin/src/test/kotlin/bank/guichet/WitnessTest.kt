package bank.guichet

import bank.guichet.core.PrivateText
import bank.guichet.scenario.Witness
import org.junit.jupiter.api.Test
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
    fun `a revision that does not grow is a disorder`() {
        val witness = Witness()
        listOf(1uL, 2uL, 2uL).forEach { witness.hears("a phone", "home", it) }
        witness.hears("another phone", "home", 1uL)
        assertEquals(listOf("home: 2 after 2"), witness.disorders())
    }
}
