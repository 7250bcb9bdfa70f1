package bank.guichet.scenario

import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** Wakes whoever waits for something to have changed. */
class Signal {
    private val lock = ReentrantLock()
    private val told = lock.newCondition()

    fun changed() = lock.withLock { told.signalAll() }

    /** Whether [reached] became true in time. It is looked at again after every change. */
    fun await(seconds: Long, reached: () -> Boolean): Boolean = lock.withLock {
        var left = TimeUnit.SECONDS.toNanos(seconds)
        while (!reached()) {
            if (left <= 0) return false
            left = told.awaitNanos(left)
        }
        true
    }
}
