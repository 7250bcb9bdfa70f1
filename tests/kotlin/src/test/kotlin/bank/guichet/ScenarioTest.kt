package bank.guichet

import bank.guichet.sandbox.Places
import bank.guichet.sandbox.SandboxBank
import bank.guichet.scenario.Runner
import bank.guichet.scenario.Scenario
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ScenarioTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    fun `invariant 07 silent - every scenario runs word for word, and nothing printed shows what is private`(file: File) {
        SandboxBank.start().use { bank ->
            Runner(Scenario.read(file), bank).use { runner ->
                runner.run()
                val (printed, private) = runner.witness.counts()
                assertTrue(printed > 20 && private > 20, "the witness saw too little: $printed, $private")
                assertEquals(emptyList(), runner.witness.leaks().take(3))
                assertEquals(emptyList(), runner.witness.disorders())
            }
        }
    }

    companion object {
        @JvmStatic
        fun files(): List<File> = Places.scenarios.listFiles().orEmpty().filter { it.extension == "json" }.sorted()
    }
}
