package vn.loive.state

import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import vn.loive.Answer
import vn.loive.DraftId
import vn.loive.KeyStore
import vn.loive.Lang
import vn.loive.OpenRequest
import vn.loive.Phone
import vn.loive.live
import vn.loive.openPhone

/** Opens a phone by the bindings alone. */
suspend fun phoneIn(folder: Path, card: String, keys: KeyStore = Keys()): Phone =
    openPhone(OpenRequest(folder.toString(), card), keys, null)

/** The words of the n-th answer of [Writer]. */
fun wordsOf(number: Int): String = "Câu thứ $number: xe biển số tỉnh khác, ba người xuống."

/**
 * Answers questions for as long as it lives, and prints each answer once it is kept:
 * the folder and a file with the card.
 */
object Writer {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val (folder, card) = arguments.map(Path::of)
        phoneIn(folder, card.readText()).use { phone ->
            val draft: DraftId = phone.newDraft("suspicion_report", Lang.VI)
            for ((question, answer) in enough) phone.answer(draft, question, answer)
            var number = 0
            while (true) {
                number += 1
                phone.answer(draft, "suspect_info", Answer.Text(wordsOf(number)))
                println("kept $number")
            }
        }
    }
}

/** Opens a phone that this process does not have, and closes it. */
object Opener {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val (folder, card) = arguments.map(Path::of)
        phoneIn(folder, card.readText()).use { println("reports ${it.reports().size}") }
    }
}

/** Opens a phone a thousand times, and says what it holds after ten and at the end. */
object Openings {
    private const val WARM_UP = 10
    private const val ALL = 1_000
    private const val PAGE_KIB = 4

    /** Names of threads that the machine of Java itself starts and ends as it likes. */
    private val OF_JAVA = listOf("C1 ", "C2 ", "GC ", "VM ", "Sweeper", "Service", "Monitor")

    /** The library's idle threads end after some seconds. */
    private val QUIET_MAX = 60.seconds

    @JvmStatic
    fun main(arguments: Array<String>) {
        val (folder, card) = arguments.map(Path::of)
        val text = card.readText()
        runBlocking {
            repeat(WARM_UP) { open(folder, text) }
            val threads = threads().size
            println(held(threads))
            repeat(ALL - WARM_UP) { open(folder, text) }
            val begun = TimeSource.Monotonic.markNow()
            while (threads().size > threads && begun.elapsedNow() < QUIET_MAX) delay(100)
            println(held(threads().size))
            println(threads())
        }
    }

    private suspend fun open(folder: Path, card: String) =
        phoneIn(folder, card).use { check(it.reports().isEmpty()) }

    private fun held(threads: Int): String {
        System.gc()
        val (phones, tasks) = live().run { phones to tasks }
        val pages = Path.of("/proc/self/statm").readText().split(' ')[1].toInt()
        val files = Path.of("/proc/self/fd").toFile().list().orEmpty().size
        return "held $phones $tasks $files $threads ${pages * PAGE_KIB}"
    }

    private fun threads(): List<String> =
        Path.of("/proc/self/task").toFile().listFiles().orEmpty()
            .mapNotNull { task -> runCatching { task.resolve("comm").readText().trim() }.getOrNull() }
            .filter { name -> OF_JAVA.none { name.startsWith(it) } }
}
