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
import vn.loive.CheckIns
import vn.loive.DrawnCard
import vn.loive.Lang
import vn.loive.Phone
import vn.loive.Plan
import vn.loive.PlanCard
import vn.loive.Reminder

/** As many notices as are scheduled ahead. */
private const val REMINDERS_MAX_COUNT = 16u

/** What the screens of the safety plan show. Prints no word of it. */
data class PlanShown(
    /** Its questions and answers; null before it is read. */
    val plan: Plan? = null,
    /** What stands on the pocket card. */
    val card: PlanCard? = null,
    /** Null: not begun. */
    val checkIns: CheckIns? = null,
    /** Notices to schedule, in place of all that were scheduled before. */
    val reminders: List<Reminder> = emptyList(),
    /** Why an answer was not taken, by question. The one before it stands. */
    val errors: Map<String, Sentence> = emptyMap(),
    /** What went wrong otherwise. */
    val error: Sentence? = null,
) {
    override fun toString(): String = "PlanShown(…)"
}

/** The plan of somebody who is leaving. It stays on this phone. */
class PlanState
internal constructor(
    private val phone: Phone,
    private val lang: Lang,
    private val scope: CoroutineScope,
) {
    private val state = MutableStateFlow(PlanShown())
    private val turn = Mutex()

    val shown: StateFlow<PlanShown> = state.asStateFlow()

    /** Reads it; call it at the front, for time passes. */
    fun load(): Job = begin {}

    /** Answers a question, or with null takes the answer away. */
    fun answer(question: String, answer: Answer?): Job = begin {
        val refused = { error: Sentence ->
            state.update { it.copy(errors = it.errors + (question to error)) }
        }
        attempt(refused) {
            phone.setPlanAnswer(question, answer)
            state.update { it.copy(errors = it.errors - question) }
        }
    }

    /** Begins the check-ins. */
    fun start(): Job = begin { phone.startPlanCheckins() }

    /** Those at home have been told. The app sends nothing. */
    fun fine(): Job = begin { phone.noteCheckin() }

    /** Ends the check-ins. */
    fun stop(): Job = begin { phone.stopPlanCheckins() }

    /**
     * The pocket card as files; null, with the reason, if there is none. Write them where no
     * gallery, no backup and no other app finds them, and take them away once they are printed.
     */
    suspend fun drawCard(): DrawnCard? = attempt(::tell) { phone.drawPlanCard(lang) }

    /** Shows what there is after everything was erased. */
    internal suspend fun forget() =
        turn.withLock {
            state.value = PlanShown()
            attempt(::tell) { read() }
        }

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
        val plan = phone.plan(lang)
        val card = phone.planCard()
        val checkIns = phone.planCheckins()
        val reminders = phone.planReminders(REMINDERS_MAX_COUNT)
        state.update {
            it.copy(plan = plan, card = card, checkIns = checkIns, reminders = reminders)
        }
    }
}
