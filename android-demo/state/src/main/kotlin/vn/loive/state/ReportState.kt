package vn.loive.state

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import vn.loive.Answer
import vn.loive.Lang
import vn.loive.Phone
import vn.loive.PhoneException
import vn.loive.Receipt
import vn.loive.ReportId
import vn.loive.ReportPage

/** The field under which an error of a message is shown. */
const val MESSAGE_FIELD = "message"

/** What the screen of a report shows. */
data class ReportShown(
    val page: ReportPage? = null,
    /** It is not on this phone any more. */
    val isGone: Boolean = false,
    /** A receipt that was just made, until [ReportState.forgetReceipt]. */
    val receipt: Receipt? = null,
    /** What is wrong with an input, by the question's id or [MESSAGE_FIELD]. */
    val inputErrors: Map<String, Sentence> = emptyMap(),
    /** What went wrong otherwise. */
    val error: Sentence? = null,
) {
    /** What the person must be told, worst first. */
    val said: List<Sentence>
        get() =
            page?.run { troubles.map { it.sentence() } + summary.warnings.map { it.sentence() } }
                .orEmpty()
}

/** One report: how far it is, what was written, and what can still be done. */
class ReportState
internal constructor(
    private val phone: Phone,
    changes: Changes,
    parent: CoroutineScope,
    val id: ReportId,
    private val lang: Lang,
) : AutoCloseable {
    private val scope =
        CoroutineScope(parent.coroutineContext + SupervisorJob(parent.coroutineContext.job))
    private val state = MutableStateFlow(ReportShown())
    private val turn = Mutex()

    val shown: StateFlow<ReportShown> = state.asStateFlow()

    init {
        scope.launch { changes.of(id).conflate().collect { turn.withLock { read() } } }
    }

    /** Reads it again. */
    fun refresh(): Job = begin {}

    /** Writes to the hotline. */
    fun write(text: String): Job = begin(MESSAGE_FIELD) { phone.sendMessage(id, text) }

    /** Changes an answer, or with null takes it back. */
    fun amend(question: String, answer: Answer?): Job = begin(question) {
        if (answer == null) phone.amendClear(id, question) else phone.amend(id, question, answer)
    }

    /** Takes the report back. */
    fun withdraw(): Job = begin { phone.withdraw(id) }

    /** Erases it from this phone. */
    fun erase(): Job = begin { phone.eraseReport(id) }

    /** Makes a receipt, which is shown until [forgetReceipt]. */
    fun makeReceipt(): Job = begin {
        val receipt = phone.makeReceipt(id)
        state.update { it.copy(receipt = receipt) }
    }

    /** The receipt was copied: it is nowhere any more. */
    fun forgetReceipt() = state.update { it.copy(receipt = null) }

    /** The screen is left. */
    override fun close() = scope.cancel()

    private fun begin(field: String? = null, work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            turn.withLock {
                state.update {
                    it.copy(inputErrors = it.inputErrors - field.orEmpty(), error = null)
                }
                val failed = { error: Sentence -> tell(field, error) }
                attempt(failed) { work() } ?: return@withLock
                read()
            }
        }

    private suspend fun read() =
        try {
            val page = phone.report(id, lang)
            state.update { it.copy(page = page, isGone = false) }
        } catch (_: PhoneException.NotFound) {
            state.update { ReportShown(isGone = true) }
        } catch (error: PhoneException) {
            tell(null, error.sentence())
        }

    /** What is wrong with an input stands beside it, all else on top. */
    private fun tell(field: String?, error: Sentence) = state.update {
        if (field != null && error.key.startsWith("problem.")) {
            it.copy(inputErrors = it.inputErrors + (field to error))
        } else {
            it.copy(error = error)
        }
    }
}
