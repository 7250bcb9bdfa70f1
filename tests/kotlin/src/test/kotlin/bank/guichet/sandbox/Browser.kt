package bank.guichet.sandbox

/** The scripted browser, a process: it follows the bank's real pages as the customer would, up to the redirect into the app. */
object Browser {
    fun signIn(url: String, bank: SandboxBank, customer: SandboxBank.Customer): String =
        visit(url, bank, customer) ?: error("the browser did not come back to the app")

    /** Signs in at the bank's security page, and presses the buttons with these labels, page after page. */
    fun press(labels: List<String>, language: String, bank: SandboxBank, customer: SandboxBank.Customer) {
        val presses = labels.flatMap { listOf("--press", it) }
        val heading = visit("${bank.issuer}/security", bank, customer, listOf("--lang", language) + presses)
        checkNotNull(heading) { "the bank's page did not take $labels" }
    }

    /** Where the browser ended; nothing if it ended badly. */
    private fun visit(
        url: String,
        bank: SandboxBank,
        customer: SandboxBank.Customer,
        more: List<String> = emptyList(),
    ): String? {
        val process = ProcessBuilder(
            listOf(
                Places.demo.path, "browser",
                "--url", url,
                "--ca", bank.caFile,
                "--username", customer.username,
                "--password", customer.password,
            ) + more,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val end = process.inputReader().readText().trim()
        return end.takeIf { process.waitFor() == 0 && it.isNotEmpty() }
    }
}
