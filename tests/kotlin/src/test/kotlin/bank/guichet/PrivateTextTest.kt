package bank.guichet

import bank.guichet.core.AppConfig
import bank.guichet.core.Language
import bank.guichet.core.Platform
import bank.guichet.core.PrivateText
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals

class PrivateTextTest {
    private val name = PrivateText("李明")

    @Test
    fun `invariant 07 silent - private text prints as dots, alone and in a record`() {
        val config = AppConfig("/data", Language.ZH_CN, name, Platform.ANDROID)
        val printed = listOf("$name", "$config", "${listOf(name)}", "${mapOf(1 to name)}", String.format("%s", config))
        printed.forEach { assertFalse("李明" in it, it) }
        assertEquals("••", "$name")
    }

    @Test
    fun `private text is equal to the same text and exposes it by name only`() {
        assertEquals(name, PrivateText("李明"))
        assertEquals(name.hashCode(), PrivateText("李明").hashCode())
        assertNotEquals(name, PrivateText("李娜"))
        assertEquals("李明", name.expose())
    }
}
