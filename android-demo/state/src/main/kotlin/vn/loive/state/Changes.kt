package vn.loive.state

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.launch
import vn.loive.Phone
import vn.loive.ReportId
import vn.loive.ReportListener

/** Changes that wait to be looked at. When there are more, the engine waits. */
private const val WAITING_MAX_CHANGES = 64

/**
 * What the engine says of reports that changed, for any number of holders.
 *
 * The subscription stands when this is made, and whoever collects is first told to
 * read: so no change falls between reading and listening.
 */
internal class Changes(phone: Phone, scope: CoroutineScope) : AutoCloseable {
    private val waiting = Channel<ReportId?>(WAITING_MAX_CHANGES)
    private val told = MutableSharedFlow<ReportId?>()
    private val subscription =
        phone.subscribe(
            object : ReportListener {
                // On a thread of the library, which may be kept waiting. What it
                // then misses it says with a null.
                override fun changed(report: ReportId?) {
                    waiting.trySendBlocking(report)
                }
            },
        )

    init {
        scope.launch { for (change in waiting) told.emit(change) }
    }

    /** Each time that something changed in any report. Null: anything may have. */
    fun ofAny(): Flow<ReportId?> = told.asSharedFlow().onSubscription { emit(null) }

    /** Each time that something may have changed in this report. */
    fun of(report: ReportId): Flow<ReportId?> = ofAny().filter { it == null || it == report }

    override fun close() {
        // First, so that a listener that waits for room is let go.
        waiting.close()
        subscription.stop()
        subscription.close()
    }
}
