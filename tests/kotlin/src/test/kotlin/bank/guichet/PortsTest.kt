package bank.guichet

import bank.guichet.core.AppConfig
import bank.guichet.core.AppListener
import bank.guichet.core.AppState
import bank.guichet.core.GuichetApp
import bank.guichet.core.Language
import bank.guichet.core.Phone
import bank.guichet.core.Platform
import bank.guichet.core.PrivateText
import bank.guichet.core.SecureStore
import bank.guichet.core.StartRefusal
import bank.guichet.phone.Prompts
import bank.guichet.phone.SoftwarePhone
import bank.guichet.sandbox.SandboxBank
import bank.guichet.scenario.Runner
import bank.guichet.scenario.Scenario
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir
import java.nio.ByteBuffer
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse

/** What a shell gets wrong: the core refuses or carries on, and never repeats what the platform said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PortsTest {
    private val bank = SandboxBank.start()
    private val phone = SoftwarePhone(Prompts {})

    @AfterAll
    fun stopBank() = bank.close()

    @TempDir
    lateinit var folder: Path

    private fun start(profile: String = bank.profile, ports: Phone = phone.ports()) =
        GuichetApp.start(profile, AppConfig("$folder", Language.EN, PrivateText("Test"), Platform.OTHER), ports)

    @Test
    fun `a bank profile that is none is refused`() {
        listOf("", "{}", bank.profile.replace("\"P-256\"", "\"P-384\""), bank.profile.replace("-----BEGIN", "-----")).forEach {
            assertFailsWith<StartRefusal.BadProfile> { start(profile = it) }
        }
    }

    @Test
    fun `invariant 07 silent - an exception out of a port loses its text on the way`() {
        val broken = object : SecureStore by phone.store {
            override fun get(name: String): ByteArray = throw IllegalStateException("token eyJhbGciOi")
        }
        val refusal = assertFailsWith<StartRefusal.PhoneNotReady> { start(ports = phone.ports().copy(secureStore = broken)) }
        assertFalse("eyJ" in "$refusal ${refusal.message} ${refusal.stackTraceToString()}")
    }

    @Test
    fun `a listener that throws is told the next state all the same`() = start().use { app ->
        var told = 0
        val subscription = app.observe(object : AppListener {
            override fun onState(state: AppState) {
                told += 1
                throw IllegalArgumentException("balance 1,234.50")
            }
        })
        subscription.end()
        assertEquals(1, told)
        assertEquals(0u, app.traffic().requests)
    }

    @Test
    fun `a prompt that cannot be shown is answered at once, not when time is up`() {
        val scenario = """
            {"scenario": "A prompt that throws", "language": "en", "customer": 1, "steps": [
              {"do": "start"}, {"do": "sign_in"},
              {"wait": {"welcome.step": "enrol", "welcome.busy": false}},
              {"do": "enrol"},
              {"wait": {"welcome.notice": {"has": "security check failed"}, "welcome.busy": false, "prompt": null}},
              {"expect": {"welcome.step": "enrol"}}
            ]}
        """
        Runner(Scenario.parse(scenario), bank).use { runner ->
            runner.phone.prompts.broken = true
            runner.run()
        }
    }

    @Test
    fun `late, strange and repeated answers change nothing`() = start().use { app ->
        val before = app.state()
        val bytes = ByteBuffer.allocateDirect(64)
        repeat(2) {
            app.approvalSigned(7u, bytes)
            app.itemReleased(8u, bytes)
        }
        app.lockScreen().unlockWithPin(bytes)
        app.pay().open("no such payment")
        app.securityCentre().signOutDevice("no/such/device")
        app.securityCentre().thisWasNotMe("no/such/notice")
        assertEquals(null, app.pay().receipt("no such payment"))
        assertEquals(emptyList(), app.history().page("no such account", 3).rows)
        assertEquals(before, app.state())
    }
}
