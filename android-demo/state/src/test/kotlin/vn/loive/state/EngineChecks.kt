package vn.loive.state

import java.net.ServerSocket
import java.net.Socket
import java.nio.file.Path
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Isolated
import vn.loive.Answer
import vn.loive.Driver
import vn.loive.KeyStore
import vn.loive.Lang
import vn.loive.Lock
import vn.loive.Phone
import vn.loive.PhoneException
import vn.loive.ReportId
import vn.loive.ReportListener
import vn.loive.live

private const val ROUNDS = 100
private const val WRITERS = 4
private const val MESSAGES = 10
private const val GROWTH_MAX_KIB = 16 * 1024
private const val THROWN = "Chị Hoa đứng ở bến xe"

/** What the engine must hold behind the bindings. Alone, since it counts. */
@Isolated
class EngineChecks {
    @Test
    fun `thousand-openings`() = story {
        val card = folder("card").also { it.toAbsolutePath().parent.createDirectories() }
        card.writeText(hotline.card)
        // In a process of its own with a heap that does not grow: what grows then,
        // grows in the library.
        val options =
            listOf(
                LIBRARY,
                "-Xms48m",
                "-Xmx48m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
            )
        val arguments = listOf(folder("mai").toString(), card.toString())
        val printed = ChildJvm("Openings", arguments, options).use { it.rest() }
        println(printed.trim())
        val (before, after) = Regex("held (.*)").findAll(printed).map(::Held).toList()
        assertEquals(before.phones, after.phones)
        assertEquals(before.tasks, after.tasks)
        assertTrue(after.files <= before.files, printed)
        assertTrue(after.threads <= before.threads, printed)
        assertTrue(after.memoryKib - before.memoryKib <= GROWTH_MAX_KIB, printed)
    }

    @Test
    fun `cancel-leaves-no-task`() = story {
        SilentRelay().use { silent ->
            val mai = opened()
            mai.submit()
            val phone = mai.session.phone
            val before = live().tasks
            Driver.to(hotline.card, silent.url).use { nowhere ->
                repeat(ROUNDS) {
                    val sync = coroutineScope { async { cancelled(phone, nowhere, silent) } }
                    assertTrue(sync.await() < 1.seconds, "round $it")
                }
            }
            eventually("no task is left") { (live().tasks == before).orNull() }
            silent.allAreGone()
            // The lock of the sync is free, and what was written is still there.
            mai.syncUntil("it is sent") { mai.line.isUpToDate.orNull() }
            hotline.waitCount(1)
            val begun = TimeSource.Monotonic.markNow()
            mai.close()
            assertTrue(begun.elapsedNow() < 5.seconds, "it closes at once")
        }
    }

    @Test
    fun `callbacks-on-any-thread`() = story {
        val asked = ConcurrentHashMap.newKeySet<String>()
        val keys =
            object : KeyStore {
                override fun key(): ByteArray {
                    asked += Thread.currentThread().name
                    return Keys().key()
                }
            }
        val folder = folder("mai").also { it.createDirectories() }
        phoneIn(folder, hotline.card, keys).use { phone ->
            val heard = ConcurrentHashMap.newKeySet<ReportId>()
            val failures = CopyOnWriteArrayList<Throwable>()
            val listening = phone.subscribe(CallingBack(phone, heard, failures))
            val throwing = phone.subscribe(Throwing)
            val written = Driver.to(hotline.card, hotline.relayUrl).use { driver ->
                coroutineScope {
                    val syncs = launch(Dispatchers.IO) { repeat(MESSAGES) { phone.sync(driver, null) } }
                    val reports =
                        List(WRITERS) { async(Dispatchers.IO) { writeReport(phone) } }.awaitAll()
                    syncs.join()
                    reports
                }
            }
            eventually("every change was heard") { heard.containsAll(written).orNull() }
            assertEquals(emptyList<Throwable>(), failures.toList())
            throwing.use { it.stop() }
            listening.use { it.stop() }
        }
        assertTrue(asked.isNotEmpty())

        val locked = eventually("the keystore that throws is asked") {
            runCatching { phoneIn(folder, hotline.card, ThrowingKeys).close() }.exceptionOrNull()
                ?.takeUnless { it is PhoneException.Locked && it.why == Lock.IN_USE }
        }
        assertEquals(Lock.NO_KEY, (locked as PhoneException.Locked).why)
        assertFalse(THROWN in locked.stackTraceToString(), "its words go no further")
    }

