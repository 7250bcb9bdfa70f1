package bank.guichet.phone

import java.nio.ByteBuffer

/** Lends [secret] to the core for the time of [call], in memory that the core reads in place, and overwrites both copies. */
fun <T> lend(secret: ByteArray, call: (ByteBuffer) -> T): T {
    val lent = ByteBuffer.allocateDirect(secret.size).put(secret).flip()
    try {
        return call(lent)
    } finally {
        secret.fill(0)
        lent.clear().put(ByteArray(lent.capacity()))
    }
}
