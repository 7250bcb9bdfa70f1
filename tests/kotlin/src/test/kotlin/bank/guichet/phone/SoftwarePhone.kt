package bank.guichet.phone

import bank.guichet.core.ApprovalSigner
import bank.guichet.core.Clock
import bank.guichet.core.Connectivity
import bank.guichet.core.DeviceSigner
import bank.guichet.core.Entropy
import bank.guichet.core.Phone
import bank.guichet.core.SignerFailure
import java.security.SecureRandom
import java.util.concurrent.atomic.AtomicBoolean

/** A phone without hardware: every port, kept in memory, so that an app can be started on it again. */
class SoftwarePhone(val prompts: Prompts) {
    val store = MemoryStore(prompts)
    val online = AtomicBoolean(true)
    private val deviceKey = SoftwareKey()
    private val approvalKey = SoftwareKey()

    /** In the phone's settings: another finger is enrolled, which kills what the old one guarded. */
    fun enrolOtherBiometrics() {
        approvalKey.kill()
        store.killGuarded()
    }

    fun ports() = Phone(
        secureStore = store,
        deviceSigner = SoftwareDeviceSigner(deviceKey),
        approvalSigner = SoftwareApprovalSigner(approvalKey, prompts),
        clock = SystemClock,
        entropy = SystemEntropy,
        connectivity = object : Connectivity {
            override fun isOnline() = online.get()
        },
    )
}

private class SoftwareDeviceSigner(private val key: SoftwareKey) : DeviceSigner {
    override fun create() = key.create()

    override fun publicKey() = key.publicPoint()

    override fun sign(message: ByteArray) = key.sign(message) ?: throw SignerFailure.NoKey()

    override fun destroyKey() = key.destroy()
}

private class SoftwareApprovalSigner(private val key: SoftwareKey, private val prompts: Prompts) : ApprovalSigner {
    override fun create() = key.create()

    override fun publicKey() = key.publicPoint()

    override fun ask(id: ULong, reason: String, message: ByteArray) =
        prompts.show(Prompt.Approval(id, reason) { key.sign(message) })

    override fun destroyKey() = key.destroy()
}

private object SystemClock : Clock {
    override fun unixSeconds() = System.currentTimeMillis() / 1_000

    override fun uptimeMillis() = (System.nanoTime() / 1_000_000).toULong()
}

private object SystemEntropy : Entropy {
    private val random = SecureRandom()

    override fun bytes(count: UInt) = ByteArray(count.toInt()).also(random::nextBytes)
}
