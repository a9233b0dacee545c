package vn.loive.state

import java.nio.file.Files
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.TimeSource
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import vn.loive.DeviceClock
import vn.loive.KeyStore

private val PATIENCE = 2.minutes
private val STORY_MAX = 8.minutes
private val LOOK_AGAIN = 40.milliseconds

/** What a story is told with: one hotline, and as many phones as it needs. */
class Story(val hotline: Hotline) {
    private val handsets = mutableListOf<Handset>()
    private val folder: Path = Files.createTempDirectory("loive-story")

    /** A folder of this story that is not there yet. */
    fun folder(name: String): Path = folder.resolve(name)

    fun handset(
        name: String = "mai",
        keys: KeyStore = Keys(),
        clock: DeviceClock? = null,
        restored: Boolean = false,
    ): Handset =
        Handset(hotline, folder(name), keys, clock, restored).also { handsets += it }

    /** A phone that is open. */
    suspend fun opened(name: String = "mai"): Handset = handset(name).also { it.open() }

    internal suspend fun end() {
        for (handset in handsets) handset.end()
        folder.toFile().deleteRecursively()
    }
}

/** Tells a story. If it fails, that is what is said, and not what fails after it. */
fun story(tell: suspend Story.() -> Unit) = runBlocking(Dispatchers.Default) {
    withTimeout(STORY_MAX) {
        Hotline().use { hotline ->
            val story = Story(hotline)
            story.tell()
            story.end()
        }
    }
}

/** Looks until something is so. */
suspend fun <T : Any> eventually(what: String, look: suspend () -> T?): T {
    val begun = TimeSource.Monotonic.markNow()
    while (true) {
        look()?.let { return it }
        check(begun.elapsedNow() < PATIENCE) { "waited in vain until $what" }
        delay(LOOK_AGAIN)
    }
}

/** For conditions without a value. */
fun Boolean.orNull(): Unit? = if (this) Unit else null
