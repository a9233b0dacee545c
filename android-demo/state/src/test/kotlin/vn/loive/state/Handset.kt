package vn.loive.state

import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.DeviceClock
import vn.loive.KeyStore
import vn.loive.Lang
import vn.loive.Place
import vn.loive.ReportId
import vn.loive.ReportPage

/** A keystore that keeps the same 32 bytes for ever. */
class Keys(private val byte: Byte = 7) : KeyStore {
    override fun key(): ByteArray = ByteArray(32) { byte }
}

/** A clock that a story sets. */
class SetClock(@Volatile var seconds: Long) : DeviceClock {
    override fun unixSeconds(): ULong = seconds.toULong()
}

/** Somebody's phone: the app without its screens, in a folder of its own. */
class Handset(
    hotline: Hotline,
    val folder: Path,
    keys: KeyStore = Keys(),
    clock: DeviceClock? = null,
    restored: Boolean = false,
) {
    private val unexpected = CopyOnWriteArrayList<Throwable>()
    private val scope =
        CoroutineScope(
            SupervisorJob() +
                Dispatchers.Default +
                CoroutineExceptionHandler { _, error -> unexpected += error },
        )

    val app =
        AppState(
            scope,
            Setup(folder, hotline.card, keys, Lang.VI, hotline.relayUrl, clock, restored),
        )

    val session: Session
        get() = checkNotNull(app.opening.value as? Opening.Open) { app.opening.value }.session

    val line: LineShown
        get() = session.line.shown.value

    /** Taps on the app's icon. */
    suspend fun open(pin: String? = null): Opening {
        app.open(pin).join()
        return app.opening.value
    }

    suspend fun close() = app.close().join()

    suspend fun restart(): Opening {
        close()
        return open()
    }

    /** Looks at the lists again. */
    suspend fun lists(): ReportsShown {
        session.reports.refresh().join()
        return session.reports.shown.value
    }

    suspend fun page(report: ReportId): ReportPage =
        session.report(report).use {
            it.refresh().join()
            checkNotNull(it.shown.value.page) { it.shown.value.error ?: "it is gone" }
        }

    suspend fun draft(answers: Map<String, Answer> = enough): DraftState {
        val draft = checkNotNull(session.newDraft()) { session.reports.shown.value }
        for ((question, answer) in answers) draft.answer(question, answer).join()
        return draft
    }

    /** Writes a report and sends it off. */
    suspend fun submit(answers: Map<String, Answer> = enough): ReportId {
        val draft = draft(answers)
        draft.submit().join()
        return checkNotNull(draft.shown.value.report) { draft.shown.value.error ?: "not sent" }
    }

    suspend fun sync(): LineShown {
        session.line.sync().join()
        return line
    }

    /** Syncs until something is so. */
    suspend fun <T : Any> syncUntil(what: String, look: suspend () -> T?): T =
        eventually(what) {
            sync()
            look()
        }

    suspend fun syncUntilReportIs(report: ReportId, delivery: Delivery): ReportPage =
        syncUntil("the report is $delivery") {
            page(report).takeIf { it.summary.delivery >= delivery }
        }

    /** The names of the files in the store's folder. */
    fun files(): Set<String> = folder.listDirectoryEntries().map { it.name }.toSet()

    fun now(): Instant = session.phone.now()

    /** The phone is put away; fails if anything went wrong behind its back. */
    suspend fun end() {
        close()
        scope.coroutineContext.job.cancelAndJoin()
        unexpected.firstOrNull()?.let { throw it }
    }
}

/** The three answers with which a report can be sent. */
val enough: Map<String, Answer> =
    mapOf(
        "danger_now" to Answer.Single("no"),
        "where" to Answer.Somewhere(Place.Province("01")),
        "what_type" to Answer.Multi(listOf("job_abroad")),
    )

/** The same with some words about the recruiter. */
fun saying(words: String): Map<String, Answer> = enough + ("suspect_info" to Answer.Text(words))

/** Copies a closed phone's folder, as a backup of the platform does. */
fun copied(folder: Path, to: Path): Path {
    Files.createDirectories(to)
    for (file in folder.listDirectoryEntries()) Files.copy(file, to.resolve(file.name))
    return to
}
