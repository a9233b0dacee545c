package vn.loive.state

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import vn.loive.Phone

/** What the screen of the PIN shows. */
data class PinShown(
    /** Whether there is one; null: not looked yet. */
    val isSet: Boolean? = null,
    /** What is wrong with the one that was typed. */
    val error: Sentence? = null,
)

/** The PIN of the store. It is kept nowhere here. */
class PinState internal constructor(private val phone: Phone, private val scope: CoroutineScope) {
    private val state = MutableStateFlow(PinShown())
    private val turn = Mutex()

    val shown: StateFlow<PinShown> = state.asStateFlow()

    fun look(): Job = begin {}

    /** Gives the store this PIN, 4 to 64 characters. */
    fun set(pin: String): Job = begin { phone.setPin(pin) }

    fun remove(): Job = begin { phone.removePin() }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            turn.withLock {
                val failed = { error: Sentence -> state.update { it.copy(error = error) } }
                attempt(failed) {
                    work()
                    val isSet = phone.hasPin()
                    state.value = PinShown(isSet)
                }
            }
        }
}
