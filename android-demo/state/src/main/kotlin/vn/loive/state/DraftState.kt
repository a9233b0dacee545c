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
import vn.loive.Answer
import vn.loive.DraftId
import vn.loive.DraftView
import vn.loive.Lang
import vn.loive.Phone
import vn.loive.Question
import vn.loive.Receipt
import vn.loive.ReportId

/** Where a draft stands. */
enum class DraftStep {
    WRITING,
    SENDING,
    SENT,
    DISCARDED,
}

/** What a screen shows of a draft. */
data class DraftShown(
    /** As the store has it; null before it is read and after it is gone. */
    val kept: DraftView? = null,
    /** What was just given and is not kept yet, or was not taken, by question. */
    val given: Map<String, Given> = emptyMap(),
    val step: DraftStep = DraftStep.WRITING,
    /** The report that it became, unless a guest sent it. */
    val report: ReportId? = null,
    /** A guest's receipt, until [DraftState.forgetReceipt]. */
    val receipt: Receipt? = null,
    /** What went wrong with the draft as a whole. */
    val error: Sentence? = null,
) {
    /** The questions to show now, in order. */
    val fields: List<FieldShown>
        get() = kept?.questions.orEmpty().map { FieldShown(it, given[it.id]) }

    /** The ids of the questions that must still be answered. */
    val missing: List<String>
        get() = kept?.missing.orEmpty()

    fun field(question: String): FieldShown? = fields.find { it.question.id == question }
}

/** An answer on its way into the store; with an error, it stays outside. */
class Given internal constructor(val answer: Answer?, val error: Sentence?)

/** A question as a screen shows it. */
class FieldShown internal constructor(val question: Question, private val given: Given?) {
    /** What the person gave last, kept or not. */
    val answer: Answer?
        get() = if (given != null) given.answer else question.answer

    /** Whether that is in the store. */
    val isKept: Boolean
        get() = given == null

    /** Why it is not. */
    val error: Sentence?
        get() = given?.error
}

/** One draft: its questions, answering them, sending it once. */
class DraftState
internal constructor(
    private val phone: Phone,
    private val reports: ReportsState,
    private val scope: CoroutineScope,
    val id: DraftId,
    private val lang: Lang,
) {
    private val state = MutableStateFlow(DraftShown())
    private val turn = Mutex()

    val shown: StateFlow<DraftShown> = state.asStateFlow()

    init {
        load()
    }

    /** Reads it again. */
    fun load(): Job = begin { read() }

    /**
     * Answers a question, or with null takes the answer away. It shows at once; the
     * store follows, in the order in which answers were given. An answer that is not
     * taken stays on the screen with the reason, and the one before it in the store.
     */
    fun answer(question: String, answer: Answer?): Job {
        val given = Given(answer, error = null)
        state.update { it.copy(given = it.given + (question to given)) }
        return begin { keep(question, given) }
    }

    /** Makes a report of it. A second tap does nothing. */
    fun submit(): Job = send {
        val report = phone.submit(id)
        state.update { it.copy(report = report) }
    }

    /** Sends it from a shared phone, on which nothing readable remains. */
    fun submitAsGuest(): Job = send {
        val receipt = phone.submitGuest(id)
        state.update { it.copy(receipt = receipt) }
    }

    /** The receipt was copied: it is nowhere any more. */
    fun forgetReceipt() = state.update { it.copy(receipt = null) }

    /** Throws it away. */
    fun discard(): Job = begin {
        if (state.value.step != DraftStep.WRITING) return@begin
        attempt(::tell) {
            phone.discardDraft(id)
            end(DraftStep.DISCARDED)
        }
    }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) { turn.withLock { work() } }

    private suspend fun read() {
        if (state.value.step != DraftStep.WRITING) return
        attempt(::tell) {
            val kept = phone.draft(id, lang)
            state.update { it.copy(kept = kept, error = null) }
        }
    }

    private suspend fun keep(question: String, given: Given) {
        val refused = { error: Sentence ->
            replace(question, given, Given(given.answer, error))
        }
        val taken =
            attempt(refused) {
                val answer = given.answer
                if (answer == null) phone.clearAnswer(id, question)
                else phone.answer(id, question, answer)
            }
        if (taken == null) return
        read()
        replace(question, given, null)
    }

    /** Unless the person has given another answer since. */
    private fun replace(question: String, old: Given, new: Given?) = state.update {
        if (it.given[question] !== old) return@update it
        it.copy(given = if (new == null) it.given - question else it.given + (question to new))
    }

    /** What was answered before is kept first: each takes its turn. */
    private fun send(work: suspend () -> Unit): Job = begin {
        if (state.value.step != DraftStep.WRITING) return@begin
        state.update { it.copy(step = DraftStep.SENDING, error = null) }
        val failed = { error: Sentence ->
            state.update { it.copy(step = DraftStep.WRITING, error = error) }
        }
        attempt(failed) {
            work()
            end(DraftStep.SENT)
        }
    }

    private fun end(step: DraftStep) {
        state.update { it.copy(kept = null, given = emptyMap(), step = step, error = null) }
        reports.refresh()
    }

    private fun tell(error: Sentence) = state.update { it.copy(error = error) }
}
