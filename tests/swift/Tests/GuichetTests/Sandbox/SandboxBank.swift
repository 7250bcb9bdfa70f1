import Foundation

/// A sandbox bank as a process of its own, on a free port, gone with everything it wrote once stopped.
final class SandboxBank {
    /// What the bank prints with `--json`.
    struct Announcement: Decodable {
        let issuer: String
        let caPem: String
        let caFile: String
        let pinSet: String
        let trustAnchor: [String: String]
        let redirectUri: String
        let registrationToken: String
        let controlToken: String
        let customers: [Customer]
    }

    /// A demo customer's sign-in at the bank's page.
    struct Customer: Decodable {
        let username: String
        let password: String
        /// By language.
        let name: [String: String]
    }

    let announced: Announcement
    private let program: Program

    init() throws {
        // iOS spares the core's sockets this signal, Linux sends it when a connection has gone.
        signal(SIGPIPE, SIG_IGN)
        program = try Program(Places.bank, ["--json", "--port", "0"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        announced = try decoder.decode(Announcement.self, from: program.line())
    }

    /// Sets switches, as the bank's staff does; `switches` is a JSON object.
    func set(switches: String) throws {
        let staff = try Program(
            Places.demo,
            [
                "staff", "--issuer", announced.issuer, "--ca", announced.caFile,
                "--token", announced.controlToken, "--switches", switches,
            ])
        guard staff.outcome() != nil else { throw Deviation("the bank did not take the switches \(switches)") }
    }

    deinit {
        program.stop()
    }

    /// The file an app is built with.
    func profile() throws -> String {
        let profile: [String: Any] = [
            "issuer": announced.issuer,
            "trust_anchor": announced.trustAnchor,
            "first_pin_set": announced.pinSet,
            "redirect_uri": announced.redirectUri,
            "registration_token": announced.registrationToken,
            "private_ca_pem": announced.caPem,
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: profile), as: UTF8.self)
    }
}
