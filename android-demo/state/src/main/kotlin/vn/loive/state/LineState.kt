package vn.loive.state

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import vn.loive.Connectivity
import vn.loive.Driver
import vn.loive.Ended
import vn.loive.Phone
import vn.loive.SyncListener
import vn.loive.SyncSummary
import vn.loive.Syncing

/**
 * In the background the engine tries for ever, with pauses that grow, and says nothing
 * meanwhile. After so long without an end of a sync, the hotline is not reached.
 */
private val PATIENCE = 8.seconds

/** What the line to the hotline shows. */
data class LineShown(
    /** A sync that the person asked for is under way. */
    val isTalking: Boolean = false,
    /** How the last sync ended, as what the person can do; null: none ended yet. */
    val last: Sentence? = null,
    /** Whether the last sync left nothing to send or to fetch. */
    val isUpToDate: Boolean = false,
    /** How many pieces no relay has acknowledged. */
    val unsent: ULong = 0u,
    /** Receipts for which the relay had nothing, since the app was opened. */
    val receiptsUnknown: ULong = 0u,
)

/** Sending and fetching: in the background, and when somebody asks for it. */
class LineState
internal constructor(
    private val phone: Phone,
    private val driver: Driver,
    private val scope: CoroutineScope,
) : AutoCloseable {
    private val state = MutableStateFlow(LineShown())
    private val summaries = Channel<SyncSummary>(Channel.RENDEZVOUS)
    private val turn = Mutex()

    /** The sync in the background, while there is one. */
    private var syncing: Syncing? = null

    /** Loses patience with it, unless a sync ends before. */
    private var waiting: Job? = null

    val shown: StateFlow<LineShown> = state.asStateFlow()

    init {
        scope.launch { for (summary in summaries) take(summary) }
    }

    /** Syncs now, because the person asked. Cancelling the job stops the sync. */
    fun sync(): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            turn.withLock {
                state.update { it.copy(isTalking = true) }
                try {
                    attempt({ tell(it) }) { take(phone.sync(driver, null)) }
                } finally {
                    state.update { it.copy(isTalking = false) }
                }
            }
        }

    /** Keeps the phone up to date from now on. */
    @Synchronized
    fun start() {
        if (syncing != null) return
        syncing = phone.keepSyncing(driver, listener)
        waitForAnEnd()
    }

    /** Stops doing so. */
    @Synchronized
    fun stop() {
        syncing?.use { it.stop() }
        syncing = null
        waiting?.cancel()
    }

    /** Something was written that should go now. */
    @Synchronized
    fun wake() {
        val syncing = syncing ?: return
        syncing.wake()
        waitForAnEnd()
    }

    /** Passes on what the platform says of the network. */
    @Synchronized
    fun network(connectivity: Connectivity) {
        syncing?.connectivity(connectivity)
    }

    override fun close() {
        // First, so that a listener that waits to be heard is let go.
        summaries.close()
        stop()
    }

    private val listener =
        object : SyncListener {
            override fun ended(summary: SyncSummary) {
                summaries.trySendBlocking(summary)
            }
        }

    private fun waitForAnEnd() {
        if (waiting?.isActive == true) return
        waiting = scope.launch {
            delay(PATIENCE)
            tell(sentence("error.offline"))
        }
    }

    @Synchronized
    private fun heard() {
        waiting?.cancel()
    }

    private suspend fun take(summary: SyncSummary) {
        heard()
        val last = sentence(summary.ended)
        val unsent = attempt({}) { phone.unsent() }
        state.update {
            it.copy(
                last = last,
                isUpToDate = summary.ended == Ended.COMPLETE,
                unsent = unsent ?: it.unsent,
                receiptsUnknown = it.receiptsUnknown + summary.receiptsUnknown,
            )
        }
    }

    private suspend fun tell(error: Sentence) {
        val unsent = attempt({}) { phone.unsent() }
        state.update { it.copy(last = error, isUpToDate = false, unsent = unsent ?: it.unsent) }
    }

    private suspend fun sentence(ended: Ended): Sentence =
        when (ended) {
            Ended.COMPLETE, Ended.CANCELLED -> sentence("signal.on")
            Ended.BUSY -> refused("busy")
            Ended.OFFLINE -> sentence("error.offline")
            Ended.UNTRUSTED -> sentence("rejection.untrusted")
            Ended.NOT_UNDERSTOOD -> sentence("rejection.not_understood")
            Ended.STORE -> whatTheStoreSays()
        }

    /** A store that can be read and did not take what was fetched is full. */
    private suspend fun whatTheStoreSays(): Sentence {
        var said = sentence("error.storage_full")
        attempt({ said = it }) { phone.unsent() }
        return said
    }
}
