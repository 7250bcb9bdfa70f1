package bank.guichet.sandbox

/** The scripted browser, a process: it follows the bank's real pages as the customer would, up to the redirect into the app. */
object Browser {
    fun signIn(url: String, bank: SandboxBank, customer: SandboxBank.Customer): String {
        val process = ProcessBuilder(
            Places.demo.path, "browser",
            "--url", url,
            "--ca", bank.caFile,
            "--username", customer.username,
            "--password", customer.password,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val redirect = process.inputReader().readText().trim()
        check(process.waitFor() == 0 && redirect.isNotEmpty()) { "the browser did not come back to the app" }
        return redirect
    }
}
