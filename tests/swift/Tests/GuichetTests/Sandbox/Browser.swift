import Foundation

/// The scripted browser, a process: it follows the bank's real pages as the customer would, up to the redirect into the app.
enum Browser {
    struct DidNotReturn: Error {}

    static func signIn(url: String, bank: SandboxBank, customer: SandboxBank.Customer) throws -> String {
        let browser = try Program(
            Places.demo,
            [
                "browser", "--url", url, "--ca", bank.announced.caFile,
                "--username", customer.username, "--password", customer.password,
            ])
        let redirect = browser.outcome()?.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let redirect, !redirect.isEmpty else { throw DidNotReturn() }
        return redirect
    }
}
