import Foundation

/// The scripted browser, a process: it follows the bank's real pages as the customer would, up to the redirect into the app.
enum Browser {
    struct DidNotReturn: Error {}

    static func signIn(url: String, bank: SandboxBank, customer: SandboxBank.Customer) throws -> String {
        try visit(url: url, bank: bank, customer: customer, more: [])
    }

    /// Signs in at the bank's security page, and presses the buttons with these labels, page after page.
    static func press(_ labels: [String], language: String, bank: SandboxBank, customer: SandboxBank.Customer) throws {
        let presses = labels.flatMap { ["--press", $0] }
        let page = "\(bank.announced.issuer)/security"
        _ = try visit(url: page, bank: bank, customer: customer, more: ["--lang", language] + presses)
    }

    /// Where the browser ended.
    private static func visit(
        url: String, bank: SandboxBank, customer: SandboxBank.Customer, more: [String]
    ) throws -> String {
        let browser = try Program(
            Places.demo,
            [
                "browser", "--url", url, "--ca", bank.announced.caFile,
                "--username", customer.username, "--password", customer.password,
            ] + more)
        let end = browser.outcome()?.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let end, !end.isEmpty else { throw DidNotReturn() }
        return end
    }
}
