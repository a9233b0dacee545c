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
import vn.loive.Lang
import vn.loive.NewProposal
import vn.loive.Phone
import vn.loive.ProposalPage
import vn.loive.ProposalSummary
import vn.loive.ReportId

/** What the screens of proposals show. Prints no word of them. */
data class ProposalsShown(
    /** The newest first. */
    val proposals: List<ProposalSummary> = emptyList(),
    /** The one that is open, beside what the library says today. */
    val page: ProposalPage? = null,
    /** Why something was not done. */
    val error: Sentence? = null,
) {
    override fun toString(): String = "ProposalsShown(…)"
}

/** Other words for the library, proposed from this phone, kept up to date. */
class ProposalsState
internal constructor(
    private val phone: Phone,
    changes: Changes,
    private val lang: Lang,
    private val scope: CoroutineScope,
) {
    private val state = MutableStateFlow(ProposalsShown())
    private val turn = Mutex()

    val shown: StateFlow<ProposalsShown> = state.asStateFlow()

    private val code: String
        get() = lang.name.lowercase()

    init {
        scope.launch {
            changes.ofAny().conflate().collect { turn.withLock { attempt(::tell) { read() } } }
        }
    }

    /** Reads the list, and the page that is open, again. */
    fun refresh(): Job = begin {}

    /** Proposes; null, with the reason, if it was not taken. */
    suspend fun propose(proposal: NewProposal): ReportId? =
        turn.withLock {
            state.update { it.copy(error = null) }
            attempt(::tell) { phone.propose(proposal).also { read() } }
        }

    /** Opens a proposal. */
    fun open(proposal: ReportId): Job = begin {
        val page = phone.proposal(proposal, code)
        state.update { it.copy(page = page) }
    }

    /** Writes to the hotline about it. */
    fun send(proposal: ReportId, text: String): Job = begin { phone.sendMessage(proposal, text) }

    /** Takes it back. */
    fun withdraw(proposal: ReportId): Job = begin { phone.withdraw(proposal) }

    /** Erases it from this phone. */
    fun erase(proposal: ReportId): Job = begin {
        phone.eraseReport(proposal)
        state.update { if (it.page?.summary?.id == proposal) it.copy(page = null) else it }
    }

    /** The sound of its recording; null, with the reason, if there is none. */
    suspend fun sound(proposal: ReportId): ByteArray? =
        attempt(::tell) { phone.proposedRecording(proposal) }

    private fun tell(error: Sentence) = state.update { it.copy(error = error) }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            turn.withLock {
                state.update { it.copy(error = null) }
                attempt(::tell) {
                    work()
                    read()
                }
            }
        }

    private suspend fun read() {
        val proposals = phone.proposals(code)
        val open = state.value.page?.summary?.id
        val page = open?.takeIf { id -> proposals.any { it.id == id } }?.let {
            phone.proposal(it, code)
        }
        state.update { it.copy(proposals = proposals, page = page) }
    }
}
