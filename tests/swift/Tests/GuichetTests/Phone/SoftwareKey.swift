import COpenSSL
import Foundation

/// A P-256 key of OpenSSL, where a phone has one in its secure hardware. Signatures are DER, as Apple's are.
final class SoftwareKey: @unchecked Sendable {
    private let lock = NSLock()
    private var key: OpaquePointer?
    private var dead = false

    deinit {
        EVP_PKEY_free(key)
    }

    func create() throws -> Data {
        try lock.withLock {
            EVP_PKEY_free(key)
            key = guichet_make_p256()
            dead = false
            guard let point = point() else { throw OpenSSLFailed() }
            return point
        }
    }

    /// 0x04 || x || y.
    func publicPoint() -> Data? {
        lock.withLock { point() }
    }

    func sign(_ message: Data) throws -> Data? {
        try lock.withLock {
            guard let key, !dead else { return nil }
            return try signature(of: [UInt8](message), by: key)
        }
    }

    /// It looks as if it were there, and signs nothing any more: fingers or faces have changed.
    func kill() {
        lock.withLock { dead = true }
    }

    func destroy() {
        lock.withLock {
            EVP_PKEY_free(key)
            key = nil
        }
    }

    private func point() -> Data? {
        guard let key else { return nil }
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = EVP_PKEY_get1_encoded_public_key(key, &encoded)
        guard let encoded else { return nil }
        defer { CRYPTO_free(encoded, #file, #line) }
        return Data(bytes: encoded, count: length)
    }

    private func signature(of message: [UInt8], by key: OpaquePointer) throws -> Data {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        else { throw OpenSSLFailed() }
        return Data(signature.prefix(length))
    }
}

struct OpenSSLFailed: Error {}