    @Test
    fun `suspend-resume`() = story {
        val mai = opened()
        val card = folder("card").also { it.writeText(hotline.card) }
        val draft = mai.draft()
        mai.submit()
        repeat(ROUNDS) { round ->
            val sync = mai.session.line.sync()
            draft.answer("suspect_info", Answer.Text(wordsOf(round))).join()
            check(mai.session.suspend() == null) { "round $round" }
            assertEquals(emptyList<String>(), openFiles(mai.folder), "round $round")
            if (round == 0) {
                val arguments = listOf(mai.folder.toString(), card.toString())
                val printed = ChildJvm("Opener", arguments).use { it.rest() }
                assertTrue("reports 1" in printed, printed)
            }
            val failed = runCatching { mai.session.phone.reports() }.exceptionOrNull()
            assertTrue(failed is PhoneException, "round $round: $failed")
            draft.answer("suspect_info", Answer.Text("không vào")).join()
            assertFalse(checkNotNull(draft.shown.value.field("suspect_info")).isKept)
            sync.join()

            check(mai.session.resume() == null) { "round $round" }
            val kept = mai.session.phone.draft(draft.id, Lang.VI)
            val words = kept.questions.first { it.id == "suspect_info" }.answer
            assertEquals(Answer.Text(wordsOf(round)), words, "round $round")
        }
        mai.syncUntil("the sync is repeated") { mai.line.isUpToDate.orNull() }
        hotline.waitCount(1)
    }

    /** Begins a sync, cancels it once the relay has the connection; how long that took. */
    private suspend fun cancelled(phone: Phone, driver: Driver, relay: SilentRelay) =
        coroutineScope {
            val taken = relay.taken.size
            val sync = launch { phone.sync(driver, null) }
            eventually("the relay is called") { (relay.taken.size > taken).orNull() }
            val begun = TimeSource.Monotonic.markNow()
            sync.cancelAndJoin()
            begun.elapsedNow()
        }

    private suspend fun writeReport(phone: Phone): ReportId {
        val draft = phone.newDraft("suspicion_report", Lang.VI)
        for ((question, answer) in enough) phone.answer(draft, question, answer)
        val report = phone.submit(draft)
        repeat(MESSAGES) { phone.sendMessage(report, wordsOf(it)) }
        return report
    }

    private fun openFiles(folder: Path): List<String> =
        Path.of("/proc/self/fd").toFile().list().orEmpty().mapNotNull { file ->
            runCatching { Path.of("/proc/self/fd", file).toRealPath() }
                .getOrNull()
                ?.takeIf { it.startsWith(folder.toRealPath()) }
                ?.toString()
        }
}

/** A relay that takes connections and never says a word. */
private class SilentRelay : AutoCloseable {
    private val socket = ServerSocket(0)
    val url = "http://127.0.0.1:${socket.localPort}"
    val taken = CopyOnWriteArrayList<Socket>()

    init {
        thread(isDaemon = true) {
            runCatching { while (true) taken += socket.accept() }
        }
    }

    /** Every phone has hung up. */
    fun allAreGone() {
        for (connection in taken) {
            connection.soTimeout = 10_000
            val stream = connection.getInputStream()
            // What was asked, and then the end.
            runCatching { stream.readAllBytes() }
                .onFailure { if (it is java.net.SocketTimeoutException) throw it }
        }
    }

    override fun close() {
        socket.close()
        taken.forEach { it.close() }
    }
}

/** Reads, from within the call, what it was told of. */
private class CallingBack(
    private val phone: Phone,
    private val heard: MutableSet<ReportId>,
    private val failures: MutableList<Throwable>,
) : ReportListener {
    override fun changed(report: ReportId?) {
        try {
            runBlocking {
                if (report != null) phone.report(report, Lang.VI)
                heard += phone.reports().map { it.id }.filter { report == null || it == report }
            }
        } catch (error: Exception) {
            failures += error
        }
    }
}

private object Throwing : ReportListener {
    override fun changed(report: ReportId?) = throw IllegalStateException(THROWN)
}

private object ThrowingKeys : KeyStore {
    override fun key(): ByteArray = throw IllegalStateException(THROWN)
}

/** What [Openings] says it holds. */
private class Held(line: MatchResult) {
    private val numbers = line.groupValues[1].split(' ').map { it.toLong() }
    val phones = numbers[0]
    val tasks = numbers[1]
    val files = numbers[2]
    val threads = numbers[3]
    val memoryKib = numbers[4]
}
