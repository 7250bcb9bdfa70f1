package bank.guichet.sandbox

import java.io.File

/** Where the tests find what Cargo built: `cargo xtask kotlin` says, and without it a debug build of this repository. */
object Places {
    private val root = File(System.getenv("GUICHET_ROOT") ?: "${System.getProperty("basedir", ".")}/../..").canonicalFile
    val bank = program("GUICHET_BANK", "bank")
    val demo = program("GUICHET_DEMO", "demo")
    val scenarios = root.resolve("tests/scenarios")

    private fun program(variable: String, name: String) =
        System.getenv(variable)?.let(::File) ?: root.resolve("target/debug/$name")
}
