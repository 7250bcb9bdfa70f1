package bank.guichet.phone

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/** A P-256 key of JCA, where a phone has one in its secure hardware. Signatures are DER, as Android's are. */
class SoftwareKey {
    private var pair: KeyPair? = null
    private var dead = false

    @Synchronized
    fun create(): ByteArray {
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        pair = generator.generateKeyPair()
        dead = false
        return checkNotNull(publicPoint())
    }

    /** 0x04 || x || y. */
    @Synchronized
    fun publicPoint(): ByteArray? = (pair?.public as ECPublicKey?)?.w?.let { point ->
        byteArrayOf(4) + coordinate(point.affineX.toByteArray()) + coordinate(point.affineY.toByteArray())
    }

    @Synchronized
    fun sign(message: ByteArray): ByteArray? = pair?.takeUnless { dead }?.let { pair ->
        Signature.getInstance("SHA256withECDSA").run {
            initSign(pair.private)
            update(message)
            sign()
        }
    }

    /** It looks as if it were there, and signs nothing any more: fingers or faces have changed. */
    @Synchronized
    fun kill() {
        dead = true
    }

    @Synchronized
    fun destroy() {
        pair = null
    }

    /** A big integer's bytes, without a sign and in 32 bytes. */
    private fun coordinate(number: ByteArray): ByteArray {
        val digits = number.takeLast(32).toByteArray()
        return ByteArray(32 - digits.size) + digits
    }
}
