package vn.loive.state

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import vn.loive.DraftSummary
import vn.loive.Phone
import vn.loive.ReportSummary

/** What the first screen shows. */
data class ReportsShown(
    /** Whether the lists were read. */
    val isRead: Boolean = false,
    /** The newest first. Guests' reports are in no list. */
    val reports: List<ReportSummary> = emptyList(),
    /** The newest first. */
    val drafts: List<DraftSummary> = emptyList(),
    /** How many receipts that were typed in wait for the relay. */
    val reopening: ULong = 0u,
    /** What is wrong with the receipt that was typed. */
    val receiptError: Sentence? = null,
    /** What went wrong otherwise. */
    val error: Sentence? = null,
)

/** The lists of reports and drafts, kept up to date, and receipts typed in. */
class ReportsState
internal constructor(
    private val phone: Phone,
    changes: Changes,
    private val scope: CoroutineScope,
) {
    private val state = MutableStateFlow(ReportsShown())
    private val turn = Mutex()

    val shown: StateFlow<ReportsShown> = state.asStateFlow()

    init {
        scope.launch { changes.ofAny().conflate().collect { turn.withLock { read() } } }
    }

    /** Reads the lists again. */
    fun refresh(): Job = begin { read() }

    /** Throws away the drafts that nobody touched for long. Call it at the front. */
    fun expireDrafts(): Job = begin {
        attempt(::tell) { phone.expireDrafts() }
        read()
    }

    /** Asks the relay, at the next sync, for the report of a receipt. */
    fun reopen(typed: String): Job = receipt { phone.reopen(typed) }

    /** Has the relay erase a receipt at the next sync: it opens nothing any more. */
    fun eraseReceipt(typed: String): Job = receipt { phone.eraseReceipt(typed) }

    internal fun tell(error: Sentence) = state.update { it.copy(error = error) }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) { turn.withLock { work() } }

    private fun receipt(work: suspend () -> Unit): Job = begin {
        state.update { it.copy(receiptError = null) }
        attempt({ error -> state.update { it.copy(receiptError = error) } }) { work() }
        read()
    }

    private suspend fun read() {
        attempt(::tell) {
            val reports = phone.reports()
            val drafts = phone.drafts()
            val reopening = phone.reopening()
            state.update {
                it.copy(
                    isRead = true,
                    reports = reports,
                    drafts = drafts,
                    reopening = reopening,
                    error = null,
                )
            }
        }
    }
}
