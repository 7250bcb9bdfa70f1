package bank.guichet.sandbox

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.util.concurrent.TimeUnit

/** A sandbox bank as a process of its own, on a free port, gone with everything it wrote once closed. */
class SandboxBank private constructor(private val process: Process, private val announced: JsonObject) : AutoCloseable {
    /** A demo customer's sign-in at the bank's page. */
    data class Customer(val username: String, val password: String, val names: List<String>)

    val issuer: String = announced.text("issuer")
    val caFile: String = announced.text("ca_file")
    val customers: List<Customer> = announced.getAsJsonArray("customers").map { it.asJsonObject }.map { customer ->
        val names = customer.getAsJsonObject("name")
        Customer(customer.text("username"), customer.text("password"), listOf(names.text("en"), names.text("zh-CN")))
    }

    /** The file an app is built with. */
    val profile: String = JsonObject().apply {
        addProperty("issuer", issuer)
        add("trust_anchor", announced.getAsJsonObject("trust_anchor"))
        addProperty("first_pin_set", announced.text("pin_set"))
        addProperty("redirect_uri", announced.text("redirect_uri"))
        addProperty("registration_token", announced.text("registration_token"))
        addProperty("private_ca_pem", announced.text("ca_pem"))
    }.toString()

    /** Sets switches, as the bank's staff does; [switches] is a JSON object. */
    fun switch(switches: String) {
        val staff = ProcessBuilder(
            Places.demo.path, "staff",
            "--issuer", issuer,
            "--ca", caFile,
            "--token", announced.text("control_token"),
            "--switches", switches,
        ).inheritIO().start()
        check(staff.waitFor() == 0) { "the bank did not take the switches $switches" }
    }

    override fun close() {
        process.destroy()
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    companion object {
        fun start(): SandboxBank {
            val process = ProcessBuilder(Places.bank.path, "--json", "--port", "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            val line = process.inputReader().readLine()
            if (line == null) {
                process.destroyForcibly()
                error("the sandbox bank did not start")
            }
            return SandboxBank(process, JsonParser.parseString(line).asJsonObject)
        }

        private fun JsonObject.text(name: String): String = get(name).asString
    }
}
