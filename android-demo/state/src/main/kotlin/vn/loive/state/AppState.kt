package vn.loive.state

import java.nio.file.Path
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import vn.loive.DeviceClock
import vn.loive.KeyStore
import vn.loive.Lang
import vn.loive.Lock
import vn.loive.OpenRequest
import vn.loive.PhoneException
import vn.loive.openPhone
import vn.loive.setAside

/** What the app opens its phone with. */
class Setup(
    /** A folder of the app's own, kept out of backups. */
    val folder: Path,
    /** The text of the hotline's card, built into the app. */
    val card: String,
    /** The platform's keystore. */
    val keys: KeyStore,
    /** The language in which forms are shown. */
    val lang: Lang,
    /** Another way to the relay than the address on the card. */
    val relayUrl: String? = null,
    /** Another clock than the device's, for tests and training. */
    val clock: DeviceClock? = null,
    /** Whether the platform says that the store was copied back from a backup. */
    val restored: Boolean = false,
)

/** How far the app is open. */
sealed interface Opening {
    /** Not open, and nothing is under way. */
    data object Closed : Opening

    /** It is being opened. */
    data object Working : Opening

    /** It has a PIN. */
    data object PinNeeded : Opening

    /** That was not its PIN. Nothing was lost by it. */
    data object WrongPin : Opening

    /** It does not open. Where that would help, the store can be set aside. */
    data class Stuck(val said: Sentence, val canBeSetAside: Boolean) : Opening

    /** It is open. [notice] must be told: a store was lost or set aside. */
    data class Open(val session: Session, val notice: Sentence?) : Opening
}

/**
 * The app from its start to its end: opening, PIN, what to do with a store that
 * does not open. Everything runs in [scope]; when that is cancelled, the phone is
 * released as well.
 */
class AppState(private val scope: CoroutineScope, private val setup: Setup) {
    private val shown = MutableStateFlow<Opening>(Opening.Closed)
    private val turn = Mutex()

    /** How far it is open. */
    val opening: StateFlow<Opening> = shown.asStateFlow()

    /** Opens the phone, unless it is open. */
    fun open(pin: String? = null): Job = begin {
        if (shown.value is Opening.Open) return@begin
        shown.value = Opening.Working
        shown.value = opened(pin)
    }

    /** Closes the phone. Afterwards no file of the store is open. */
    fun close(): Job = begin { closed() }

    /**
     * Moves a store out of the way whose PIN was forgotten or whose key is lost, and
     * begins a new one. Nothing is deleted.
     */
    fun setAsideAndOpen(): Job = begin {
        closed()
        val failed = { error: Sentence -> shown.value = Opening.Stuck(error, canBeSetAside = true) }
        val path = attempt(failed) { setAside(setup.folder.toString()) } ?: return@begin
        val session = attempt(failed) { session(null) } ?: return@begin
        shown.value = Opening.Open(session, sentence("start.set_aside", "path" to path))
    }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) { turn.withLock { work() } }

    private suspend fun opened(pin: String?): Opening {
        var stuck: Opening = Opening.Closed
        val failed = { error: Sentence -> stuck = Opening.Stuck(error, canBeSetAside = false) }
        return attempt(failed) {
            try {
                session(pin).let { Opening.Open(it, it.outcome.sentence()) }
            } catch (locked: PhoneException.Locked) {
                locked(locked.why)
            }
        } ?: stuck
    }

    /** Whoever stops waiting meanwhile must not leave an open phone behind. */
    private suspend fun session(pin: String?): Session =
        withContext(NonCancellable) {
            val request =
                OpenRequest(setup.folder.toString(), setup.card, pin, setup.restored)
            Session.of(openPhone(request, setup.keys, setup.clock), setup, scope)
        }

    private fun locked(why: Lock): Opening =
        when (why) {
            Lock.PIN_NEEDED -> Opening.PinNeeded
            Lock.WRONG_PIN -> Opening.WrongPin
            Lock.WRONG_KEY -> Opening.Stuck(why.sentence(), canBeSetAside = true)
            // The key may be there in a moment, the other program be closed.
            else -> Opening.Stuck(why.sentence(), canBeSetAside = false)
        }

    private suspend fun closed() {
        val open = shown.value as? Opening.Open
        shown.value = Opening.Closed
        open?.session?.close()
    }
}
